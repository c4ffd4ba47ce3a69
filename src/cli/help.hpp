// Texts about the program itself.
#pragma once

#include <string>

#include "cli/options.hpp"

namespace pgfilter::cli {

/// The text of --help.
std::string help_text();

/// For someone who has given nothing to work on.
std::string short_usage();

/// The text of --list-rules.
std::string list_of_rules(const RuleRegistry& registry);

/// The text of --print-rules.  Throws Error (usage) if a rule makes no sense.
std::string rules_as_text(const Options& options, const RuleRegistry& registry);

}  // namespace pgfilter::cli
