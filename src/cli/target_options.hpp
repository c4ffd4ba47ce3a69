// SPDX-License-Identifier: PostgreSQL
// --for, --from, --check-for and --list-targets: which target files are meant.
#pragma once

#include "cli/options.hpp"

namespace pgfilter::cli {

/// Puts the rules of the target files after those that were asked for.  `target_option`: which has named the
/// target.  Throws UsageError if there is no such target, and Error if its file cannot be read or makes no
/// sense.
void add_target_rules(Options& options, const std::string& target_option, const RuleRegistry& registry);

/// The file that is meant by a source, given a target or "": where there is one for just that way, that,
/// which is called SOURCE_to_TARGET.
std::string source_file(const std::string& source, const std::string& target);

/// The text of --list-targets.
std::string list_of_targets();
/// The same with --json: what --for and --check-for know as "targets", what --from knows as "sources".
std::string json_list_of_targets();

}  // namespace pgfilter::cli
