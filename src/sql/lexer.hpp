// Cuts SQL into tokens as PostgreSQL's scanner does (scan.l, 9.0 to 18), without ever failing:
// the tokens of any text, put together, are that text.  Coarser than PostgreSQL where it makes no difference
// to names and strings: operators are single symbols, and a string continued on the next line is two.
#pragma once

#include <cstdint>
#include <string_view>

namespace pgfilter::sql {

/// What the meaning of a string depends on.
struct Dialect {
    /// Encodings in which the second byte of a character may look like ASCII; only clients can have them.
    enum class Trail : std::uint8_t { none, sjis, wide };

    bool standard_conforming_strings = true;  ///< if not, a backslash escapes in '…' too
    Trail trail = Trail::none;
};

enum class TokenKind : std::uint8_t {
    blank,    ///< white space
    comment,  ///< -- … or /* … */, nested
    word,     ///< identifier or keyword without quotes
    quoted,   ///< "identifier"
    string,   ///< '…', E'…', B'…', X'…', N'…', U&'…'
    dollar,   ///< $tag$ … $tag$
    number,
    symbol,      ///< one byte of anything else
    unfinished,  ///< a comment, identifier or string that does not end, and all behind it
};

struct Token {
    TokenKind kind;
    std::string_view text;
    std::size_t position;  ///< of its first byte in the text that was cut

    [[nodiscard]] std::size_t end() const noexcept { return position + text.size(); }
    [[nodiscard]] bool is_symbol(char c) const noexcept {
        return kind == TokenKind::symbol && text.front() == c;
    }
    /// Whether it is this keyword, given in lower case, in any case and without quotes.
    [[nodiscard]] bool is_word(std::string_view keyword) const noexcept {
        return kind == TokenKind::word && text.size() == keyword.size() && equals_keyword(keyword);
    }

private:
    [[nodiscard]] bool equals_keyword(std::string_view keyword) const noexcept;
};

class Lexer {
public:
    explicit Lexer(std::string_view text, Dialect dialect = {}) : text_(text), dialect_(dialect) {}

    /// Takes the next token.  False at the end of the text.
    bool next(Token& token);
    /// Passes over a blank token, if that is the next.
    void skip_blanks() noexcept;

private:
    struct Extent {
        TokenKind kind;
        std::size_t end;
    };
    [[nodiscard]] Extent scan() const;
    [[nodiscard]] Extent scan_word() const;
    [[nodiscard]] Extent scan_prefixed() const;
    [[nodiscard]] Extent scan_dollar() const;
    [[nodiscard]] Extent scan_block_comment() const;
    [[nodiscard]] Extent scan_quoted(std::size_t open, TokenKind kind, bool backslash) const;

    std::string_view text_;
    std::size_t position_ = 0;
    Dialect dialect_;
};

/// Bytes of the character at `at`, as far as that matters: 2 where the second could be taken for ASCII.
std::size_t character_size(std::string_view text, std::size_t at, Dialect dialect) noexcept;

/// A letter, digit, underscore, dollar sign or any byte beyond ASCII: what an identifier without quotes is
/// made of.
bool is_identifier_byte(char c) noexcept;

}  // namespace pgfilter::sql
