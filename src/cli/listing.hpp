// The table of contents as pg_restore -l prints it.
#pragma once

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Byte for byte what pg_restore (18) -C -l prints of the archive that was read, restricted to what the plan
/// keeps of it: lists serve pg_restore's -L, so entries appear as they are there.  With `verbose`, as with
/// pg_restore's -v, all entries, and their dependencies.
void write_listing(const Plan& plan, bool verbose, ByteSink& output);

}  // namespace pgfilter::cli
