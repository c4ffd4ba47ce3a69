// SPDX-License-Identifier: PostgreSQL
// The names in a text, one after the other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sql/statement.hpp"

namespace pgfilter::sql {

/// Goes on where it was, if it is asked for what follows in the same text.
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

    std::string_view text_;
    std::size_t from_ = 0;
    std::optional<StatementCursor> cursor_;
    Name name_;
};

}  // namespace pgfilter::sql
