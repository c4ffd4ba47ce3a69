// SPDX-License-Identifier: PostgreSQL
// What the same archive looks like in another version of the format, from 1.12 to 1.16.
//
// From the branches on AH->version in PostgreSQL's pg_backup_archiver.c, versions 9.2 to 18.
#pragma once

#include <cstdint>
#include <string>

#include "pgfilter/archive.hpp"

namespace pgfilter {

inline constexpr std::uint8_t oldest_written_minor = 12;
inline constexpr std::uint8_t newest_written_minor = 16;

/// Whether archives of that version can say how the data is compressed.
bool knows_compression(std::uint8_t minor, Compression compression);

/// The header up to the count of entries.  REQUIRES: the version knows the compression, or no data is kept.
std::string header_in_version(const Prologue& prologue, std::uint8_t minor);

/// The encoded field as the version wants it; empty if that is `encoded`.
std::string field_in_version(const TocEntry& entry, Field field, Bytes encoded, std::uint8_t minor,
                             const Layout& layout);

}  // namespace pgfilter
