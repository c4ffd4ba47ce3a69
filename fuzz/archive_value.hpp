// SPDX-License-Identifier: PostgreSQL
// Archives as plain values, to be changed and built anew.
#pragma once

#include "pgfilter/bytes.hpp"
#include "support/archive_builder.hpp"

/// What build() makes the same archive from, but for what it always writes alike: OIDs, versions, the time.
/// Throws Error if the archive is not accepted.
pgfilter::test::ArchiveValue read_archive_value(pgfilter::Bytes archive);
