// SPDX-License-Identifier: PostgreSQL
// What the rules of target files did, for a user who has asked for none of them by name.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/options.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Calls tell() with a line for each rule of a target file that dropped or changed something, and why, and
/// for each that the user's own options answer.  With `all`, a line for each dropped entry.
void tell_losses(const Plan& plan, const Options& options, bool all,
                 const std::function<void(const std::string&)>& tell);

/// Which roles need a privilege that a dump of PostgreSQL 14 or older takes for granted; nothing if none
/// does.
std::optional<std::string> describe_lost_create(const Plan& plan);

/// How entries of a kind that a target's rule leaves out can be had: some platforms let some of their users
/// create them.  To be added to a message; empty if that is not so of the rule and the kind.
std::string keep_kind_remedy(const RuleSpec& rule, Bytes kind);

}  // namespace pgfilter::cli
