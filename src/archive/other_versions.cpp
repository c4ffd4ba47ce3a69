// SPDX-License-Identifier: PostgreSQL
#include "archive/other_versions.hpp"

#include <algorithm>

#include "archive/entry_fields.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t minor_at = 6;
constexpr std::size_t compression_at = 11;

bool has_algorithm(std::uint8_t minor) {
    return minor >= first_with_algorithm;
}

/// What stands for the compression in a header of that version.
std::string compression_field(const Header& header, std::uint8_t minor) {
    const bool is_known = knows_compression(minor, header.compression);
    const Compression compression = is_known ? header.compression : Compression::none;
    if (has_algorithm(minor)) return {static_cast<char>(compression)};
    constexpr int default_level = -1;
    std::string level;
    wire::append_int(level, compression == Compression::none ? 0 : default_level, header.layout);
    return level;
}

/// pg_restore from 17 on knows a partitioned table by its relkind, and gives it the method that its
/// partitions get.  Others take the method for that of a table of rows.
bool is_of_partitions(const TocEntry& entry, std::uint8_t minor) {
    return minor < format_of(Field::relkind).since_minor && entry.number(Field::relkind) == 'p';
}

bool is_null(Bytes text, const Layout& layout) {
    return !wire::take_text(text, layout);
}

/// A letter of pg_class, for what has an entry.  Readers ask it of tables alone.
char relkind_of(const TocEntry& entry) {
    switch (entry.kind()) {
        case EntryKind::table:
            return entry.defn().value_or("").find("\nPARTITION BY ") == Bytes::npos ? 'r' : 'p';
        case EntryKind::view:
            return 'v';
        case EntryKind::materialized_view:
            return 'm';
        case EntryKind::sequence:
            return 'S';
        case EntryKind::foreign_table:
            return 'f';
        default:
            return '\0';
    }
}

}  // namespace

bool knows_compression(std::uint8_t minor, Compression compression) {
    return has_algorithm(minor) || compression == Compression::none || compression == Compression::gzip;
}

std::uint8_t newest_minor_read_by(unsigned postgres) {
    constexpr std::uint8_t first = 10;
    const auto* const end = std::upper_bound(first_readers.begin(), first_readers.end(), postgres);
    return static_cast<std::uint8_t>(first + (end - first_readers.begin()) - 1);
}

std::string header_in_version(const Header& header, std::uint8_t minor) {
    std::string other = header.stored;
    other[minor_at] = static_cast<char>(minor);
    if (has_algorithm(minor) == has_algorithm(header.layout.version.minor)) return other;
    const std::size_t old = has_algorithm(header.layout.version.minor) ? 1 : wire::int_width(header.layout);
    other.replace(compression_at, old, compression_field(header, minor));
    return other;
}

std::string field_in_version(const TocEntry& entry, Field field, Bytes encoded, std::uint8_t minor,
                             const Layout& layout) {
    std::string other;
    const bool is_text_of_object = field == Field::owner || field == Field::defn || field == Field::drop_stmt;
    const bool loses_nulls = minor < first_with_nulls && layout.version.minor >= first_with_nulls;
    if (is_text_of_object && loses_nulls && is_null(encoded, layout)) {
        wire::append_text(other, "", layout);  // NULL crashes readers of these versions
    } else if (field == Field::tableam && (encoded.empty() || is_of_partitions(entry, minor))) {
        wire::append_text(other, std::nullopt, layout);
    } else if (encoded.empty() && field == Field::relkind) {
        wire::append_int(other, relkind_of(entry), layout);
    }
    return other;
}

}  // namespace pgfilter
