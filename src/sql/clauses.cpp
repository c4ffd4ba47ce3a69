// SPDX-License-Identifier: PostgreSQL
#include "sql/clauses.hpp"

#include <initializer_list>

#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

std::optional<std::string> name_in(const Token& token, Dialect dialect) {
    return token.kind == TokenKind::string ? decode_literal(token, dialect) : decode_identifier(token);
}

/// The clause of that keyword and a name, in a statement that begins with these words and a name.
std::optional<NamedClause> find_clause(std::string_view sql,
                                       std::initializer_list<std::string_view> statement,
                                       std::string_view keyword, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.at_words(statement)) continue;
        for (std::size_t i = 0; i <= statement.size(); ++i) cursor.advance();
        // The value of another clause can be the same word.
        while (cursor.skip_to({keyword}) && cursor.previous().is_symbol('=')) cursor.advance();
        if (cursor.peek() == nullptr) continue;
        const std::size_t begin = cursor.previous().end();
        const std::size_t name = cursor.at_symbol('=', 1) ? 2 : 1;
        if (const Token* const last = cursor.peek(name))
            return NamedClause{{begin, last->end()}, name_in(*last, dialect)};
    }
    return std::nullopt;
}

void find_unlogged_in_alter(StatementCursor& cursor, const std::function<void(Clause, bool)>& found) {
    for (; cursor.peek() != nullptr; cursor.advance()) {
        if (cursor.at_words({"set", "unlogged"})) {
            const Token* const word = cursor.peek(1);
            found({word->position, word->end()}, true);
        } else if (cursor.at_words({"sequence", "name"})) {  // of an identity column
            cursor.advance();
            cursor.advance();
            for (; cursor.at_symbol('.', 1); cursor.advance()) cursor.advance();
            const Token* const word = cursor.peek(1);
            if (word != nullptr && word->is_word("unlogged"))
                found({cursor.peek()->end(), word->end()}, false);
        }
    }
}

}  // namespace

std::optional<NamedClause> find_tablespace(std::string_view sql, Dialect dialect) {
    return find_clause(sql, {"create", "database"}, "tablespace", dialect);
}

std::optional<NamedClause> find_authorization(std::string_view sql, Dialect dialect) {
    return find_clause(sql, {"create", "schema"}, "authorization", dialect);
}

std::optional<std::size_t> find_missing_if_not_exists(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement()) return std::nullopt;
    if (!cursor.at_words({"create", "schema"}) && !cursor.at_words({"create", "extension"}))
        return std::nullopt;
    if (cursor.at_words({"if", "not", "exists"}, 2)) return std::nullopt;
    return cursor.peek(1)->end();
}

void find_unlogged(std::string_view sql, Dialect dialect, const std::function<void(Clause, bool)>& found) {
    if (sql.find("UNLOGGED") == std::string_view::npos) return;
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (cursor.at_words({"create", "unlogged"})) {
            found({cursor.peek()->end(), cursor.peek(1)->end()}, false);
        } else if (cursor.at_words({"alter"})) {
            find_unlogged_in_alter(cursor, found);
        }
    }
}

// The extension and the value of another clause can have the name of a keyword.
std::optional<std::string> find_extension_option(std::string_view sql, std::string_view keyword,
                                                 Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"create", "extension"})) return std::nullopt;
    const std::size_t words = cursor.at_words({"if", "not", "exists"}, 2) ? 5 : 2;
    for (std::size_t i = 0; i <= words; ++i) cursor.advance();
    if (cursor.at_words({"with"})) cursor.advance();
    for (; cursor.peek() != nullptr; cursor.advance()) {
        const Token* const value = cursor.peek(1);
        if (value != nullptr && cursor.at_words({keyword})) return name_in(*value, dialect);
        cursor.advance();
    }
    return std::nullopt;
}

std::optional<std::string> find_label_provider(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"security", "label", "for"})) return std::nullopt;
    const Token* const provider = cursor.peek(3);
    return provider == nullptr ? std::nullopt : name_in(*provider, dialect);
}

}  // namespace pgfilter::sql
