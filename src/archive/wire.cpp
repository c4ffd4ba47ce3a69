// SPDX-License-Identifier: PostgreSQL
#include "archive/wire.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "pgfilter/error.hpp"

namespace pgfilter::wire {
namespace {

/// A sign or state, and the number after it.
void append_number(std::string& to, char first, std::uint64_t value, std::size_t size) {
    constexpr std::size_t widest = 9;  // with all of the value
    std::array<char, widest> bytes{};
    bytes[0] = first;
    for (std::size_t i = 1; i < widest; ++i) bytes[i] = static_cast<char>((value >> (8 * (i - 1))) & 0xff);
    to.append(bytes.data(), std::min(1 + size, widest));
    if (1 + size > widest) to.append(1 + size - widest, '\0');
}

}  // namespace

std::uint64_t decode_little_endian(Bytes bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i >= sizeof value && byte != 0) return std::numeric_limits<std::uint64_t>::max();
        if (i < sizeof value) value |= static_cast<std::uint64_t>(byte) << (8 * i);
    }
    return value;
}

SignedInt decode_signed(Bytes bytes) {
    return {bytes[0] != 0, decode_little_endian(bytes.substr(1))};
}

std::int32_t decode_int_of_any_width(Bytes bytes) {
    const SignedInt value = decode_signed(bytes);
    if (value.magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
        throw Error(ErrorCode::damaged, "number is out of range");
    const auto magnitude = static_cast<std::int32_t>(value.magnitude);
    return value.negative ? -magnitude : magnitude;
}

void append_int(std::string& to, std::int32_t value, const Layout& layout) {
    const std::int64_t wide = value;
    const auto magnitude = static_cast<std::uint64_t>(wide < 0 ? -wide : wide);
    if (layout.int_size < sizeof magnitude && magnitude >> (8 * layout.int_size) != 0)
        throw Error(ErrorCode::limit,
                    "a number or a text has become too large for the archive's small integers");
    append_number(to, value < 0 ? '\1' : '\0', magnitude, layout.int_size);
}

DataOffset decode_offset(Bytes bytes) {
    const auto state = static_cast<unsigned char>(bytes[0]);
    if (state < 1 || state > 3)
        throw Error(ErrorCode::damaged, "data offset flag " + std::to_string(state) + " is none of 1, 2, 3");
    const std::uint64_t position = decode_little_endian(bytes.substr(1));
    if (position > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw Error(ErrorCode::damaged, "data offset is too large");
    return {static_cast<DataOffset::State>(state), position};
}

void append_offset(std::string& to, DataOffset offset, const Layout& layout) {
    append_number(to, static_cast<char>(offset.state), offset.position, layout.offset_size);
}

bool offset_fits(std::uint64_t position, const Layout& layout) {
    return layout.offset_size >= sizeof position || position >> (8 * layout.offset_size) == 0;
}

void append_text(std::string& to, Text text, const Layout& layout) {
    append_text_length(to, text ? std::optional(text->size()) : std::nullopt, layout);
    if (text) to += *text;
}

void append_text_length(std::string& to, std::optional<std::size_t> size, const Layout& layout) {
    if (size && *size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw Error(ErrorCode::limit, "a text has become too long for an archive");
    append_int(to, size ? static_cast<std::int32_t>(*size) : -1, layout);
}

}  // namespace pgfilter::wire
