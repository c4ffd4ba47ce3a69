// How the SQL of an archive is to be read.
#pragma once

#include "archive/encoding.hpp"
#include "pgfilter/toc.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// From the archive's STDSTRINGS and ENCODING entries.  Without STDSTRINGS (pg_dump before 8.2) backslashes
/// escape.
sql::Dialect dialect_of(const Toc& toc);

/// What its texts are in.  Null if it has no ENCODING entry, or one of an encoding that PostgreSQL does not
/// know.
const Encoding* encoding_of(const Toc& toc);

}  // namespace pgfilter
