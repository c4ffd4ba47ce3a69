// SPDX-License-Identifier: PostgreSQL
// What -v says about a run: its rules, line by line, and what was read and written.  json_report.hpp has the
// report as JSON.
#pragma once

#include <string>
#include <vector>

#include "report/totals.hpp"

namespace pgfilter::cli {

/// A line per rule with its counts, and those places it left alone (--verbose).
std::string describe_rules(const Plan& plan, const UnhandledTotals& unhandled);
std::string describe_rules(const Plan& plan);

/// Entries and blocks, read and written.
std::string describe_summary(const Summary& summary);

/// Rules, or parts of them, that found nothing to do, and whether nothing is left: a line each.
std::vector<std::string> unmatched_rules(const Plan& plan);

}  // namespace pgfilter::cli
