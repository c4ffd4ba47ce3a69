// SPDX-License-Identifier: PostgreSQL
// A run on what is handed over piece by piece: first the prologue is collected, then the data passes.
#include "pgfilter/filtering_sink.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <optional>
#include <utility>

#include "pgfilter/error.hpp"
#include "pipeline/execution.hpp"
#include "pipeline/planning.hpp"

namespace pgfilter {
namespace {

/// What has been written to the filter, and not taken off yet.
class GivenBytes final : public ByteSource {
public:
    /// Thrown where another source would wait.
    struct Missing {};

    void give(Bytes piece) {
        drop_taken();
        bytes_ += piece;
    }
    void end() noexcept { ended_ = true; }

    [[nodiscard]] bool has_ended() const noexcept { return ended_; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - begin_; }
    /// Whether none of the steps that look no further than max_peek has to wait.
    [[nodiscard]] bool is_enough() const noexcept { return ended_ || size() >= max_peek; }

    Bytes peek(std::size_t want) override {
        if (size() < want && !ended_) throw Missing();
        return Bytes(bytes_).substr(begin_);
    }
    void skip(std::size_t count) override {
        assert(count <= size());
        begin_ += count;
    }
    [[nodiscard]] std::uint64_t offset() const noexcept override { return dropped_ + begin_; }

    /// Back to what give() or release() has left.
    void rewind() noexcept { begin_ = 0; }

    /// Gives back the memory of what has been taken.
    void release() {
        drop_taken();
        bytes_.shrink_to_fit();
    }

private:
    void drop_taken() {
        bytes_.erase(0, begin_);
        dropped_ += begin_;
        begin_ = 0;
    }

    std::string bytes_;
    std::size_t begin_ = 0;
    std::uint64_t dropped_ = 0;
    bool ended_ = false;
};

}  // namespace

struct FilteringSink::State {
    static constexpr std::size_t piece_size = 64 * 1024;

    State(Job what, const RuleRegistry& known, ByteSink& to, PlanHandler handler)
        : job(std::move(what)),
          registry(known),
          next(to),
          on_plan(std::move(handler)),
          rules(make_rules(job.rules, registry)) {}

    // A failure leaves the steps in the middle of something.
    template <class Work>
    void attempt(Work work) {
        if (failure) std::rethrow_exception(failure);
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
            throw;
        }
    }

    void take(Bytes data) {
        for (; !data.empty(); data.remove_prefix(std::min(data.size(), piece_size))) {
            given.give(data.substr(0, piece_size));
            pass_on();
        }
    }

    void pass_on() {
        if (!execution && !begin()) return;
        while (given.is_enough() && !is_complete) is_complete = !execution->step();
    }

    bool begin() {
        std::optional<Prologue> prologue = try_to_read_prologue();
        if (!prologue) return false;
        given.release();
        plan.emplace(make_plan(job, registry, std::move(rules), *std::move(prologue)));
        if (on_plan) on_plan(*plan);
        check_plan(*plan);
        execution.emplace(*plan, given, next);
        return true;
    }

    // Reading begins anew each time that there is twice as much, so that all of it costs no more than reading
    // three times.  Only reading that can wait could do with less, and it would need a thread of its own.
    std::optional<Prologue> try_to_read_prologue() {
        if (!given.has_ended() && given.size() < enough_for_prologue) return std::nullopt;
        try {
            return read_prologue(given, job.limits);
        } catch (const GivenBytes::Missing&) {
            given.rewind();
            enough_for_prologue = 2 * given.size();
            return std::nullopt;
        }
    }

    const Job job;
    const RuleRegistry& registry;
    ByteSink& next;
    const PlanHandler on_plan;
    std::vector<AppliedRule> rules;  // until there is a plan
    GivenBytes given;
    std::size_t enough_for_prologue = ByteSource::max_peek;
    std::optional<Plan> plan;
    std::optional<Execution> execution;
    bool is_complete = false;
    std::exception_ptr failure;
};

FilteringSink::FilteringSink(Job job, const RuleRegistry& registry, ByteSink& next, PlanHandler on_plan)
    : state_(std::make_unique<State>(std::move(job), registry, next, std::move(on_plan))) {}

FilteringSink::~FilteringSink() = default;

void FilteringSink::write(Bytes data) {
    if (state_->is_complete) throw ContractError("FilteringSink::write: finish() has been called");
    state_->attempt([&] { state_->take(data); });
}

void FilteringSink::finish() {
    state_->attempt([&] {
        state_->given.end();
        state_->pass_on();
    });
}

const Summary& FilteringSink::summary() const {
    if (!state_->is_complete) throw ContractError("FilteringSink::summary: finish() has not returned");
    return state_->execution->summary();
}

}  // namespace pgfilter
