// SPDX-License-Identifier: PostgreSQL
// The pages of the manual.
#pragma once

#include <functional>
#include <string>

#include "manual/roff.hpp"
#include "pgfilter/rule_registry.hpp"

namespace pgfilter::manual {

/// The text of a file of the sources, "docs/rules.md".
using ReadSource = std::function<std::string(const std::string& path)>;

/// pgfilter(1): the table of options, and README for what needs more than a line.
std::string program_page(const ReadSource& read, const Edition& edition);

/// pgfilter-rules(5): the registry, docs/rule-files.md, docs/rules.md and docs/patterns.md.
std::string rules_page(const ReadSource& read, const Edition& edition, const RuleRegistry& registry);

/// pgfilter-plugin(3): docs/plugin.md and include/pgfilter/plugin.h.
std::string plugin_page(const ReadSource& read, const Edition& edition);

}  // namespace pgfilter::manual
