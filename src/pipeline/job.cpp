#include "pgfilter/job.hpp"

#include <utility>

#include "pgfilter/error.hpp"
#include "pipeline/bridging.hpp"

namespace pgfilter {
namespace {

/// Hears of every block on its way to the writer.
class BlockCounter final : public BlockHandler {
public:
    BlockCounter(BlockHandler& next, Summary& summary) : next_(next), summary_(summary) {}

    bool begin_block(const Block& block) override {
        const bool wanted = next_.begin_block(block);
        ++summary_.blocks_read;
        summary_.blocks_written += wanted ? 1U : 0U;
        return wanted;
    }
    void block_bytes(ByteSource& source, std::uint64_t count) override { next_.block_bytes(source, count); }
    void end_block(ByteSource& source, std::size_t count) override { next_.end_block(source, count); }
    void trailer_bytes(ByteSource& source, std::uint64_t count) override {
        next_.trailer_bytes(source, count);
    }

private:
    BlockHandler& next_;
    Summary& summary_;
};

}  // namespace

Plan make_plan(const Job& job, const RuleRegistry& registry, ByteSource& source) {
    std::vector<std::unique_ptr<Rule>> rules;
    for (const RuleSpec& spec : job.rules) rules.push_back(registry.make(spec));

    Plan plan{read_prologue(source, job.limits), {}, 0};
    plan.reports.resize(rules.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        plan.reports[i].spec = job.rules[i];
        plan.reports[i].per_argument.resize(job.rules[i].arguments.size());
        RuleContext context(plan.prologue, plan.reports[i], static_cast<EditorId>(i), job.details);
        rules[i]->apply(context);
    }
    plan.bridged = bridge_dependencies(plan.prologue.toc, static_cast<EditorId>(rules.size()));
    return plan;
}

Summary execute(const Plan& plan, ByteSource& source, ByteSink& sink) {
    const Toc& toc = plan.prologue.toc;
    Summary summary;
    summary.entries_read = toc.size();
    summary.entries_written = toc.size() - toc.dropped_count();
    summary.rewritten = toc.rewritten();
    ArchiveWriter writer(sink, plan.prologue);
    BlockCounter counter(writer, summary);
    summary.trailer = read_blocks(source, plan.prologue, counter);
    writer.finish();
    summary.bytes_read = source.offset();
    summary.bytes_written = writer.size();
    return summary;
}

Summary run(const Job& job, const RuleRegistry& registry, ByteSource& source, ByteSink& sink) {
    return execute(make_plan(job, registry, source), source, sink);
}

}  // namespace pgfilter
