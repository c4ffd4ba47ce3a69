// SPDX-License-Identifier: PostgreSQL
// Why an argument of a rule probably matched nothing.
#pragma once

#include <string>

#include "pgfilter/rule.hpp"

namespace pgfilter {

/// How a rule reads its arguments.
enum class ArgumentForm : std::uint8_t { name, pattern, mapping };

/// To be added to a message, ": " in front.  Empty if nothing is known.
std::string likely_cause(const std::string& rule, ArgumentForm form, const RuleArgument& argument);

}  // namespace pgfilter
