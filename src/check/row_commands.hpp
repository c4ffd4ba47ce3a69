// SPDX-License-Identifier: PostgreSQL
// What psql would run of the rows of a COPY.
#pragma once

#include "pgfilter/bytes.hpp"
#include "sql/character_marks.hpp"

namespace pgfilter {

/// Looks at rows in pieces.  psql takes the rows of a COPY that fails for SQL and commands of its own.
class RowCommands {
public:
    explicit RowCommands(sql::Dialect::Trail trail) : marks_(trail) {}

    void begin();

    /// What is dangerous in the next piece: a backslash followed by something that COPY never writes, and
    /// a zero byte, after which psql can lose sight of where rows begin and end.  Null if nothing is.
    const char* look(Bytes piece);

private:
    sql::CharacterMarks marks_;
    bool after_backslash_ = false;
};

}  // namespace pgfilter
