// SPDX-License-Identifier: PostgreSQL
// What the rules that pgfilter brings along make of an archive.
#pragma once

#include "pgfilter/job.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter::test {

Plan plan_for(const std::string& bytes, std::vector<RuleSpec> rules);

/// An archive of these entries behind those that every archive begins with.
std::string bytes_with(std::vector<EntryValue> entries, int minor = 16);

/// An entry in schema s that depends on others; TABLE DATA has a row.
EntryValue entry_of(int dump_id, const std::string& desc, const std::string& tag,
                    const std::string& defn = {}, std::vector<int> dependencies = {});

/// REQUIRES: there is such an entry.
const TocEntry& find(const Plan& plan, DumpId id);

/// Dump IDs of what is dropped.
std::vector<DumpId> dropped(const Plan& plan);

std::vector<Unhandled> unhandled_in(const Plan& plan);

inline const RuleSpec cascade{"cascade", {}};

}  // namespace pgfilter::test
