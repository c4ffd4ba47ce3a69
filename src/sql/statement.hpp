// SPDX-License-Identifier: PostgreSQL
// A walk through the statements of a text, without blanks and comments.
#pragma once

#include <array>
#include <initializer_list>
#include <span>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

using Words = std::span<const std::string_view>;

/// Stands before one token at a time and sees a few more, so that a statement of any length costs no memory.
///
/// A statement ends with a semicolon outside parentheses, which belongs to it, or with the text.
class StatementCursor {
public:
    StatementCursor(std::string_view text, Dialect dialect) : lexer_(text, dialect) {}

    /// Moves on to the first token of the next statement.  False if there is none.
    bool next_statement();

    /// The token `ahead` of the next one; null beyond the end of the statement.
    /// REQUIRES: ahead < window.
    const Token* peek(std::size_t ahead = 0) {
        return ahead < count_ || fill(ahead + 1) ? &tokens_[(first_ + ahead) % places] : nullptr;
    }
    void advance() {
        if (peek() != nullptr) pass();
    }
    /// The token before the next one.  REQUIRES: advance() has been called.
    [[nodiscard]] const Token& previous() const noexcept { return tokens_[(first_ + places - 1) % places]; }

    [[nodiscard]] bool at_symbol(char c, std::size_t ahead = 0) {
        const Token* const token = peek(ahead);
        return token != nullptr && token->is_symbol(c);
    }
    /// Whether these keywords, at least one, stand there.
    [[nodiscard]] bool at_words(Words words, std::size_t ahead = 0) {
        const Token* const first = peek(ahead);
        if (first == nullptr || !first->is_word(words.front())) return false;
        return words.size() == 1 || at_words(words.subspan(1), ahead + 1);
    }
    [[nodiscard]] bool at_words(std::initializer_list<std::string_view> words, std::size_t ahead = 0) {
        return at_words(Words(words.begin(), words.size()), ahead);
    }
    /// Moves on to the first of these keywords that stands outside parentheses opened on the way.  False, at
    /// the end of the statement, if there is none.
    bool skip_to(std::initializer_list<std::string_view> words);
    /// Moves on to the end of the statement.
    void skip_statement() { skip_to({}); }

    static constexpr std::size_t window = 7;

private:
    bool fill(std::size_t count);
    bool read(Token& token);
    void pass() {
        first_ = (first_ + 1) % places;
        --count_;
    }

    static constexpr std::size_t places = window + 1;  // one for the token before

    Lexer lexer_;
    std::array<Token, places> tokens_{};  // a ring
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    int depth_ = 0;      // of parentheses, where the lexer is
    bool ended_ = true;  // the last token of the statement has been read
};

/// Whether a statement of the text can be about one of these kinds of objects: "ON" and the kind follow each
/// other anywhere, or may do so after a comment.  Cheaper to test than to tokenise.
bool may_be_on(std::string_view sql, std::span<const Words> kinds);

/// Which kinds of objects, given as keywords, the statements of a text are about: GRANT … ON kind, COMMENT ON
/// kind, and so on.  A set with one bit for each.  REQUIRES: no more kinds than an unsigned has bits.
unsigned find_objects(std::string_view sql, std::span<const Words> kinds, Dialect dialect);

}  // namespace pgfilter::sql
