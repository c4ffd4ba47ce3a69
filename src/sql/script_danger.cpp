#include "sql/script_danger.hpp"

namespace pgfilter::sql {

const char* find_script_danger(std::string_view sql, Dialect dialect) {
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
