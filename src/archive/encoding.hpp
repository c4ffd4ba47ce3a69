// SPDX-License-Identifier: PostgreSQL
// The encodings that PostgreSQL knows.
#pragma once

#include <string_view>

#include "pgfilter/bytes.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// An encoding that texts of an archive can be in.
struct Encoding {
    std::string_view name;   ///< PostgreSQL's: "SJIS"
    std::string_view iconv;  ///< what iconv() calls it; empty: it does not know it
    sql::Dialect::Trail trail = sql::Dialect::Trail::none;
};

/// By any of its names, spelled as PostgreSQL takes them (pg_char_to_encoding in encnames.c, 18):
/// "Shift-JIS".  Null if PostgreSQL does not know it either.
const Encoding* find_encoding(Bytes name);

}  // namespace pgfilter
