// SPDX-License-Identifier: PostgreSQL
// The primitives of the format: integers, texts and data offsets, each written beside its reading.
//
//     Int   sign byte (0 or not), then int_size bytes of magnitude, little-endian
//     Str   Int length (negative: NULL), then that many bytes
//     Off   state byte (1 not set, 2 set, 3 no data), then offset_size bytes, little-endian
//
// From ReadInt, ReadStr and ReadOffset of PostgreSQL's pg_backup_archiver.c, versions 8.0 to 18.
#pragma once

#include <cstdint>
#include <string>

#include "pgfilter/toc.hpp"

namespace pgfilter::wire {

constexpr std::size_t max_int_size = 32;
constexpr std::size_t max_offset_size = 32;

inline std::size_t int_width(const Layout& layout) {
    return 1 + layout.int_size;
}
inline std::size_t offset_width(const Layout& layout) {
    return 1 + layout.offset_size;
}

/// Sign and magnitude as they stand.
struct SignedInt {
    bool negative = false;
    std::uint64_t magnitude = 0;  ///< all bits set if it takes more than 64
};

/// REQUIRES: `bytes` has the width of an Int.
SignedInt decode_signed(Bytes bytes);

/// A number of any width; the largest there is if 64 bits do not hold it.
std::uint64_t decode_little_endian(Bytes bytes);

/// Throws Error (damaged) if the value does not fit the C int that PostgreSQL reads it into.
/// REQUIRES: `bytes` has the width of an Int.
inline std::int32_t decode_int(Bytes bytes);
void append_int(std::string& to, std::int32_t value, const Layout& layout);

/// Throws Error (damaged) at an unknown state or a position of more than 64 bits.
/// REQUIRES: `bytes` has the width of an Off.
DataOffset decode_offset(Bytes bytes);
void append_offset(std::string& to, DataOffset offset, const Layout& layout);
/// Whether the field is wide enough for the position.
bool offset_fits(std::uint64_t position, const Layout& layout);

/// Takes a Str off the front of `rest`.  REQUIRES: it is complete.
inline Text take_text(Bytes& rest, const Layout& layout) {
    const std::size_t width = int_width(layout);
    const std::int32_t length = decode_int(rest.substr(0, width));
    rest.remove_prefix(width);
    if (length < 0) return std::nullopt;
    const Bytes text = rest.substr(0, static_cast<std::size_t>(length));
    rest.remove_prefix(text.size());
    return text;
}
void append_text(std::string& to, Text text, const Layout& layout);
/// The Int in front of a text of that size; NULL has none.
void append_text_length(std::string& to, std::optional<std::size_t> size, const Layout& layout);

/// decode_int() for any width.
std::int32_t decode_int_of_any_width(Bytes bytes);

// Every look at a field walks over those before it, so this is what rules spend their time on.
inline std::int32_t decode_int(Bytes bytes) {
    constexpr std::size_t known_width = 5;
    constexpr unsigned char sign_bit = 0x80;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() != known_width || byte(4) >= sign_bit) return decode_int_of_any_width(bytes);
    const auto magnitude = static_cast<std::int32_t>(byte(1) | byte(2) << 8 | byte(3) << 16 | byte(4) << 24);
    return byte(0) != 0 ? -magnitude : magnitude;
}

}  // namespace pgfilter::wire
