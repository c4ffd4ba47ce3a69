// SPDX-License-Identifier: PostgreSQL
// What the result needs of its target (--needs).
#pragma once

#include "cli/json_writer.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// For people.
void describe_needs(const Plan& plan, ByteSink& output);

/// For programs: the member of a document.
void write_needs(const Prologue& prologue, JsonWriter& json);
/// As a document of its own.
void write_json_needs(const Plan& plan, ByteSink& output);

}  // namespace pgfilter::cli
