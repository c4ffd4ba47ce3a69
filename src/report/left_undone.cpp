// SPDX-License-Identifier: PostgreSQL
#include "report/left_undone.hpp"

#include <utility>

namespace pgfilter {
namespace {

/// Leads from entries that need a broken one to that which needs what is dropped.
class FirstBroken {
public:
    explicit FirstBroken(const Plan& plan) : plan_(plan), first_(plan.consequences.broken.size(), unknown) {}

    /// The entry itself, if nothing else is to blame.
    const BrokenEntry& of(const BrokenEntry& broken) {
        const std::vector<BrokenEntry>& all = plan_.consequences.broken;
        auto place = static_cast<std::size_t>(&broken - all.data());
        path_.clear();
        while (first_[place] == unknown) {
            first_[place] = place;  // where a circle ends
            path_.push_back(place);
            if (plan_.prologue.toc[all[place].cause].dropped()) break;
            const BrokenEntry* const next = plan_.consequences.find_broken(all[place].cause);
            if (next == nullptr) break;
            place = static_cast<std::size_t>(next - all.data());
        }
        const std::size_t first = first_[place];
        for (const std::size_t passed : path_) first_[passed] = first;
        return all[first];
    }

private:
    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);

    const Plan& plan_;
    std::vector<std::size_t> first_;  // by the place among those that are broken
    std::vector<std::size_t> path_;
};

/// Adds up what one rule left.
class LeftCounter {
public:
    /// `cause`: of all that is wrong, if it is not the entry's own fault; empty if it is.
    void add(std::size_t entry, const Unhandled& place, const std::string& cause) {
        const bool has_cause = place.name.empty() && !place.argument;
        LeftEntries* const of_cause = has_cause ? find(cause.empty() ? place.reason : cause) : nullptr;
        LeftEntries& left = of_cause != nullptr ? *of_cause : result_.others;
        // Several places of an entry count once.
        const Latest place_of_it{entry, &left};
        if (std::exchange(latest_, place_of_it) == place_of_it) return;
        if (of_cause != nullptr && !cause.empty()) {
            ++left.others;
        } else {
            if (left.entries.count == 0) left.example = place;
            left.entries.add(entry);
        }
    }
    LeftByRule take() { return std::move(result_); }

private:
    using Latest = std::pair<std::size_t, const LeftEntries*>;

    /// Null if it is one too many.
    LeftEntries* find(const std::string& cause) {
        auto& by_cause = result_.by_cause;
        by_cause.reserve(LeftByRule::most_causes);  // so that they stay where they are
        for (auto& [known, left] : by_cause) {
            if (known == cause) return &left;
        }
        if (by_cause.size() == LeftByRule::most_causes) return nullptr;
        return &by_cause.emplace_back(cause, LeftEntries()).second;
    }

    LeftByRule result_;
    Latest latest_;
};

}  // namespace

std::vector<LeftByRule> find_left_undone(const Plan& plan, bool quick) {
    const Toc& toc = plan.prologue.toc;
    std::vector<LeftCounter> counters(plan.reports.size());
    FirstBroken first_broken(plan);
    visit_as_read(plan, [&](const PlannedEntry& planned) {
        const BrokenEntry* const broken = plan.consequences.find_broken(planned.index());
        const BrokenEntry* const first = broken == nullptr ? nullptr : &first_broken.of(*broken);
        const std::string cause = first == broken ? std::string() : describe(toc, *first);
        find_unhandled(plan, planned.entry(), quick, [&](const Unhandled& place) {
            const bool is_broken = !cause.empty() && place.reason == describe(toc, *broken);
            counters[place.spec].add(planned.index(), place, is_broken ? cause : std::string());
        });
    });
    std::vector<LeftByRule> left;
    left.reserve(counters.size());
    for (LeftCounter& counter : counters) left.push_back(counter.take());
    return left;
}

}  // namespace pgfilter
