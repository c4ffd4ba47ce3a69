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
    const Token* peek(std::size_t ahead = 0);
    void advance();
    /// The token before the next one.  REQUIRES: advance() has been called.
    [[nodiscard]] const Token& previous() const noexcept { return previous_; }

    [[nodiscard]] bool at_symbol(char c, std::size_t ahead = 0);
    /// Whether these keywords stand there.
    [[nodiscard]] bool at_words(Words words, std::size_t ahead = 0);
    [[nodiscard]] bool at_words(std::initializer_list<std::string_view> words, std::size_t ahead = 0) {
        return at_words(Words(words.begin(), words.size()), ahead);
    }
    /// Moves on to the first of these keywords that stands outside parentheses opened on the way.  False, at
    /// the end of the statement, if there is none.
    bool skip_to(std::initializer_list<std::string_view> words);

    static constexpr std::size_t window = 8;

private:
    bool fill(std::size_t count);

    Lexer lexer_;
    std::array<Token, window> tokens_{};  // a ring
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    Token previous_{};
    int depth_ = 0;      // of parentheses, where the lexer is
    bool ended_ = true;  // the last token of the statement has been read
};

/// Whether a statement of the text is about an object of that kind, given as keywords: GRANT … ON kind,
/// COMMENT ON kind, and so on.
bool is_on(std::string_view sql, Words kind, Dialect dialect);
inline bool is_on(std::string_view sql, std::initializer_list<std::string_view> kind, Dialect dialect) {
    return is_on(sql, Words(kind.begin(), kind.size()), dialect);
}

}  // namespace pgfilter::sql
