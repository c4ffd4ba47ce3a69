// SPDX-License-Identifier: PostgreSQL
// Where characters end in encodings whose second bytes may look like ASCII.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// What is told of a text with a broken character.
inline constexpr const char* broken_character = "has half a character, which can swallow a quote";

/// Marks all bytes of a character but the first, as psql does before it looks for quotes and backslashes
/// (psqlscan_prepare_buffer in psqlscan.l).  Where psql and this class see other borders, the text has a
/// broken character.
class CharacterMarks {
public:
    static constexpr char mark_byte = '\xff';

    explicit CharacterMarks(Dialect::Trail trail) noexcept : trail_(trail) {}

    [[nodiscard]] Dialect::Trail trail() const noexcept { return trail_; }

    /// The next piece of the text, with `mark_byte` for bytes that continue a character.  Stays until the
    /// next call.
    std::string_view mark(std::string_view piece);

    /// Whether a character so far was none: a first byte without its second one, a byte that begins nothing,
    /// or one of which versions of psql disagree how long it is.
    [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }
    /// Whether the text so far stops inside a character.
    [[nodiscard]] bool stops_inside() const noexcept { return size_ > 0; }

private:
    char next(char c) noexcept;
    [[nodiscard]] bool begins_character(unsigned char byte) const noexcept;
    [[nodiscard]] bool ends_character(unsigned char byte) const noexcept;

    Dialect::Trail trail_;
    std::size_t size_ = 0;  // of the character that has not ended
    bool is_long_ = false;  // of four bytes
    bool is_broken_ = false;
    std::string marked_;
};

/// Whether all characters are whole.
bool has_whole_characters(std::string_view text, Dialect::Trail trail);

}  // namespace pgfilter::sql
