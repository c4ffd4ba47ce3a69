// SPDX-License-Identifier: PostgreSQL
// The two halves of make_plan(): what can be done before there is an archive, and what cannot.
#pragma once

#include "pgfilter/job.hpp"

namespace pgfilter {

/// Throws Error (usage) as check_rules() does.
std::vector<AppliedRule> make_rules(const std::vector<RuleSpec>& specs, const RuleRegistry& registry);

/// `rules`: made of those of the job.
Plan make_plan(const Job& job, const RuleRegistry& registry, std::vector<AppliedRule> rules,
               Prologue prologue);

}  // namespace pgfilter
