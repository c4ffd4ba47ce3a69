// SPDX-License-Identifier: PostgreSQL
// What would fail on a target: a plan made of its rules, seen from there (--check-for).
#pragma once

#include "cli/options.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Tells which tables lose rows, and lists the entries that rules of target files drop or change, with the
/// rules and their reasons, what no rule could handle, and what may fail later, when it is used.  Entries
/// that change their owner alone are counted, and listed if the options say verbose.  Whether nothing would
/// fail to be restored.
bool check_target(const Plan& plan, const Options& options, ByteSink& output);

}  // namespace pgfilter::cli
