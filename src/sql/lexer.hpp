// SPDX-License-Identifier: PostgreSQL
// Cuts SQL into tokens as PostgreSQL's scanner does (scan.l, 9.0 to 18), without ever failing:
// the tokens of any text, put together, are that text.  Coarser than PostgreSQL where it makes no difference
// to names and strings: operators are single symbols, and a string continued on the next line is two.
#pragma once

#include <cstdint>
#include <string_view>

#include "pgfilter/sql.hpp"
#include "sql/byte_class.hpp"

namespace pgfilter::sql {

enum class TokenKind : std::uint8_t {
    blank,    ///< white space
    comment,  ///< -- … or /* … */, nested
    word,     ///< identifier or keyword without quotes
    quoted,   ///< "identifier"
    string,   ///< '…', E'…', B'…', X'…', N'…', U&'…'
    dollar,   ///< $tag$ … $tag$
    number,
    symbol,      ///< one byte of anything else
    unfinished,  ///< a comment, identifier or string that does not end, and everything after it
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
    [[nodiscard]] bool equals_keyword(std::string_view keyword) const noexcept {
        for (std::size_t i = 0; i < keyword.size(); ++i) {
            if (lower(text[i]) != keyword[i]) return false;
        }
        return true;
    }
};

class Lexer {
public:
    explicit Lexer(std::string_view text, Dialect dialect = {}) : text_(text), dialect_(dialect) {}

    /// Takes the next token.  False at the end of the text.
    bool next(Token& token) {
        if (position_ == text_.size()) return false;
        const Extent extent = scan();
        token = {extent.kind, {text_.data() + position_, extent.end - position_}, position_};
        position_ = extent.end;
        return true;
    }
    /// Passes over a blank token, if that is the next.
    void skip_blanks() noexcept {
        while (position_ < text_.size() && is(byte_class::blank, text_[position_])) ++position_;
    }

private:
    struct Extent {
        TokenKind kind;
        std::size_t end;
    };
    // Most tokens are words and symbols, and rules spend much of their time on them.
    [[nodiscard]] Extent scan() const {
        const char first = text_[position_];
        if (is(byte_class::letter, first)) return scan_word();
        return is(byte_class::lone, first) ? Extent{TokenKind::symbol, position_ + 1} : scan_other();
    }
    [[nodiscard]] Extent scan_word() const {
        std::size_t end = position_ + 1;
        while (end < text_.size() && is_identifier_byte(text_[end])) ++end;
        const bool may_be_prefix =
            end == position_ + 1 && end < text_.size() && (text_[end] == '\'' || text_[end] == '&');
        return may_be_prefix ? scan_prefixed() : Extent{TokenKind::word, end};
    }
    [[nodiscard]] Extent scan_other() const;
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

}  // namespace pgfilter::sql
