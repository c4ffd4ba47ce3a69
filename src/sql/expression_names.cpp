// SPDX-License-Identifier: PostgreSQL
#include "sql/expression_names.hpp"

#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

using NameKind = NameUse::Kind;
using FoundUse = std::function<void(const NameUse&)>;

/// 'name'::regclass and its like.
bool at_object_literal(StatementCursor& cursor) {
    const Token* const literal = cursor.peek();
    if (literal == nullptr || literal->kind != TokenKind::string) return false;
    if (!cursor.at_symbol(':', 1) || !cursor.at_symbol(':', 2)) return false;
    const Token* const type = cursor.peek(3);
    return type != nullptr && type->kind == TokenKind::word && type->text.starts_with("reg");
}

void find_object(const Token& literal, Dialect dialect, const FoundUse& found) {
    const auto text = decode_literal(literal, dialect);
    if (!text) return;
    StatementCursor cursor(*text, dialect);
    if (!cursor.next_statement()) return;
    if (auto name = take_name(cursor)) found({std::move(*name), NameKind::object});
}

/// Takes OPERATOR(schema.+).
void take_operator(StatementCursor& cursor, const FoundUse& found) {
    cursor.advance();
    cursor.advance();
    NameUse use;
    use.kind = NameKind::operator_;
    if (auto schema = take_identifier(cursor); schema && cursor.at_symbol('.')) {
        use.schema = std::move(*schema);
        cursor.advance();
    }
    for (; cursor.peek() != nullptr && !cursor.at_symbol(')'); cursor.advance())
        use.name += cursor.peek()->text;
    found(use);
}

}  // namespace

void find_name_uses(std::string_view sql, Dialect dialect, const FoundUse& found) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        while (const Token* const token = cursor.peek()) {
            if (at_object_literal(cursor)) {
                find_object(*token, dialect, found);
                cursor.advance();
            } else if (cursor.at_words({"operator"}) && cursor.at_symbol('(', 1)) {
                take_operator(cursor, found);
            } else if (token->is_symbol('.')) {
                cursor.advance();
                take_identifier(cursor);
            } else if (auto name = take_name(cursor)) {
                const NameKind kind = cursor.at_symbol('(') ? NameKind::call : NameKind::plain;
                found({std::move(*name), kind});
            } else {
                cursor.advance();
            }
        }
    }
}

}  // namespace pgfilter::sql
