// SPDX-License-Identifier: PostgreSQL
// What can be wrong with an archive, by kinds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "pgfilter/export.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

enum class Severity : std::uint8_t {
    note,     ///< occurs in good archives
    warning,  ///< does no harm by itself, but pg_dump does not write it, or seldom: a name with a line break
    error,    ///< the archive is not sound
};

/// Of findings.  info_of() has their names and what pg_restore makes of them.
enum class FindingKind : std::uint8_t {
    // the bytes of the table of contents
    table_of_contents,
    field_value,
    zero_byte,
    duplicate_id,
    data_flag,
    creation_time,
    compression_level,
    // the bytes of the data
    truncated,
    block_frames,
    block_missing,
    block_order,
    block_twice,
    block_unannounced,
    block_type,
    offset,
    stream_damaged,
    stream_continues,
    // what the data holds
    rows_not_ended,
    rows_behind_end,
    data_command,
    large_objects,
    // after the data
    second_toc,
    second_toc_offsets,
    trailing_bytes,
    // what the table of contents says
    encoding,
    standard_strings,
    search_path,
    unknown_kind,
    unknown_owner,
    statement_shape,
    statement_injection,
    name_injection,
    name_line_break,
    dependency_missing,
    dependency_order,
    dependency_cycle,
    table_missing,
    extension_rows,
    data_missing,
};
inline constexpr std::size_t finding_kinds = static_cast<std::size_t>(FindingKind::data_missing) + 1;

struct FindingInfo {
    FindingKind kind;
    const char* name;  ///< as programs see it: "stream-damaged"
    Severity severity;
    /// Whether it can bring SQL, psql commands or lines that are nobody's definition into a restore, or into
    /// a script or list made of the archive, by any pg_restore.  The rule reject-suspicious refuses these and
    /// nothing else, but for rows_not_ended, rows_behind_end and data_command: it leaves the data unread.
    bool dangerous;
    /// Whether its place is where the good bytes of the input end: see CheckReport::good_bytes.
    bool ends_good_bytes;
    /// Whether archives that are in order have it as well: a report for people leaves it out unless asked for
    /// all.
    bool is_usual;
    /// What pg_restore makes of it, where that is not an error message and a status; else empty.
    const char* in_pg_restore;
};

PGFILTER_API const FindingInfo& info_of(FindingKind kind);

struct Finding {
    FindingKind kind;
    std::string message;  ///< control characters are made harmless
    /// In the input: where the fault is, or where the entry begins that has it.
    std::optional<std::uint64_t> offset;
    std::optional<DumpId> dump_id;
    std::string entry;  ///< as TocEntry::label(); empty if it is no entry's

    [[nodiscard]] Severity severity() const { return info_of(kind).severity; }
};

using FindingHandler = std::function<void(Finding)>;

}  // namespace pgfilter
