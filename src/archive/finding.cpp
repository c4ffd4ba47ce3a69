// SPDX-License-Identifier: PostgreSQL
// What is known of each kind of finding.
#include "pgfilter/finding.hpp"

#include <array>

namespace pgfilter {
namespace {

constexpr Severity note = Severity::note;
constexpr Severity warning = Severity::warning;
constexpr Severity error = Severity::error;
constexpr bool ends = true;  // the good bytes of the input
constexpr bool goes_on = false;
constexpr bool usual = true;
constexpr bool told = false;
constexpr const char* refused = "";

constexpr std::array<FindingInfo, finding_kinds> infos{{
    {FindingKind::table_of_contents, "table-of-contents", error, false, ends, told, refused},
    {FindingKind::field_value, "field-value", error, false, goes_on, told,
     "takes values that it does not expect as they come"},
    {FindingKind::zero_byte, "zero-byte", error, true, goes_on, told, "takes the text up to the zero byte"},
    {FindingKind::duplicate_id, "duplicate-id", error, false, goes_on, told,
     "takes the last of the entries for all of them"},
    {FindingKind::data_flag, "data-flag", error, false, goes_on, told, "leaves the table empty"},
    {FindingKind::creation_time, "creation-time", warning, false, goes_on, told, "warns"},
    {FindingKind::compression_level, "compression-level", error, false, goes_on, told,
     "before version 16 gives up at the first data"},
    {FindingKind::truncated, "truncated", error, false, ends, told, refused},
    {FindingKind::block_frames, "block-frames", error, false, ends, told, refused},
    {FindingKind::block_missing, "block-missing", error, false, ends, told, refused},
    {FindingKind::block_order, "block-order", error, false, goes_on, told,
     "restores from a file, not from a pipe"},
    {FindingKind::block_twice, "block-twice", error, false, goes_on, told,
     "takes the first and skips the other"},
    {FindingKind::block_unannounced, "block-unannounced", error, false, goes_on, told, "skips the block"},
    {FindingKind::block_type, "block-type", error, false, goes_on, told,
     "takes rows for large objects, or the other way round"},
    {FindingKind::offset, "offset", error, false, goes_on, told, "does not look at offsets in a pipe"},
    {FindingKind::stream_damaged, "stream-damaged", error, false, ends, told,
     "before version 19 does not look for the end of lz4 and zstd data"},
    {FindingKind::stream_continues, "stream-continues", error, false, ends, told,
     "never comes to an end with zlib, can lose data with zstd"},
    {FindingKind::rows_not_ended, "rows-not-ended", error, true, ends, told,
     "does not look at rows; psql takes the statements that follow for rows"},
    {FindingKind::rows_behind_end, "rows-behind-end", error, true, ends, told,
     "does not look at rows; psql runs these as SQL"},
    {FindingKind::data_command, "data-command", error, true, goes_on, told,
     "does not look at data; psql can run it"},
    {FindingKind::large_objects, "large-objects", error, false, goes_on, told, "fails in the database only"},
    {FindingKind::second_toc, "second-toc", note, false, goes_on, usual, "never reads it"},
    {FindingKind::second_toc_offsets, "second-toc-offsets", note, false, goes_on, usual, "never reads it"},
    {FindingKind::trailing_bytes, "trailing-bytes", warning, false, goes_on, told, "never reads them"},
    {FindingKind::encoding, "encoding", error, false, goes_on, told,
     "takes the last of several, and none for the client's own"},
    {FindingKind::standard_strings, "standard-strings", error, false, goes_on, told,
     "takes the last of several, and none for off"},
    {FindingKind::search_path, "search-path", error, true, goes_on, told, "runs it"},
    {FindingKind::unknown_kind, "unknown-kind", note, false, goes_on, usual,
     "runs its definition; gives up at an owner if it does not know the kind either"},
    {FindingKind::unknown_owner, "unknown-owner", error, false, goes_on, told,
     "before version 16 only warns"},
    {FindingKind::statement_shape, "statement-shape", error, false, goes_on, told,
     "does not look at statements"},
    {FindingKind::statement_injection, "statement-injection", error, true, goes_on, told, "runs it"},
    {FindingKind::name_injection, "name-injection", error, true, goes_on, told,
     "writes it into the script or list, as it is"},
    {FindingKind::name_line_break, "name-line-break", warning, true, goes_on, told,
     "writes a blank instead; before 9.1.3 it writes it into the script, as it is"},
    {FindingKind::dependency_missing, "dependency-missing", note, false, goes_on, usual, "does not mind"},
    {FindingKind::dependency_order, "dependency-order", warning, false, goes_on, told,
     "restores in the order of the entries"},
    {FindingKind::dependency_cycle, "dependency-cycle", error, false, goes_on, told,
     "restores in the order of the entries; with -j, these after all others"},
    {FindingKind::table_missing, "table-missing", warning, false, goes_on, told,
     "needs the table to be there"},
    {FindingKind::extension_rows, "extension-rows", note, false, goes_on, told,
     "needs the extension to be there"},
    {FindingKind::data_missing, "data-missing", error, false, goes_on, told, "leaves the table empty"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < infos.size(); ++i) {
        if (static_cast<std::size_t>(infos[i].kind) != i) return false;
    }
    return true;
}
static_assert(in_order());

}  // namespace

const FindingInfo& info_of(FindingKind kind) {
    return infos[static_cast<std::size_t>(kind)];
}

}  // namespace pgfilter
