// Why an argument of a rule probably matched nothing.
#pragma once

#include <string>

#include "pgfilter/rule.hpp"

namespace pgfilter::cli {

/// With ": " in front; empty if there is nothing to say.
std::string likely_cause(const RuleReport& report, const RuleArgument& argument);

}  // namespace pgfilter::cli
