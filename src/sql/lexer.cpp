// SPDX-License-Identifier: PostgreSQL
#include "sql/lexer.hpp"

#include <algorithm>

namespace pgfilter::sql {
namespace {

bool is_letter(char c) noexcept {
    return is(byte_class::letter, c);
}
bool is_digit(char c) noexcept {
    return is(byte_class::digit, c);
}
bool is_blank(char c) noexcept {
    return is(byte_class::blank, c);
}

}  // namespace

Lexer::Extent Lexer::scan_other() const {
    const std::string_view rest = text_.substr(position_);
    const char c = rest.front();
    const auto run = [&](auto test) {
        const auto end = std::find_if_not(rest.begin(), rest.end(), test);
        return position_ + static_cast<std::size_t>(end - rest.begin());
    };
    if (is_blank(c)) return {TokenKind::blank, run(is_blank)};
    if (rest.starts_with("--"))
        return {TokenKind::comment, std::min(text_.find_first_of("\r\n", position_), text_.size())};
    if (rest.starts_with("/*")) return scan_block_comment();
    if (c == '\'') return scan_quoted(position_, TokenKind::string, !dialect_.standard_conforming_strings);
    if (c == '"') return scan_quoted(position_, TokenKind::quoted, false);
    if (c == '$') return scan_dollar();
    if (is_digit(c)) return {TokenKind::number, run([](char d) { return is_digit(d) || d == '.'; })};
    return {TokenKind::symbol, position_ + 1};
}

// A word of one letter, which may belong to a string or a quoted identifier.
Lexer::Extent Lexer::scan_prefixed() const {
    const std::string_view rest = text_.substr(position_);
    const char first = lower(rest.front());
    if (rest[1] == '\'' && (first == 'e' || first == 'b' || first == 'x' || first == 'n')) {
        const bool backslash = first == 'e' || (first == 'n' && !dialect_.standard_conforming_strings);
        return scan_quoted(position_ + 1, TokenKind::string, backslash);
    }
    if (first == 'u' && rest[1] == '&' && rest.size() > 2 && (rest[2] == '\'' || rest[2] == '"'))
        return scan_quoted(position_ + 2, rest[2] == '"' ? TokenKind::quoted : TokenKind::string, false);
    return {TokenKind::word, position_ + 1};
}

// A quote doubled stands for itself; with `backslash`, so does one after a backslash.
Lexer::Extent Lexer::scan_quoted(std::size_t open, TokenKind kind, bool backslash) const {
    const char quote = text_[open];
    std::size_t at = open + 1;
    const bool bytes_alone = !backslash && dialect_.trail == Dialect::Trail::none;
    while (at < text_.size()) {
        if (bytes_alone) at = std::min(text_.find(quote, at), text_.size() - 1);
        if (text_[at] == quote) {
            if (at + 1 == text_.size() || text_[at + 1] != quote) return {kind, at + 1};
            at += 2;
        } else if (backslash && text_[at] == '\\') {
            at += at + 1 < text_.size() ? 1 + character_size(text_, at + 1, dialect_) : 1;
        } else {
            at += character_size(text_, at, dialect_);
        }
    }
    return {TokenKind::unfinished, text_.size()};
}

std::size_t character_size(std::string_view text, std::size_t at, Dialect dialect) noexcept {
    if (at + 1 == text.size()) return 1;
    const auto byte = static_cast<unsigned char>(text[at]);
    switch (dialect.trail) {
        case Dialect::Trail::none:
            return 1;
        case Dialect::Trail::sjis:  // 0xA0 to 0xDF are characters of one byte
            return byte >= 0x81 && (byte <= 0x9f || byte >= 0xe0) ? 2 : 1;
        case Dialect::Trail::wide:
        case Dialect::Trail::gb18030:  // characters of four bytes are like two of two
        case Dialect::Trail::johab:
            return byte >= 0x81 ? 2 : 1;
    }
    return 1;
}

Lexer::Extent Lexer::scan_dollar() const {
    std::size_t at = position_ + 1;
    if (at < text_.size() && is_digit(text_[at])) {  // a parameter, $1
        while (at < text_.size() && is_digit(text_[at])) ++at;
        return {TokenKind::symbol, at};
    }
    while (at < text_.size() && (is_letter(text_[at]) || is_digit(text_[at]))) ++at;
    if (at == text_.size() || text_[at] != '$') return {TokenKind::symbol, position_ + 1};
    const std::string_view tag = text_.substr(position_, at + 1 - position_);
    const std::size_t close = text_.find(tag, at + 1);
    if (close == std::string_view::npos) return {TokenKind::unfinished, text_.size()};
    return {TokenKind::dollar, close + tag.size()};
}

Lexer::Extent Lexer::scan_block_comment() const {
    std::size_t depth = 0;
    std::size_t at = position_;
    while (at + 1 < text_.size()) {
        if (text_[at] == '/' && text_[at + 1] == '*') {
            ++depth;
            at += 2;
        } else if (text_[at] == '*' && text_[at + 1] == '/') {
            at += 2;
            if (--depth == 0) return {TokenKind::comment, at};
        } else {
            ++at;
        }
    }
    return {TokenKind::unfinished, text_.size()};
}

}  // namespace pgfilter::sql
