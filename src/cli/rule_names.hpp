// SPDX-License-Identifier: PostgreSQL
// What rules are called in messages.
#pragma once

#include <string>

#include "pgfilter/rule.hpp"

namespace pgfilter::cli {

/// "--for=neon: no-owner", "clean.rules, line 3: no-owner": the line of a built-in file says nothing to the
/// user.
std::string full_name(const RuleSpec& spec);

/// "no-owner: nobody is a superuser there": the rule, and why it is there.
std::string name_and_reason(const RuleSpec& spec);

/// Why it is there, with what separates it from what is before; empty if nobody said.
std::string reason_after(const char* separator, const RuleSpec& spec);

}  // namespace pgfilter::cli
