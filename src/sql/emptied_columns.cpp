// SPDX-License-Identifier: PostgreSQL
#include "sql/emptied_columns.hpp"

#include "sql/names.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

/// Moves past the parentheses that the cursor stands before.  Whether the column's name is in them.
bool take_list_with(StatementCursor& cursor, std::string_view column) {
    if (!cursor.at_symbol('(')) return false;
    bool found = false;
    int depth = 0;
    do {
        const Token& token = *cursor.peek();
        if (token.is_symbol('(')) ++depth;
        if (token.is_symbol(')')) --depth;
        found = found || decode_identifier(token) == column;
        cursor.advance();
    } while (depth > 0 && cursor.peek() != nullptr);
    return found;
}

/// What has been seen of the first statement of a key.
struct Key {
    bool has_column = false;  // in its first list
    bool is_primary = false;
    bool is_full = false;  // MATCH FULL, or NULLS NOT DISTINCT
    bool refers_to_column = false;
};

Key read_key(StatementCursor& cursor, std::string_view table, std::string_view column) {
    Key key;
    bool is_first = true;
    while (cursor.peek() != nullptr) {
        if (cursor.at_words({"references"})) {
            cursor.advance();
            const auto name = take_name(cursor);
            const bool is_listed = take_list_with(cursor, column);
            key.refers_to_column = name && name->name == table && is_listed;
            continue;
        }
        key.is_primary = key.is_primary || cursor.at_words({"primary", "key"});
        key.is_full = key.is_full || cursor.at_words({"match", "full"}) ||
                      cursor.at_words({"nulls", "not", "distinct"});
        if (cursor.at_symbol('(')) {
            const bool is_listed = take_list_with(cursor, column);
            key.has_column = key.has_column || (is_first && is_listed);
            is_first = false;
        } else {
            cursor.advance();
        }
    }
    return key;
}

}  // namespace

std::optional<std::string> find_commented_constraint(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"comment", "on", "constraint"})) return std::nullopt;
    for (int word = 0; word < 3; ++word) cursor.advance();
    return take_identifier(cursor);
}

bool needs_values(std::string_view sql, std::string_view table, std::string_view column, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement()) return false;
    const Key key = read_key(cursor, table, column);
    if (key.refers_to_column || (key.has_column && (key.is_primary || key.is_full))) return true;
    while (cursor.next_statement()) {
        if (key.has_column && cursor.at_words({"alter", "table"}) && cursor.skip_to({"replica"})) return true;
    }
    return false;
}

}  // namespace pgfilter::sql
