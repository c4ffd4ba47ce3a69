// SPDX-License-Identifier: PostgreSQL
// Characters of UTF-8, in texts that need not be.
#pragma once

#include <cstddef>
#include <string_view>

namespace pgfilter {

/// What stands at the front of a text: a character, or one byte of what is no UTF-8.
struct FrontCharacter {
    std::size_t size = 1;
    char32_t code = 0;  ///< that of the byte, if it is one
    bool is_utf8 = false;
};

/// REQUIRES: `text` is not empty.
FrontCharacter front_character(std::string_view text) noexcept;

/// Whether the text ends in the middle of its only character.  REQUIRES: `text` is not empty.
bool is_begun_character(std::string_view text) noexcept;

/// As PostgreSQL and JSON have it: the shortest form, no halves of pairs, nothing beyond Unicode.
bool is_utf8(std::string_view text) noexcept;

}  // namespace pgfilter
