// SPDX-License-Identifier: PostgreSQL
#include "sql/statement.hpp"

#include <algorithm>

namespace pgfilter::sql {

bool StatementCursor::next_statement() {
    skip_statement();
    ended_ = false;
    depth_ = 0;
    return peek() != nullptr;
}

/// The next token of the statement that is no comment.  False if there is none.
inline bool StatementCursor::read(Token& token) {
    if (ended_) return false;
    do {
        lexer_.skip_blanks();
        if (!lexer_.next(token)) {
            ended_ = true;
            return false;
        }
    } while (token.kind == TokenKind::comment);
    if (token.kind == TokenKind::symbol) {
        const char symbol = token.text.front();
        if (symbol == '(') ++depth_;
        if (symbol == ')') --depth_;
        ended_ = symbol == ';' && depth_ <= 0;
    }
    return true;
}

bool StatementCursor::fill(std::size_t count) {
    while (count_ < count && read(tokens_[(first_ + count_) % places])) ++count_;
    return count <= count_;
}

// Most tokens of most texts are passed here.
bool StatementCursor::skip_to(std::initializer_list<std::string_view> words) {
    int depth = 0;
    for (;; pass()) {
        const Token& token = tokens_[first_];
        if (count_ == 0) {
            if (!read(tokens_[first_])) return false;
            count_ = 1;
        }
        if (token.kind == TokenKind::symbol) {
            if (token.text.front() == '(') ++depth;
            if (token.text.front() == ')') --depth;
        } else if (token.kind == TokenKind::word && depth == 0) {
            const auto is_token = [&](std::string_view word) { return token.is_word(word); };
            if (std::any_of(words.begin(), words.end(), is_token)) return true;
        }
    }
}

namespace {

bool starts_with_keyword(std::string_view text, std::string_view keyword) {
    constexpr char to_lower = 0x20;
    const auto same = [](char c, char letter) { return static_cast<char>(c | to_lower) == letter; };
    return text.size() >= keyword.size() && std::equal(keyword.begin(), keyword.end(), text.begin(),
                                                       [&](char letter, char c) { return same(c, letter); });
}

}  // namespace

bool may_be_on(std::string_view sql, std::span<const Words> kinds) {
    for (const char first : {'O', 'o'}) {
        for (std::size_t at = sql.find(first); at != std::string_view::npos; at = sql.find(first, at + 1)) {
            if (!starts_with_keyword(sql.substr(at), "on")) continue;
            const std::size_t next = sql.find_first_not_of(" \t\n\r\f\v", at + 2);
            if (next == std::string_view::npos) break;
            const std::string_view rest = sql.substr(next);
            const auto is_there = [&](Words kind) { return starts_with_keyword(rest, kind.front()); };
            if (rest[0] == '/' || rest[0] == '-' || std::any_of(kinds.begin(), kinds.end(), is_there))
                return true;
        }
    }
    return false;
}

unsigned find_objects(std::string_view sql, std::span<const Words> kinds, Dialect dialect) {
    if (!may_be_on(sql, kinds)) return 0;
    unsigned found = 0;
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.skip_to({"on"})) continue;
        for (std::size_t i = 0; i < kinds.size(); ++i) found |= cursor.at_words(kinds[i], 1) ? 1U << i : 0U;
    }
    return found;
}

}  // namespace pgfilter::sql
