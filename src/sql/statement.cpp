#include "sql/statement.hpp"

#include <algorithm>

namespace pgfilter::sql {

bool StatementReader::next(std::vector<Token>& statement) {
    statement.clear();
    int depth = 0;
    Token token{};
    while (lexer_.next(token)) {
        if (token.kind == TokenKind::blank || token.kind == TokenKind::comment) continue;
        statement.push_back(token);
        if (token.is_symbol('(')) ++depth;
        if (token.is_symbol(')')) --depth;
        if (token.is_symbol(';') && depth <= 0) break;
    }
    return !statement.empty();
}

bool has_words(const std::vector<Token>& statement, std::size_t at, Words words) {
    for (const std::string_view word : words) {
        if (at >= statement.size() || !statement[at++].is_word(word)) return false;
    }
    return true;
}

std::size_t find_word(const std::vector<Token>& statement, std::size_t at,
                      std::initializer_list<std::string_view> words) {
    int depth = 0;
    for (; at < statement.size(); ++at) {
        const Token& token = statement[at];
        if (token.is_symbol('(')) ++depth;
        if (token.is_symbol(')')) --depth;
        const auto is_token = [&](std::string_view word) { return token.is_word(word); };
        if (depth == 0 && std::any_of(words.begin(), words.end(), is_token)) return at;
    }
    return at;
}

bool is_on(std::string_view sql, Words kind, Dialect dialect) {
    StatementReader reader(sql, dialect);
    std::vector<Token> statement;
    while (reader.next(statement)) {
        if (has_words(statement, find_word(statement, 0, {"on"}) + 1, kind)) return true;
    }
    return false;
}

}  // namespace pgfilter::sql
