// What was done, for programs.
//
// Texts are strings if they are UTF-8, and {"hex": "…"} if not.  Members may be added; "schema_version" grows
// when one changes its meaning.
#pragma once

#include "cli/json_writer.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

inline constexpr int schema_version = 1;

/// What the archive says of itself.
Json archive_json(const Prologue& prologue);

/// What an entry is known by: dump ID, kind, schema and name.
void write_identity(const TocEntry& entry, JsonObject& object);

/// All of it: the archive, every entry that is not passed as it is, the rules with their counts, the kinds of
/// entries with theirs, what could not be done, and what the result needs of its target.  `summary`: of a run
/// that has been done; null for one that was only planned.
void write_json_report(const Plan& plan, const Summary* summary, ByteSink& output);

/// The rows that are left out although the user did not name their tables, as an array.
void write_json_lost_rows(const Plan& plan, ByteSink& output);

/// The entries that the plan keeps, as they will be, in their order.
void write_json_listing(const Plan& plan, ByteSink& output);

/// What the result needs of its target.
void write_json_needs(const Plan& plan, ByteSink& output);

}  // namespace pgfilter::cli
