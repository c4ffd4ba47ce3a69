// SPDX-License-Identifier: PostgreSQL
// What is known of each kind of entry by itself: the rows of pgfilter/entry_kinds.def.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "pgfilter/entry_kind.hpp"

namespace pgfilter {

/// Of an entry: the numbers in archives from 1.11 on.
enum class Section : std::uint8_t { none = 1, pre_data, data, post_data };

/// What pg_restore makes of an entry that has an owner and a drop statement (_printTocEntry() and
/// _getObjectDescription() in pg_backup_archiver.c).
enum class Ownership : std::uint8_t {
    unknown,            ///< warns, and gives up from version 16 on; pg_dump writes no such entry
    silent,             ///< nothing
    alter,              ///< ALTER … OWNER, with the name from the tag
    by_drop_statement,  ///< ALTER … OWNER, with the name from the drop statement
};

namespace trait {
enum Trait : std::uint32_t {
    plain = 0,
    session = 1U << 0U,     ///< says how all other entries are to be read
    database = 1U << 1U,    ///< no option but --create selects it
    relation = 1U << 2U,    ///< has columns
    nameable = 1U << 3U,    ///< pg_dump's patterns for tables are compared with it
    heritable = 1U << 4U,   ///< can have partitions or children, or be one
    routine = 1U << 5U,     ///< is in a language
    constraint = 1U << 6U,  ///< of a table or domain, but for foreign keys
    attachment = 1U << 7U,  ///< privileges, comment or label of an object
    privileges = 1U << 8U,
    large_object = 1U << 9U,
    block = 1U << 10U,             ///< has a data block
    rows = 1U << 11U,              ///< fills a relation
    of_rows = 1U << 12U,           ///< dropped when the data of a table is
    values = 1U << 13U,            ///< holds values of columns without being data
    role_names = 1U << 14U,        ///< the definition can name roles as roles
    no_mentions = 1U << 15U,       ///< no text in it runs or is read elsewhere
    tablespace_names = 1U << 16U,  ///< the definition can name tablespaces
    language = 1U << 17U,          ///< is in a language, or makes one
    method = 1U << 18U,            ///< the definition has an access method, or makes one
    leaf = 1U << 19U,              ///< nothing depends on it
    passing = 1U << 20U,           ///< can hand on the rows of a table
};
}  // namespace trait

struct KindFacts {
    EntryKind kind;
    Bytes desc;
    std::uint16_t server;
    Section section;
    Ownership ownership;
    std::uint32_t traits;
};

using KindTable = std::array<KindFacts, entry_kinds>;

constexpr KindTable make_kind_table() {
    using enum Section;
    using enum Ownership;
    using enum trait::Trait;
    return KindTable{{
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): the rows of a table
#define PGFILTER_KIND(value, name, desc, server, section, ownership, traits) \
    {EntryKind::name, desc, server, section, ownership, traits},
#include "pgfilter/entry_kinds.def"
#undef PGFILTER_KIND
    }};
}
inline constexpr KindTable kind_facts = make_kind_table();
static_assert(
    [] {
        std::size_t row = 0;
        return std::all_of(kind_facts.begin(), kind_facts.end(), [&](const KindFacts& facts) {
            return static_cast<std::size_t>(facts.kind) == row++ && (row == 1) == facts.desc.empty();
        });
    }(),
    "values are in the order of the rows, and none is left out");

constexpr const KindFacts& facts_of(EntryKind kind) {
    return kind_facts[static_cast<std::size_t>(kind)];
}

/// All kinds with one of these traits.
constexpr EntryKinds kinds_with(std::uint32_t traits) {
    EntryKinds kinds;
    for (const KindFacts& facts : kind_facts) {
        if ((facts.traits & traits) != 0) kinds = kinds | facts.kind;
    }
    return kinds;
}

inline constexpr EntryKinds session_kinds = kinds_with(trait::session);
inline constexpr EntryKinds relations = kinds_with(trait::relation);
inline constexpr EntryKinds nameable = kinds_with(trait::nameable);
inline constexpr EntryKinds heritable = kinds_with(trait::heritable);
inline constexpr EntryKinds routines = kinds_with(trait::routine);
inline constexpr EntryKinds constraints = kinds_with(trait::constraint);
inline constexpr EntryKinds attachments = kinds_with(trait::attachment);
inline constexpr EntryKinds privileges = kinds_with(trait::privileges);
inline constexpr EntryKinds statistics_with_values = kinds_with(trait::values);
inline constexpr EntryKinds with_block = kinds_with(trait::block);
inline constexpr EntryKinds with_language = kinds_with(trait::language);
inline constexpr EntryKinds with_access_method = kinds_with(trait::method);
inline constexpr EntryKinds with_tablespace_names = kinds_with(trait::tablespace_names);

}  // namespace pgfilter
