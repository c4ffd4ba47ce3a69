// What a person gets to read.
#pragma once

#include <string>

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Entry by entry, what the plan drops, changes and could not handle (--dry-run).
void describe_plan(const Plan& plan, ByteSink& output);

/// A line per rule with its counts, and those places it left alone (--verbose).
std::string describe_rules(const Plan& plan);

/// Entries and blocks, read and written.
std::string describe_summary(const Summary& summary);

/// Rules, or parts of them, that found nothing to do, and whether nothing is left: a line each.
std::vector<std::string> unmatched_rules(const Plan& plan);

/// What rules could not do, in summary: a line for each rule and reason.  With `quick`, only what is found
/// without effort.
std::vector<std::string> unhandled_places(const Plan& plan, bool quick);

/// The entry as the line of a list begins: "12; TABLE app users".
std::string identity(const TocEntry& entry);

/// The rule, and why it is there.
std::string name_and_reason(const RuleSpec& spec);

/// What a rule could not do.
std::string unhandled_text(const Plan& plan, const Unhandled& place);

/// What the result needs of its target (--needs).
void describe_needs(const Plan& plan, ByteSink& output);

}  // namespace pgfilter::cli
