// SPDX-License-Identifier: PostgreSQL
// Names that a user gives, in the encoding that an archive is in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pgfilter/rule.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// The rules with their names and patterns as the archive spells them; nothing if that is as they are.
///
/// `others`: see Job.  Throws Error (usage) if the archive's encoding has no such characters.
std::optional<std::vector<RuleSpec>> encode_names(const std::vector<RuleSpec>& rules,
                                                  const RuleRegistry& registry, const Toc& toc,
                                                  const std::string& others);

}  // namespace pgfilter
