#include "sql/clauses.hpp"

#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

/// The clause of that keyword and a name, in a statement that begins with these words and a name.
std::optional<Clause> find_clause(std::string_view sql, std::initializer_list<std::string_view> statement,
                                  std::string_view keyword, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.at_words(statement)) continue;
        for (std::size_t i = 0; i <= statement.size(); ++i) cursor.advance();
        if (!cursor.skip_to({keyword})) continue;
        const std::size_t begin = cursor.previous().end();
        const std::size_t name = cursor.at_symbol('=', 1) ? 2 : 1;
        if (const Token* const last = cursor.peek(name)) return Clause{begin, last->end()};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Clause> find_tablespace(std::string_view sql, Dialect dialect) {
    return find_clause(sql, {"create", "database"}, "tablespace", dialect);
}

std::optional<Clause> find_authorization(std::string_view sql, Dialect dialect) {
    return find_clause(sql, {"create", "schema"}, "authorization", dialect);
}

std::optional<std::string> name_behind(std::string_view sql,
                                       std::initializer_list<std::string_view> statement,
                                       std::string_view keyword, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.at_words(statement)) continue;
        for (std::size_t i = 0; i < statement.size(); ++i) cursor.advance();
        if (!cursor.skip_to({keyword})) continue;
        const Token* const name = cursor.peek(cursor.at_symbol('=', 1) ? 2 : 1);
        if (name == nullptr) continue;
        if (name->kind == TokenKind::string) return decode_literal(*name, dialect);
        return decode_identifier(*name);
    }
    return std::nullopt;
}

}  // namespace pgfilter::sql
