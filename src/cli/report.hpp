// What a person gets to read.
#pragma once

#include <string>

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// A line per rule with its counts, and those places it left alone (--verbose).
std::string describe_rules(const Plan& plan);

/// Entries and blocks, read and written.
std::string describe_summary(const Summary& summary);

/// Rules, or parts of them, that found nothing to do, and whether nothing is left: a line each.
std::vector<std::string> unmatched_rules(const Plan& plan);

/// The entry as the line of a list begins: "12; TABLE app users".
std::string identity(const TocEntry& entry);

/// The rule, and why it is there.
std::string name_and_reason(const RuleSpec& spec);

/// What the result needs of its target (--needs).
void describe_needs(const Plan& plan, ByteSink& output);

}  // namespace pgfilter::cli
