// SPDX-License-Identifier: PostgreSQL
// What was done, for programs (docs/json.md).
#pragma once

#include "cli/json_writer.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Name and version of the program.
void write_program(JsonWriter& json);

/// What the archive says of itself.
void write_archive(const Prologue& prologue, JsonWriter& json);

/// What an entry is known by: dump ID, kind, schema and name.
void write_identity(const TocEntry& entry, JsonWriter& json);

/// All of it: the archive, every entry that is not passed as it is, the rules with their counts, the kinds of
/// entries with theirs, what could not be done, and what the result needs of its target.  `summary`: of a run
/// that has been done; null for one that was only planned.
void write_json_report(const Plan& plan, const Summary* summary, ByteSink& output);

/// The rows that are left out although the user did not name their tables.
void write_lost_rows(const Plan& plan, JsonWriter& json);

/// The entries that the plan keeps, as they will be, in their order.
void write_json_listing(const Plan& plan, ByteSink& output);

}  // namespace pgfilter::cli
