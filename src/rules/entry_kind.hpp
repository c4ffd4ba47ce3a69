// What belongs to what, as far as that depends on kinds of entries.
#pragma once

#include "pgfilter/entry_kind.hpp"

namespace pgfilter {

/// What has columns.
inline constexpr EntryKinds relations =
    EntryKind::table | EntryKind::foreign_table | EntryKind::view | EntryKind::materialized_view;

/// What pg_dump's patterns for tables are compared with.
inline constexpr EntryKinds nameable = relations | EntryKind::sequence;
/// What holds values of columns without being data.
inline constexpr EntryKinds statistics_with_values =
    EntryKind::statistics_data | EntryKind::extended_statistics_data;
inline constexpr EntryKinds constraints = EntryKind::constraint | EntryKind::check_constraint;
/// What has statistics of its own.
inline constexpr EntryKinds with_statistics = EntryKind::index | constraints | EntryKind::statistics;

/// What entries of one kind belong to.
struct Membership {
    EntryKind kind = EntryKind::other;
    /// An entry goes with each of its dependencies that are of these kinds.
    EntryKinds parents = {};
    /// But of these it belongs to one only, which its SQL names, and uses the others.
    EntryKinds single_parent = {};
    /// Dependencies of these kinds say what must come first, and not that there would be an error without.
    EntryKinds indifferent = {};
};

/// How entries of that kind belong to others.
const Membership& membership_of(EntryKind kind);

}  // namespace pgfilter
