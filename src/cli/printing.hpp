// SPDX-License-Identifier: PostgreSQL
// What is printed where no archive is written.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "pgfilter/check.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// The text of --help, --list-rules and the like.  Throws UsageError if --help has no such topic, and Error
/// (usage) if rules that are to be printed make no sense.
std::string text_asked_for(const Options& options, const RuleRegistry& registry);

/// Prints, and closes the output.
void print_text(const std::string& text, Output& output);
void print_check(const CheckReport& report, const Options& options, Output& output);
/// False if what was asked for is found missing.
bool print_plan(const Plan& plan, const Options& options, Output& output);

/// The JSON of --report.  `summary`: null if no archive was written.
void print_report(const Plan& plan, const Summary* summary, Output& output);

}  // namespace pgfilter::cli
