// SPDX-License-Identifier: PostgreSQL
// What stands at the front of a pg_dump archive, as a value.
#pragma once

#include <cstdint>
#include <string>

#include "pgfilter/export.hpp"
#include "pgfilter/header.hpp"
#include "pgfilter/sql.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// All that precedes the data.  The table of contents can be edited; everything else is written as it was
/// read.
///
/// Threads: several may read one while none edits its Toc.  Lifetime: owns all bytes that it was read from.
struct Prologue {
    const Header header;
    Toc toc;
    const std::string stored_count;  ///< the number of entries, as it was read
    const std::uint64_t size;        ///< bytes in the archive, that is the offset of the first data block
};

/// How the SQL of an archive is to be read, as its STDSTRINGS and ENCODING entries say.  Without STDSTRINGS
/// (pg_dump before 8.2) backslashes escape.
PGFILTER_API sql::Dialect dialect_of(const Toc& toc);

}  // namespace pgfilter
