// SPDX-License-Identifier: PostgreSQL
// The header of a pg_dump archive, as a value.
//
// Facts of the format are from PostgreSQL's pg_backup_archiver.c (ReadHead) of versions 8.2 to 18.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pgfilter {

/// The version of the archive format, not of PostgreSQL: 1.10 to 1.16 are PostgreSQL 8.0 to 19.
struct ArchiveVersion {
    std::uint8_t major = 1;
    std::uint8_t minor = 16;
    std::uint8_t revision = 0;
};

/// Sizes on disk, the same in all of an archive.
struct Layout {
    ArchiveVersion version;
    std::uint8_t int_size = 4;     ///< bytes of an integer's magnitude, 1 to 32; 4 in every known archive
    std::uint8_t offset_size = 8;  ///< bytes of a data offset, 1 to 32; 8 (or 4) in every known archive
};

enum class Compression : std::uint8_t { none, gzip, lz4, zstd };

/// The wall clock of the machine that dumped, as in C's struct tm: month from 0, year from 1900, no time
/// zone.
struct CreationTime {
    int second = 0, minute = 0, hour = 0, day = 1, month = 0, year = 100, is_dst = 0;
};

struct Header {
    Layout layout;
    Compression compression = Compression::gzip;
    /// Of zlib, -1 for its default.  From archive version 1.15 on the header has none.
    std::optional<int> compression_level;
    CreationTime created;
    std::optional<std::string> database;
    std::optional<std::string> server_version;
    std::optional<std::string> dump_version;
    std::string stored;  ///< the bytes it was read from, up to the TOC's count of entries
};

}  // namespace pgfilter
