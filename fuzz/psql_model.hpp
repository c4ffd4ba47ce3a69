// SPDX-License-Identifier: PostgreSQL
// How psql reads a script: a model of its scanner, made from psqlscan.l and wchar.c alone.
#pragma once

#include <cstdint>
#include <string_view>

namespace psql_model {

/// Versions of psql that read differently, and all until the next one.
enum class Version : std::uint8_t { v9_6, v14, v15, v16, v18 };
/// `single` is any that psql takes byte by byte.
enum class Encoding : std::uint8_t { single, sjis, big5, gbk, uhc, gb18030, johab };

enum class Outcome : std::uint8_t {
    harmless,
    command,   ///< comes to a backslash
    variable,  ///< puts in the value of a variable that it sets itself
    rows,      ///< can read or skip what follows as rows: a COPY, or a statement that is taken for one before
    open,      ///< ends inside of quotes, a comment, parentheses or the body of a function
};

struct Session {
    Version version;
    Encoding encoding;
    bool standard_conforming_strings;
};

Outcome read(std::string_view script, Session session);

}  // namespace psql_model
