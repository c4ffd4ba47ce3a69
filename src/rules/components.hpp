// What pg_restore sees in an entry before any of its options: a section, and what there is to process.
//
// Facts are from PostgreSQL's pg_backup_archiver.c (ReadToc, _tocEntryRequired) of version 18.
#pragma once

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// What pg_restore processes of an entry, as a set (teReqs in pg_backup_archiver.h).  An entry without any is
/// passed over.
using Components = unsigned;
namespace component {
inline constexpr Components schema = 1;      ///< the definition is executed
inline constexpr Components data = 2;        ///< the block is loaded, or a definition that counts as data
inline constexpr Components statistics = 4;  ///< the definition is executed as statistics
inline constexpr Components special = 8;     ///< read with the TOC, and never executed
}  // namespace component

enum class Section : std::uint8_t { none = 1, pre_data, data, post_data };

/// Archives before 1.11 do not have it: it follows from the kind of the entry there.
Section section_of(const TocEntry& entry);

Components components_of(const TocEntry& entry);

/// STATISTICS DATA and, from PostgreSQL 19 on, EXTENDED STATISTICS DATA.
constexpr bool is_statistics(EntryKind kind) {
    return (EntryKind::statistics_data | EntryKind::extended_statistics_data).has(kind);
}
/// DATABASE and DATABASE PROPERTIES, which no option but --create selects.
constexpr bool is_database(EntryKind kind) {
    return (EntryKind::database | EntryKind::database_properties).has(kind);
}
/// Privileges, comment or security label of an object.
constexpr bool is_attachment(EntryKind kind) {
    return (EntryKind::acl | EntryKind::comment | EntryKind::security_label).has(kind);
}

}  // namespace pgfilter
