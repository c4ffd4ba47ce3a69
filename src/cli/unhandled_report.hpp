// SPDX-License-Identifier: PostgreSQL
// What rules could not do, for people.
#pragma once

#include <string>
#include <vector>

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// What a rule could not do, in an entry.
std::string unhandled_text(const Plan& plan, const Unhandled& place);

/// What the user can do about it; empty if nothing is known.
std::string hint_text(const Unhandled& place);

/// What rules could not do, in summary: a line for each cause, the first ones, or else for each rule.  With
/// `quick`, only what is found without effort.
std::vector<std::string> unhandled_places(const Plan& plan, bool quick);

}  // namespace pgfilter::cli
