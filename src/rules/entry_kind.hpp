// Kinds of entries, as far as what belongs to what depends on them.
#pragma once

#include <cstdint>

#include "pgfilter/toc.hpp"

namespace pgfilter {

enum class EntryKind : std::uint8_t {
    other,
    table,
    foreign_table,
    view,
    materialized_view,
    sequence,
    type,
    shell_type,
    domain,
    schema,
    extension,
    access_method,
    operator_family,
    operator_class,
    server,
    user_mapping,
    publication,
    publication_table,
    publication_schema,
    subscription,
    subscription_table,
    index,
    constraint,
    foreign_key,
    trigger,
    rule,
    policy,
    row_security,
    statistics,
    default_value,
    table_attach,
    index_attach,
    sequence_owned_by,
    table_data,
    sequence_set,
    materialized_view_data,
    statistics_data,
    extended_statistics_data,
    privileges,
    comment,
    default_privileges,
    large_object,
    large_object_metadata,
    large_object_data,
    database,
    database_properties,
};

/// A set of kinds.
class EntryKinds {
public:
    constexpr EntryKinds() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a kind is a set of one
    constexpr EntryKinds(EntryKind kind) : bits_(std::uint64_t{1} << static_cast<unsigned>(kind)) {}

    [[nodiscard]] constexpr bool has(EntryKind kind) const { return (bits_ & EntryKinds(kind).bits_) != 0; }
    friend constexpr EntryKinds operator|(EntryKinds a, EntryKinds b) {
        EntryKinds both;
        both.bits_ = a.bits_ | b.bits_;
        return both;
    }
    friend constexpr EntryKinds operator-(EntryKinds a, EntryKinds b) {
        EntryKinds rest;
        rest.bits_ = a.bits_ & ~b.bits_;
        return rest;
    }
    static constexpr EntryKinds all() {
        EntryKinds every;
        every.bits_ = ~std::uint64_t{0};
        return every;
    }

private:
    std::uint64_t bits_ = 0;
};

constexpr EntryKinds operator|(EntryKind a, EntryKind b) {
    return EntryKinds(a) | EntryKinds(b);
}

/// What has columns.
inline constexpr EntryKinds relations =
    EntryKind::table | EntryKind::foreign_table | EntryKind::view | EntryKind::materialized_view;

/// What pg_dump's patterns for tables are compared with.
inline constexpr EntryKinds nameable = relations | EntryKind::sequence;

/// What entries of one kind belong to.
struct Membership {
    Bytes desc;
    EntryKind kind = EntryKind::other;
    /// An entry goes with each of its dependencies that are of these kinds.
    EntryKinds parents = {};
    /// But of these it belongs to one only, which its SQL names, and uses the others.
    EntryKinds single_parent = {};
    /// Dependencies of these kinds say what must come first, and not that there would be an error without.
    EntryKinds indifferent = {};
};

/// How entries with that desc belong to others.
const Membership& membership_of(Bytes desc);

}  // namespace pgfilter
