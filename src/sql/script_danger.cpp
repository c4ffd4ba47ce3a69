#include "sql/script_danger.hpp"

namespace pgfilter::sql {

namespace {

/// Much SQL has none of these, and to see that takes a fraction of the time.
bool has_quotes_or_backslashes(std::string_view sql) {
    constexpr auto none = std::string_view::npos;
    return sql.find('\'') != none || sql.find('"') != none || sql.find('$') != none ||
           sql.find('\\') != none || sql.find("/*") != none;
}

}  // namespace

const char* find_script_danger(std::string_view sql, Dialect dialect) {
    if (!has_quotes_or_backslashes(sql)) return nullptr;
    Lexer lexer(sql, dialect);
    Token token{};
    while (lexer.next(token)) {
        if (token.is_symbol('\\')) return "has a backslash outside quotes, which psql takes for a command";
        if (token.kind == TokenKind::unfinished)
            return "leaves a quote or comment open, which swallows what follows";
    }
    return nullptr;
}

}  // namespace pgfilter::sql
