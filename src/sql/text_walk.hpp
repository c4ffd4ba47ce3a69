// SPDX-License-Identifier: PostgreSQL
// The names, or the statements, of a text, one after the other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sql/clauses.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {

/// A cursor that goes on where it was, if it is asked for what follows in the same text.
class ResumedCursor {
public:
    StatementCursor& from(std::string_view text, std::size_t begin, Dialect dialect);
    /// Where the next one will be looked for.
    void stand_at(std::size_t position) noexcept { position_ = position; }

private:
    std::string_view text_;
    std::size_t position_ = 0;
    std::optional<StatementCursor> cursor_;
};

class NameWalk {
public:
    struct Name {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::string first;
        std::string last;
        std::size_t identifiers = 0;
        bool is_quoted = false;
    };

    /// The next name that begins at or after `from`.  Null if there is none; dies at the next call.
    const Name* next(std::string_view text, std::size_t from, Dialect dialect);

private:
    void take(StatementCursor& cursor);

    ResumedCursor cursor_;
    Name name_;
};

class StatementWalk {
public:
    /// The next statement that begins at or after `from`, from its first token to its last.
    std::optional<Clause> next(std::string_view text, std::size_t from, Dialect dialect);

private:
    ResumedCursor cursor_;
};

}  // namespace pgfilter::sql
