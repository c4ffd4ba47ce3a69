// SPDX-License-Identifier: PostgreSQL
#include "sql/names.hpp"

#include "sql/quoting.hpp"

namespace pgfilter::sql {

std::optional<std::string> take_identifier(StatementCursor& cursor) {
    const Token* const token = cursor.peek();
    std::optional<std::string> name = token == nullptr ? std::nullopt : decode_identifier(*token);
    if (name) cursor.advance();
    return name;
}

std::string decode_name(std::string_view identifier) {
    StatementCursor cursor(identifier, {});
    return cursor.next_statement() ? take_identifier(cursor).value_or("") : "";
}

std::optional<QualifiedName> take_name(StatementCursor& cursor) {
    auto first = take_identifier(cursor);
    if (!first) return std::nullopt;
    if (!cursor.at_symbol('.')) return QualifiedName{{}, std::move(*first)};
    cursor.advance();
    auto second = take_identifier(cursor);
    if (!second) return std::nullopt;
    return QualifiedName{std::move(*first), std::move(*second)};
}

std::optional<QualifiedName> parse_name(std::string_view sql) {
    StatementCursor cursor(sql, {});
    if (!cursor.next_statement()) return std::nullopt;
    std::optional<QualifiedName> name = take_name(cursor);
    return cursor.peek() == nullptr && !cursor.next_statement() ? name : std::nullopt;
}

bool skip_name(StatementCursor& cursor) {
    const auto skip_identifier = [&] {
        const Token* const token = cursor.peek();
        if (token == nullptr || !is_identifier(*token)) return false;
        cursor.advance();
        return true;
    };
    if (!skip_identifier()) return false;
    if (!cursor.at_symbol('.')) return true;
    cursor.advance();
    return skip_identifier();
}

bool skip_past(StatementCursor& cursor, std::initializer_list<std::string_view> words) {
    if (!cursor.skip_to(words)) return false;
    cursor.advance();
    return true;
}

void skip_parentheses(StatementCursor& cursor) {
    if (!cursor.at_symbol('(')) return;
    int depth = 0;
    do {
        if (cursor.at_symbol('(')) ++depth;
        if (cursor.at_symbol(')')) --depth;
        cursor.advance();
    } while (depth > 0 && cursor.peek() != nullptr);
}

}  // namespace pgfilter::sql
