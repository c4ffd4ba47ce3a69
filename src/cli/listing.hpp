// SPDX-License-Identifier: PostgreSQL
// The table of contents as pg_restore -l prints it.
#pragma once

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Byte for byte what pg_restore (18) -C -l prints of the archive that the plan makes, but for the number of
/// entries, which is that of the archive that was read, and for owners that no-owner leaves out, which
/// pg_restore -O -l names as well.  pg_restore's -L finds entries by their dump IDs, so
/// such a list serves for both.  With `verbose`, as with pg_restore's -v, all entries, and their
/// dependencies.
void write_listing(const Plan& plan, bool verbose, ByteSink& output);

}  // namespace pgfilter::cli
