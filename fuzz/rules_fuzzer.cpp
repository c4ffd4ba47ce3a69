// What rules do to any archive: refuse with an Error, or write an archive that is read again, with the bytes
// of the blocks that are kept, and nothing left for the same rules to change.
//
// The input is lines of rules with an archive behind them, which begins at the first "PGDMP".
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "builtin_rules.hpp"
#include "cli/json_report.hpp"
#include "cli/listing.hpp"
#include "cli/report.hpp"
#include "fuzz_target.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"

namespace {

using namespace pgfilter;

void require(bool condition) {
    if (!condition) std::abort();
}

/// Keeps the bytes of each block, by dump ID.
class BlockCollector final : public BlockHandler {
public:
    explicit BlockCollector(const Toc& toc) : toc_(toc) {}

    bool begin_block(const Block& block) override {
        latest_ = &blocks_[toc_[block.entry].dump_id()];
        return true;
    }
    void block_bytes(ByteSource& source, std::uint64_t count) override { take(source, count); }
    void end_block(ByteSource& source, std::size_t count) override { take(source, count); }
    void trailer_bytes(ByteSource& source, std::uint64_t count) override {
        latest_ = &trailer_;
        take(source, count);
    }

    [[nodiscard]] const std::map<DumpId, std::string>& blocks() const { return blocks_; }

private:
    void take(ByteSource& source, std::uint64_t count) {
        while (count > 0) {
            const Bytes bytes = source.peek(1);
            const std::size_t size = std::min<std::uint64_t>(bytes.size(), count);
            latest_->append(bytes.substr(0, size));
            source.skip(size);
            count -= size;
        }
    }

    const Toc& toc_;
    std::map<DumpId, std::string> blocks_;
    std::string trailer_;
    std::string* latest_ = nullptr;
};

std::map<DumpId, std::string> blocks_of(Bytes archive) {
    MemorySource source(archive);
    const Prologue prologue = read_prologue(source);
    BlockCollector collector(prologue.toc);
    read_blocks(source, prologue, collector);
    return collector.blocks();
}

template <class Write>
void write_json(Write write) {
    MemorySink sink;
    write(sink);
    require(nlohmann::json::accept(sink.bytes()));
}

/// All that can be said about a plan.
void describe(const Plan& plan, const Summary* summary) {
    MemorySink text;
    cli::describe_plan(plan, text);
    cli::describe_rules(plan);
    cli::unmatched_rules(plan);
    cli::unhandled_places(plan, true);
    cli::unhandled_places(plan, false);
    cli::describe_needs(plan, text);
    cli::write_listing(plan, false, text);
    cli::write_listing(plan, true, text);
    write_json([&](ByteSink& sink) { cli::write_json_report(plan, summary, sink); });
    write_json([&](ByteSink& sink) { cli::write_json_listing(plan, sink); });
    write_json([&](ByteSink& sink) { cli::write_json_needs(plan, sink); });
}

/// What is written, of archives that are one as a whole.  Throws what plan and execution throw.
std::string apply(const std::vector<RuleSpec>& rules, Bytes archive) {
    MemorySource source(archive);
    MemorySink sink;
    const Plan plan = make_plan({rules, {}}, builtin_rules(), source);
    describe(plan, nullptr);
    const Summary summary = execute(plan, source, sink);
    describe(plan, &summary);
    if (!summary.rewritten) require(sink.bytes() == archive);
    const auto nothing_done = [](const RuleReport& report) { return report.dropped + report.changed == 0; };
    if (summary.rewritten && std::all_of(plan.reports.begin(), plan.reports.end(), nothing_done))
        require(
            std::any_of(rules.begin(), rules.end(), [](const RuleSpec& r) { return r.name == "use-list"; }));
    return sink.bytes();
}

void check_blocks(Bytes input, Bytes output) {
    const std::map<DumpId, std::string> before = blocks_of(input);
    for (const auto& [id, bytes] : blocks_of(output)) {
        const auto same = before.find(id);
        require(same != before.end() && same->second == bytes);
    }
}

/// Whether the rules once more may find the archive changed by themselves: mappings can be chains, and names
/// that were there and dump IDs of a list may be gone.
bool may_differ(const RuleSpec& rule) {
    for (const char* const name : {"map-role", "map-tablespace", "use-list", "strict-names"}) {
        if (rule.name == name) return true;
    }
    return false;
}

void check_twice(const std::vector<RuleSpec>& rules, Bytes output) {
    if (std::any_of(rules.begin(), rules.end(), may_differ)) return;
    try {
        require(apply(rules, output) == output);
    } catch (const Error&) {
        std::abort();
    }
}

/// Nothing if the input is refused.
std::optional<std::string> filter(const std::vector<RuleSpec>& rules, Bytes archive) try {
    return apply(rules, archive);
} catch (const Error&) {
    return std::nullopt;
}

std::optional<std::vector<RuleSpec>> read_rules(Bytes text) try {
    constexpr std::size_t most = 20;
    std::vector<RuleSpec> rules = parse_rules(text, "rules", builtin_rules());
    return rules.size() > most ? std::nullopt : std::optional(std::move(rules));
} catch (const Error&) {
    return std::nullopt;
}

}  // namespace

bool fuzz_one(Bytes input) {
    const std::size_t begin = input.find("PGDMP");
    if (begin == Bytes::npos) return false;
    const auto rules = read_rules(input.substr(0, begin));
    if (!rules) return false;
    const Bytes archive = input.substr(begin);
    const std::optional<std::string> output = filter(*rules, archive);
    if (!output) return false;
    check_blocks(archive, *output);
    check_twice(*rules, *output);
    return true;
}
