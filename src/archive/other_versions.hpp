// SPDX-License-Identifier: PostgreSQL
// What the same archive looks like in another version of the format, from 1.12 to 1.16.
//
// From the branches on AH->version in PostgreSQL's pg_backup_archiver.c, versions 9.2 to 18.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "pgfilter/archive.hpp"

namespace pgfilter {

// The first minor versions that have what is not a field of its own; those of fields are in entry_fields.hpp.
inline constexpr std::uint8_t first_with_search_path = 13;  ///< the entry SEARCHPATH
inline constexpr std::uint8_t first_with_nulls = 14;        ///< for owner, definition and drop statement
inline constexpr std::uint8_t first_with_algorithm = 15;    ///< of compression; before, the level of zlib
inline constexpr std::uint8_t first_with_groups = 16;       ///< of large objects

inline constexpr std::uint8_t oldest_written_minor = 12;
inline constexpr std::uint8_t newest_written_minor = 16;

/// The first PostgreSQL whose pg_restore reads archives 1.10, 1.11 … (K_VERS_MAX in pg_backup_archiver.h), as
/// a number: 84 is 8.4, 103 is 10.3.
inline constexpr std::array<unsigned, 7> first_readers{80, 84, 90, 103, 120, 160, 170};
/// The newest minor version that every pg_restore of that PostgreSQL reads.  REQUIRES: 8.0 or later.
std::uint8_t newest_minor_read_by(unsigned postgres);

/// Whether archives of that version can say how the data is compressed.
bool knows_compression(std::uint8_t minor, Compression compression);

/// The header up to the count of entries.  REQUIRES: the version knows the compression, or no data is kept.
std::string header_in_version(const Header& header, std::uint8_t minor);

/// The encoded field as the version wants it; empty if that is `encoded`.
std::string field_in_version(const TocEntry& entry, Field field, Bytes encoded, std::uint8_t minor,
                             const Layout& layout);

}  // namespace pgfilter
