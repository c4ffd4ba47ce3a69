// SPDX-License-Identifier: PostgreSQL
#include "sql/character_marks.hpp"

namespace pgfilter::sql {
namespace {

using Trail = Dialect::Trail;

bool is_between(unsigned char byte, unsigned char least, unsigned char most) noexcept {
    return byte >= least && byte <= most;
}

bool is_gb18030_digit(unsigned char byte) noexcept {
    return is_between(byte, '0', '9');
}

}  // namespace

std::string_view CharacterMarks::mark(std::string_view piece) {
    if (trail_ == Trail::none) return piece;
    marked_.resize(piece.size());
    for (std::size_t i = 0; i < piece.size(); ++i) marked_[i] = next(piece[i]);
    return marked_;
}

bool CharacterMarks::begins_character(unsigned char byte) const noexcept {
    // JOHAB has 0x8f, but psql takes it for the first of three bytes (pg_euc_mblen in wchar.c).
    if (trail_ == Trail::johab && byte == 0x8f) return false;
    if (trail_ == Trail::sjis) return is_between(byte, 0x81, 0x9f) || is_between(byte, 0xe0, 0xfc);
    return is_between(byte, 0x81, 0xfe);
}

bool CharacterMarks::ends_character(unsigned char byte) const noexcept {
    const unsigned char least = trail_ == Trail::johab ? 0x31 : 0x40;
    return is_between(byte, least, 0x7e) || is_between(byte, 0x80, 0xfe);
}

char CharacterMarks::next(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    if (size_ == 0) {
        is_long_ = false;
        if (byte < 0x80 || (trail_ == Trail::sjis && is_between(byte, 0xa1, 0xdf))) return c;
        if (begins_character(byte)) {
            size_ = 1;
        } else {
            is_broken_ = true;
        }
        return c;
    }
    if (size_ == 1 && trail_ == Trail::gb18030 && is_gb18030_digit(byte)) is_long_ = true;
    const bool is_good = !is_long_    ? ends_character(byte)
                         : size_ == 2 ? is_between(byte, 0x81, 0xfe)
                                      : is_gb18030_digit(byte);
    ++size_;
    if (!is_good) {
        is_broken_ = true;
        size_ = 0;
        return c == '\n' ? c : mark_byte;  // psql reads line by line
    }
    if (size_ == (is_long_ ? 4U : 2U)) size_ = 0;
    return mark_byte;
}

bool has_whole_characters(std::string_view text, Dialect::Trail trail) {
    CharacterMarks marks(trail);
    marks.mark(text);
    return !marks.is_broken() && !marks.stops_inside();
}

}  // namespace pgfilter::sql
