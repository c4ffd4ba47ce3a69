// SPDX-License-Identifier: PostgreSQL
#include "rules/membership.hpp"

namespace pgfilter {
namespace {

using K = EntryKind;

constexpr EntryKinds none;
constexpr EntryKinds everything = EntryKinds::all();
constexpr EntryKinds large_objects = K::blob | K::blob_metadata;
constexpr EntryKinds privileges_of_objects = K::acl | K::acl_language;

// What it depends on without being part of it follows from pg_depend: DEPENDENCY_AUTO and _INTERNAL are
// membership, DEPENDENCY_NORMAL is use.  Kinds that are not here belong to nothing.
// clang-format off
constexpr Membership memberships[] = {
    {K::sequence, relations},  // its owner, or the table whose identity column it is
    {K::operator_family, K::access_method},
    {K::operator_class, K::operator_family | K::access_method},
    {K::user_mapping, K::server},
    {K::publication_table, K::publication | relations},
    {K::publication_tables_in_schema, K::publication | K::schema},
    {K::subscription_table, K::subscription | relations},
    // An index or a constraint of a partition can be made without that of the partitioned table.
    {K::index, none, relations, K::index | constraints},
    {K::constraint, none, relations | K::domain, K::index | constraints},
    {K::check_constraint, none, relations | K::domain, constraints},
    {K::fk_constraint, relations | constraints | K::index | K::fk_constraint},
    {K::trigger, K::trigger, relations},
    {K::rule, none, relations},
    {K::policy, none, relations},
    {K::row_security, relations},
    {K::statistics, none, relations},
    {K::default_value, none, relations},
    {K::table_attach, relations},
    {K::index_attach, none, K::index | constraints, everything},
    {K::sequence_owned_by, relations | K::sequence},
    {K::table_data, relations, none, everything},
    {K::sequence_set, K::sequence, none, everything},
    {K::materialized_view_data, none, K::materialized_view, everything},
    {K::statistics_data, relations | K::index | constraints, none, everything},
    {K::extended_statistics_data, K::statistics, none, everything},
    // A column's privileges follow those of its table.
    {K::acl, everything - privileges_of_objects, none, privileges_of_objects},
    {K::acl_language, everything - privileges_of_objects, none, privileges_of_objects},
    {K::comment, everything},
    {K::security_label, everything},
    {K::default_acl, K::schema},
    {K::blobs, large_objects},
    {K::database_properties, K::database},
};
// clang-format on

constexpr std::array<Membership, entry_kinds> by_kind = [] {
    std::array<Membership, entry_kinds> table{};
    for (const Membership& membership : memberships)
        table.at(static_cast<std::size_t>(membership.kind)) = membership;
    return table;
}();

}  // namespace

const Membership& membership_of(EntryKind kind) {
    return by_kind[static_cast<std::size_t>(kind)];
}

}  // namespace pgfilter
