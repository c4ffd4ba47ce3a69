// SPDX-License-Identifier: PostgreSQL
// What rules could not do, by what is to blame for it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/totals.hpp"

namespace pgfilter {

/// Entries that one rule left with one fault.
struct LeftEntries {
    FirstEntries entries;
    Unhandled example;       ///< of the first entry
    std::size_t others = 0;  ///< that need these, and nothing else is wrong with
};

/// What one rule left.
struct LeftByRule {
    static constexpr std::size_t most_causes = 5;

    std::vector<std::pair<std::string, LeftEntries>>
        by_cause;        ///< the first causes: "uses TABLE a.b, which is dropped"
    LeftEntries others;  ///< what has another cause, or one of its own
};

/// Per rule of the plan.  With `quick`, only what is found without effort.
std::vector<LeftByRule> find_left_undone(const Plan& plan, bool quick);

}  // namespace pgfilter
