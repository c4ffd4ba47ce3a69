// SPDX-License-Identifier: PostgreSQL
// What would fail on a target: a plan made of its rules, seen from there.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "report/planned_entry.hpp"

namespace pgfilter {

/// Why an entry would fail, or what else there is to know of it.
struct TargetFailure {
    std::vector<std::size_t> rules;  ///< of the target's, that take care of it: places in plan.reports
    bool has_places = false;         ///< that no rule takes care of: the entry's unhandled ones
    bool is_unhandled = false;       ///< because of one of these
    bool is_of_owner = false;        ///< that it has this owner is all

    [[nodiscard]] bool fails() const { return !rules.empty() || is_unhandled; }
};

/// Counts of entries.
struct FailureTotals {
    std::size_t failing = 0;
    std::size_t unhandled = 0;                         ///< of these: whatever rules do
    std::size_t noted = 0;                             ///< would not fail, but there is something to know
    std::map<std::size_t, std::size_t> of_owner = {};  ///< fail for their owner alone, by the rule
};

/// Calls visit() with the entries that would fail or that there is something to know of, in the order in
/// which they are written.
FailureTotals find_target_failures(
    const Plan& plan, const std::function<void(const PlannedEntry&, const TargetFailure&)>& visit);

}  // namespace pgfilter
