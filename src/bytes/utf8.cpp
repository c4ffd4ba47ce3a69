// SPDX-License-Identifier: PostgreSQL
#include "bytes/utf8.hpp"

#include <algorithm>
#include <array>

namespace pgfilter {
namespace {

unsigned char byte_at(std::string_view text, std::size_t place) noexcept {
    return static_cast<unsigned char>(text[place]);
}

/// Bytes of a character that begins so; 0 for what none begins with.
std::size_t size_of_character(unsigned char first) noexcept {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

bool continues(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

FrontCharacter front_character(std::string_view text) noexcept {
    const unsigned char first = byte_at(text, 0);
    const std::size_t size = size_of_character(first);
    if (size == 1) return {1, first, true};
    const FrontCharacter alone{1, first, false};
    if (size == 0 || text.size() < size) return alone;
    char32_t code = first & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if (!continues(text[i])) return alone;
        code = code << 6 | (byte_at(text, i) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return alone;
    return {size, code, true};
}

bool is_begun_character(std::string_view text) noexcept {
    return text.size() < size_of_character(byte_at(text, 0)) &&
           std::all_of(text.begin() + 1, text.end(), continues);
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const FrontCharacter character = front_character(text);
        if (!character.is_utf8) return false;
        text.remove_prefix(character.size);
    }
    return true;
}

}  // namespace pgfilter
