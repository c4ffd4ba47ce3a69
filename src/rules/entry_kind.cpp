#include "rules/entry_kind.hpp"

#include <unordered_map>

namespace pgfilter {
namespace {

using K = EntryKind;

constexpr EntryKinds none;
constexpr EntryKinds everything = EntryKinds::all();

// What it depends on without being part of it follows from pg_depend: DEPENDENCY_AUTO and _INTERNAL are
// membership, DEPENDENCY_NORMAL is use.
// clang-format off
constexpr Membership memberships[] = {
    {"TABLE", K::table},
    {"FOREIGN TABLE", K::foreign_table},
    {"VIEW", K::view},
    {"MATERIALIZED VIEW", K::materialized_view},
    {"SEQUENCE", K::sequence, relations},  // its owner, or the table whose identity column it is
    {"TYPE", K::type},
    {"SHELL TYPE", K::shell_type},
    {"DOMAIN", K::domain},
    {"SCHEMA", K::schema},
    {"EXTENSION", K::extension},
    {"ACCESS METHOD", K::access_method},
    {"OPERATOR FAMILY", K::operator_family, K::access_method},
    {"OPERATOR CLASS", K::operator_class, K::operator_family | K::access_method},
    {"SERVER", K::server},
    {"USER MAPPING", K::user_mapping, K::server},
    {"PUBLICATION", K::publication},
    {"PUBLICATION TABLE", K::publication_table, K::publication | relations},
    {"PUBLICATION TABLES IN SCHEMA", K::publication_schema, K::publication | K::schema},
    {"SUBSCRIPTION", K::subscription},
    {"SUBSCRIPTION TABLE", K::subscription_table, K::subscription | relations},
    // An index or a constraint of a partition can be made without that of the partitioned table.
    {"INDEX", K::index, none, relations, K::index | K::constraint},
    {"CONSTRAINT", K::constraint, none, relations | K::domain, K::index | K::constraint},
    {"CHECK CONSTRAINT", K::constraint, none, relations | K::domain, K::constraint},
    {"FK CONSTRAINT", K::foreign_key, relations | K::constraint | K::index | K::foreign_key},
    {"TRIGGER", K::trigger, K::trigger, relations},
    {"RULE", K::rule, none, relations},
    {"POLICY", K::policy, none, relations},
    {"ROW SECURITY", K::row_security, relations},
    {"STATISTICS", K::statistics, none, relations},
    {"DEFAULT", K::default_value, none, relations},
    {"TABLE ATTACH", K::table_attach, relations},
    {"INDEX ATTACH", K::index_attach, none, K::index | K::constraint, everything},
    {"SEQUENCE OWNED BY", K::sequence_owned_by, relations | K::sequence},
    {"TABLE DATA", K::table_data, relations, none, everything},
    {"SEQUENCE SET", K::sequence_set, K::sequence, none, everything},
    {"MATERIALIZED VIEW DATA", K::materialized_view_data, none, K::materialized_view, everything},
    {"STATISTICS DATA", K::statistics_data, relations | K::index | K::constraint, none, everything},
    {"EXTENDED STATISTICS DATA", K::extended_statistics_data, K::statistics, none, everything},
    // A column's privileges follow those of its table.
    {"ACL", K::privileges, everything - K::privileges, none, K::privileges},
    {"ACL LANGUAGE", K::privileges, everything - K::privileges, none, K::privileges},
    {"COMMENT", K::comment, everything},
    {"SECURITY LABEL", K::comment, everything},
    {"DEFAULT ACL", K::default_privileges, K::schema},
    {"BLOB", K::large_object},
    {"BLOB METADATA", K::large_object_metadata},
    {"BLOBS", K::large_object_data, K::large_object | K::large_object_metadata},
    {"DATABASE", K::database},
    {"DATABASE PROPERTIES", K::database_properties, K::database},
};
// clang-format on

}  // namespace

const Membership& membership_of(Bytes desc) {
    static const Membership unknown;
    static const auto by_desc = [] {
        std::unordered_map<Bytes, const Membership*> map;
        for (const Membership& membership : memberships) map.emplace(membership.desc, &membership);
        return map;
    }();
    const auto found = by_desc.find(desc);
    return found == by_desc.end() ? unknown : *found->second;
}

}  // namespace pgfilter
