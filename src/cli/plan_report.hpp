// SPDX-License-Identifier: PostgreSQL
// What a plan would do, entry by entry (--dry-run).
#pragma once

#include "report/totals.hpp"

namespace pgfilter::cli {

/// What the plan drops, changes and could not handle.  With `fold`, short changes that are the same in many
/// entries, as "owner: 'app' -> NULL", are reported once, with a count.  Returns what it told of that could
/// not be handled, for describe_rules().
UnhandledTotals describe_plan(const Plan& plan, ByteSink& output, bool fold = false);

}  // namespace pgfilter::cli
