#include "sql/lexer.hpp"

#include <algorithm>

namespace pgfilter::sql {
namespace {

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_blank(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool is_identifier_byte(char c) noexcept {
    return is_letter(c) || is_digit(c) || c == '$';
}

bool Token::is_word(std::string_view keyword) const noexcept {
    return kind == TokenKind::word && text.size() == keyword.size() &&
           std::equal(text.begin(), text.end(), keyword.begin(),
                      [](char a, char b) { return lower(a) == b; });
}

bool Lexer::next(Token& token) {
    if (position_ == text_.size()) return false;
    const Extent extent = scan();
    token = {extent.kind, text_.substr(position_, extent.end - position_), position_};
    position_ = extent.end;
    return true;
}

Lexer::Extent Lexer::scan() const {
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
    if (is_letter(c)) return scan_word();
    if (is_digit(c)) return {TokenKind::number, run([](char d) { return is_digit(d) || d == '.'; })};
    return {TokenKind::symbol, position_ + 1};
}

Lexer::Extent Lexer::scan_word() const {
    const std::string_view rest = text_.substr(position_);
    const char first = lower(rest.front());
    if (rest.size() > 1 && rest[1] == '\'' &&
        (first == 'e' || first == 'b' || first == 'x' || first == 'n')) {
        const bool backslash = first == 'e' || (first == 'n' && !dialect_.standard_conforming_strings);
        return scan_quoted(position_ + 1, TokenKind::string, backslash);
    }
    if (first == 'u' && rest.size() > 2 && rest[1] == '&' && (rest[2] == '\'' || rest[2] == '"'))
        return scan_quoted(position_ + 2, rest[2] == '"' ? TokenKind::quoted : TokenKind::string, false);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_identifier_byte);
    return {TokenKind::word, position_ + static_cast<std::size_t>(end - rest.begin())};
}

// A quote doubled stands for itself; with `backslash`, so does one behind a backslash.
Lexer::Extent Lexer::scan_quoted(std::size_t open, TokenKind kind, bool backslash) const {
    const char quote = text_[open];
    std::size_t at = open + 1;
    while (at < text_.size()) {
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
