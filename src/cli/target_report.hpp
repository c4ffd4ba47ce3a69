// What the rules of target files did, for a user who has asked for none of them by name.
#pragma once

#include <functional>
#include <string>

#include "cli/options.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Calls tell() with a line for each rule of a target file that dropped or changed something, and why, and
/// for each that the user's own options answer.  With `all`, a line for each dropped entry.
void tell_losses(const Plan& plan, const Options& options, bool all,
                 const std::function<void(const std::string&)>& tell);

}  // namespace pgfilter::cli
