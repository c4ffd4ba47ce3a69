// SPDX-License-Identifier: PostgreSQL
// What belongs to what, as far as that depends on kinds of entries.
#pragma once

#include "archive/kind_facts.hpp"

namespace pgfilter {

/// What has statistics of its own.
inline constexpr EntryKinds with_statistics = EntryKind::index | constraints | EntryKind::statistics;

/// What has the types of arguments in its tag.
inline constexpr EntryKinds with_types = EntryKind::function | EntryKind::procedure | EntryKind::aggregate;
/// What has the name of its relation in its tag.
inline constexpr EntryKinds parts_of_tables = EntryKind::trigger | EntryKind::constraint |
                                              EntryKind::check_constraint | EntryKind::fk_constraint |
                                              EntryKind::policy | EntryKind::rule | EntryKind::default_value;

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
