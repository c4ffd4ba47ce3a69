// SPDX-License-Identifier: PostgreSQL
// Texts about the program itself.
#pragma once

#include <string>
#include <string_view>

#include "cli/options.hpp"

namespace pgfilter::cli {

/// The text of --help, and of --help=TOPIC: without a topic the options that are used most, of "all" every
/// option.  A topic can be shortened as options can.  Throws UsageError, which names the topics.
std::string help_text(std::string_view topic);

/// Shown if there is nothing to work on.
std::string short_usage();

/// The text of --list-rules.
std::string list_of_rules(const RuleRegistry& registry);
/// The same with --json.
std::string json_list_of_rules(const RuleRegistry& registry);

/// The text of --version: what archives, compressions and plug-ins it knows, and which libraries it runs
/// with.
std::string version_text();

/// The text of --print-rules.  Throws Error (usage) if a rule makes no sense.
std::string rules_as_text(const Options& options, const RuleRegistry& registry);

}  // namespace pgfilter::cli
