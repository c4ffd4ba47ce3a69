// SPDX-License-Identifier: PostgreSQL
#include "check/toc_check.hpp"

#include "archive/kind_facts.hpp"

namespace pgfilter {
namespace {

// pg_restore hands the numbers to mktime() and warns if that cannot be.
void check_creation_time(const Header& header, const FindingHandler& found) {
    const CreationTime& time = header.created;
    const auto within = [](int value, int low, int high) { return low <= value && value <= high; };
    constexpr int latest_year = 8099;
    if (within(time.second, 0, 61) && within(time.minute, 0, 59) && within(time.hour, 0, 23) &&
        within(time.day, 1, 31) && within(time.month, 0, 11) && within(time.year, 70, latest_year) &&
        within(time.is_dst, -1, 1))
        return;
    found({FindingKind::creation_time, "date and time of the dump are none", std::nullopt, std::nullopt, ""});
}

// pg_restore looks at it only when it comes to data (compress_io.c, ParseCompressionOption, up to 15).
void check_compression_level(const Header& header, const FindingHandler& found) {
    constexpr int default_level = -1;
    constexpr int highest_level = 9;
    const int level = header.compression_level.value_or(default_level);
    if (level >= default_level && level <= highest_level) return;
    found({FindingKind::compression_level,
           "compression level " + std::to_string(level) + " is not one of zlib's", std::nullopt, std::nullopt,
           ""});
}

void check_ids(const Prologue& prologue, const FindingHandler& found) {
    for_each_entry(prologue, [&](const EntryPlace& place) {
        if (prologue.toc.find(place.entry.dump_id()) != place.index)
            found(finding_in(place, FindingKind::duplicate_id, "another entry has the same dump ID"));
    });
}

// Rows that a COPY waits for and no block brings: pg_restore says nothing.
void check_data(const Prologue& prologue, const FindingHandler& found) {
    for_each_entry(prologue, [&](const EntryPlace& place) {
        const TocEntry& entry = place.entry;
        const bool announces_data = with_block.has(entry.kind());
        if (!entry.has_data() && announces_data && !entry.text(Field::copy_stmt).value_or("").empty())
            found(finding_in(place, FindingKind::data_missing, "entry of rows says that it has no data"));
        if (entry.has_data() && !announces_data && entry.kind() != EntryKind::other)
            found(finding_in(place, FindingKind::field_value, "entry of this kind cannot have data"));
    });
}

}  // namespace

void check_toc(const Prologue& prologue, const FindingHandler& found) {
    check_creation_time(prologue.header, found);
    check_compression_level(prologue.header, found);
    check_session(prologue, found);
    check_ids(prologue, found);
    check_data(prologue, found);
    check_texts(prologue, found);
    check_dependencies(prologue, found);
}

}  // namespace pgfilter
