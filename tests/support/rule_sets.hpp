// SPDX-License-Identifier: PostgreSQL
// Rules that together do all that rules can: change texts, drop entries, drop rows, cascade.
#pragma once

#include <vector>

#include "pgfilter/job.hpp"

namespace pgfilter::test {

inline std::vector<std::vector<RuleSpec>> rule_sets() {
    return {
        {},
        {{"no-owner", {}}, {"no-privileges", {}}, {"no-comments", {}}},
        {{"map-role", {{"prod_app", "staging_app"}}}},
        {{"exclude-table", {{"", "*.*"}}}, {"cascade", {}}},
        {{"no-large-objects", {}}, {"no-security-labels", {}}, {"no-tablespaces", {}}},
        {{"exclude-table-data", {{"", "*.*"}}}},
        {{"only-kinds", {{"", "TABLE"}}}},
    };
}

}  // namespace pgfilter::test
