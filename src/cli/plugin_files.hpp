// SPDX-License-Identifier: PostgreSQL
// The plug-ins that options name.
#pragma once

#include "cli/command_line.hpp"

namespace pgfilter {
class RuleRegistry;
}

namespace pgfilter::cli {

/// Before any other option is looked at: their rules may stand anywhere.  Throws Error (usage).
void load_plugins(const CommandLine& line, RuleRegistry& registry);

}  // namespace pgfilter::cli
