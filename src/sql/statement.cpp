#include "sql/statement.hpp"

#include <algorithm>

namespace pgfilter::sql {

bool StatementCursor::next_statement() {
    while (peek() != nullptr) advance();
    ended_ = false;
    depth_ = 0;
    return peek() != nullptr;
}

const Token* StatementCursor::peek(std::size_t ahead) {
    return ahead < count_ || fill(ahead + 1) ? &tokens_[(first_ + ahead) % window] : nullptr;
}

bool StatementCursor::fill(std::size_t count) {
    while (count_ < count && !ended_) {
        Token& token = tokens_[(first_ + count_) % window];
        if (!lexer_.next(token)) {
            ended_ = true;
            break;
        }
        if (token.kind == TokenKind::blank || token.kind == TokenKind::comment) continue;
        ++count_;
        if (token.kind != TokenKind::symbol) continue;
        if (token.is_symbol('(')) ++depth_;
        if (token.is_symbol(')')) --depth_;
        ended_ = token.is_symbol(';') && depth_ <= 0;
    }
    return count <= count_;
}

void StatementCursor::advance() {
    if (peek() == nullptr) return;
    previous_ = tokens_[first_];
    first_ = (first_ + 1) % window;
    --count_;
}

bool StatementCursor::at_symbol(char c, std::size_t ahead) {
    const Token* const token = peek(ahead);
    return token != nullptr && token->is_symbol(c);
}

bool StatementCursor::at_words(Words words, std::size_t ahead) {
    return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
        const Token* const token = peek(ahead++);
        return token != nullptr && token->is_word(word);
    });
}

bool StatementCursor::skip_to(std::initializer_list<std::string_view> words) {
    int depth = 0;
    for (; const Token* const token = peek(); advance()) {
        if (token->is_symbol('(')) ++depth;
        if (token->is_symbol(')')) --depth;
        if (token->kind != TokenKind::word) continue;
        const auto is_token = [&](std::string_view word) { return token->is_word(word); };
        if (depth == 0 && std::any_of(words.begin(), words.end(), is_token)) return true;
    }
    return false;
}

namespace {

bool starts_with_keyword(std::string_view text, std::string_view keyword) {
    constexpr char to_lower = 0x20;
    const auto same = [](char c, char letter) { return static_cast<char>(c | to_lower) == letter; };
    return text.size() >= keyword.size() && std::equal(keyword.begin(), keyword.end(), text.begin(),
                                                       [&](char letter, char c) { return same(c, letter); });
}

/// Whether "ON" and that keyword follow each other anywhere, or may do so behind a comment: sooner seen than
/// cut into tokens.
bool may_be_on(std::string_view sql, std::string_view keyword) {
    for (std::size_t at = sql.find_first_of("Oo"); at != std::string_view::npos;
         at = sql.find_first_of("Oo", at + 1)) {
        if (!starts_with_keyword(sql.substr(at), "on")) continue;
        const std::size_t next = sql.find_first_not_of(" \t\n\r\f\v", at + 2);
        if (next == std::string_view::npos) return false;
        if (sql[next] == '/' || sql[next] == '-' || starts_with_keyword(sql.substr(next), keyword))
            return true;
    }
    return false;
}

}  // namespace

bool is_on(std::string_view sql, Words kind, Dialect dialect) {
    if (!may_be_on(sql, kind.front())) return false;
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (cursor.skip_to({"on"}) && cursor.at_words(kind, 1)) return true;
    }
    return false;
}

}  // namespace pgfilter::sql
