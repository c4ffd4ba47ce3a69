// What would fail on a target: a plan made of its rules, seen from there (--check-for).
#pragma once

#include <string>

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Lists the entries that rules of target files drop or change, with the rules and their reasons, what no
/// rule could handle, and what may fail later, when it is used.  `target`: its name, for the report.  Whether
/// nothing would fail to be restored.
bool check_target(const Plan& plan, const std::string& target, bool json, ByteSink& output);

}  // namespace pgfilter::cli
