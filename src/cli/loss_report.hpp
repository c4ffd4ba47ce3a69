// SPDX-License-Identifier: PostgreSQL
// What a plan leaves out that nobody asked for.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// A line for each rule and reason that tables lose their rows for, with the names of all these tables.
/// Empty if all rows that are left out were named by the user.
std::vector<std::string> describe_lost_rows(const Plan& plan, const Options& options);

/// A line for each rule of the user's with what a cascade takes for its sake, apart from rows.
std::vector<std::string> describe_cascades(const Plan& plan);

/// A line for each clause that a table lost so that it could be kept with its rows.
std::vector<std::string> describe_lost_clauses(const Plan& plan);

}  // namespace pgfilter::cli
