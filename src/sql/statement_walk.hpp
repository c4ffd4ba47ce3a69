// SPDX-License-Identifier: PostgreSQL
// A walk through the statements of a text that takes some of them out.
#pragma once

#include <cstddef>
#include <string_view>

#include "sql/role_finder.hpp"
#include "sql/role_statements.hpp"
#include "sql/statement.hpp"
#include "sql/statement_writer.hpp"

namespace pgfilter::sql {

/// Tells a writer of the statements.  look() is called with the cursor at each and moves it anywhere in the
/// statement; what it finds is handed to decide(), with a cursor at the beginning, which does all else but to
/// begin it.
template <class Look, class Decide>
Removal walk_statements(std::string_view sql, Dialect dialect, StatementWriter& writer, Look look,
                        Decide decide) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        const StatementCursor begin = cursor;
        const std::size_t position = cursor.peek()->position;
        const StatementFacts facts = look(cursor);
        cursor.skip_statement();
        writer.begin_statement(position, cursor.previous().end());
        decide(facts, begin);
    }
    writer.end_of_text();
    return {writer.take_splices(), writer.left()};
}

}  // namespace pgfilter::sql
