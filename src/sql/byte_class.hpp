// SPDX-License-Identifier: PostgreSQL
// What bytes can begin or continue, for cutting SQL into tokens.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace pgfilter::sql {

namespace byte_class {
constexpr std::uint8_t letter = 1;
constexpr std::uint8_t digit = 2;
constexpr std::uint8_t dollar = 4;
constexpr std::uint8_t blank = 8;
constexpr std::uint8_t lone = 16;  ///< a symbol whatever follows it
constexpr std::uint8_t in_identifier = letter | digit | dollar;

constexpr std::uint8_t of(unsigned byte) {
    if (byte >= 0x80 || byte == '_' || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
        return letter;
    if (byte >= '0' && byte <= '9') return digit;
    if (byte == '$') return dollar;
    if (byte == ' ' || (byte >= '\t' && byte <= '\r')) return blank;
    return byte == '-' || byte == '/' || byte == '\'' || byte == '"' ? 0 : lone;
}

inline constexpr auto table = [] {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned byte = 0; byte < classes.size(); ++byte) classes[byte] = of(byte);
    return classes;
}();

}  // namespace byte_class

inline bool is(std::uint8_t of_classes, char c) noexcept {
    return (byte_class::table[static_cast<unsigned char>(c)] & of_classes) != 0;
}

/// A letter, digit, underscore, dollar sign or any byte beyond ASCII: what an identifier without quotes is
/// made of.
inline bool is_identifier_byte(char c) noexcept {
    return is(byte_class::in_identifier, c);
}

inline char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline bool equal_in_any_case(std::string_view a, std::string_view b) noexcept {
    const auto is_same = [](char x, char y) { return lower(x) == lower(y); };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), is_same);
}
/// Whether the text has these bytes in a row, letters in any case.  REQUIRES: there are any.
inline bool contains_in_any_case(std::string_view text, std::string_view bytes) noexcept {
    const auto is_same = [](char a, char b) { return lower(a) == lower(b); };
    for (std::size_t at = 0; at + bytes.size() <= text.size(); ++at) {
        if (is_same(text[at], bytes.front()) &&
            std::equal(bytes.begin(), bytes.end(), text.begin() + at, is_same))
            return true;
    }
    return false;
}
inline char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace pgfilter::sql
