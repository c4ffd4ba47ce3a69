// SPDX-License-Identifier: PostgreSQL
// How the rules of a plan go through the table of contents.
#pragma once

#include "pgfilter/job.hpp"
#include "rules/closure.hpp"

namespace pgfilter {

/// Applies the rules in their order, with one pass over the entries for each run of EntryRules.  `closure`
/// hears what they drop.
void apply_rules(Plan& plan, Closure& closure);

}  // namespace pgfilter
