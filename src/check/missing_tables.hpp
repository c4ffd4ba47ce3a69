// SPDX-License-Identifier: PostgreSQL
// Rows whose table is not in the archive.
#pragma once

#include "pgfilter/archive.hpp"
#include "pgfilter/finding.hpp"

namespace pgfilter {

/// Tells of each extension once which tables of its have rows, and of all other rows of such tables.
void check_missing_tables(const Prologue& prologue, const FindingHandler& found);

}  // namespace pgfilter
