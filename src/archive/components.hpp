// SPDX-License-Identifier: PostgreSQL
// What pg_restore sees in an entry before any of its options: a section, and what there is to process.
//
// Facts are from PostgreSQL's pg_backup_archiver.c (ReadToc, _tocEntryRequired) of version 18.
#pragma once

#include "archive/kind_facts.hpp"
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

/// Archives before 1.11 do not have it: it follows from the kind of the entry there.
Section section_of(const TocEntry& entry);

Components components_of(const TocEntry& entry);

/// STATISTICS DATA and, from PostgreSQL 19 on, EXTENDED STATISTICS DATA.
constexpr bool is_statistics(EntryKind kind) {
    return statistics_with_values.has(kind);
}
/// DATABASE and DATABASE PROPERTIES, which no option but --create selects.
constexpr bool is_database(EntryKind kind) {
    return (facts_of(kind).traits & trait::database) != 0;
}
/// Privileges, comment or security label of an object.
constexpr bool is_attachment(EntryKind kind) {
    return attachments.has(kind);
}

}  // namespace pgfilter
