// SPDX-License-Identifier: PostgreSQL
#include "sql/privileges.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "sql/byte_class.hpp"

namespace pgfilter::sql {
namespace {

// In the order of the bits.
constexpr std::array<std::string_view, 16> privilege_words{
    "select", "insert",  "update",    "delete",  "truncate", "references", "trigger",      "maintain",
    "usage",  "execute", "temporary", "connect", "create",   "set",        "alter system", "temp"};
constexpr PrivilegeSet temporary = 1U << 10;
constexpr PrivilegeSet temp = 1U << 15;  // another name for it

constexpr PrivilegeSet set_of(std::initializer_list<std::string_view> names) {
    PrivilegeSet privileges = 0;
    for (const std::string_view name : names) {
        for (std::size_t i = 0; i < privilege_words.size(); ++i) {
            if (privilege_words[i] == name) privileges |= PrivilegeSet(1) << i;
        }
    }
    return privileges;
}

struct KindOfObject {
    std::string_view word;  // with which the object begins
    PrivilegeSet all;
};

constexpr PrivilegeSet of_table =
    set_of({"select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"});
constexpr PrivilegeSet of_column = set_of({"select", "insert", "update", "references"});
constexpr std::array<KindOfObject, 19> kinds_of_objects{{
    {"sequence", set_of({"select", "update", "usage"})},
    {"sequences", set_of({"select", "update", "usage"})},
    {"database", set_of({"create", "temporary", "connect"})},
    {"schema", set_of({"create", "usage"})},
    {"schemas", set_of({"create", "usage"})},
    {"function", set_of({"execute"})},
    {"functions", set_of({"execute"})},
    {"procedure", set_of({"execute"})},
    {"routine", set_of({"execute"})},
    {"routines", set_of({"execute"})},
    {"language", set_of({"usage"})},
    {"large", set_of({"select", "update"})},
    {"foreign", set_of({"usage"})},
    {"type", set_of({"usage"})},
    {"types", set_of({"usage"})},
    {"domain", set_of({"usage"})},
    {"tablespace", set_of({"create"})},
    {"parameter", set_of({"set", "alter system"})},
    {"property", set_of({"select"})},  // PROPERTY GRAPH
}};

}  // namespace

PrivilegeSet privilege_of(std::string_view name) {
    for (std::size_t i = 0; i < privilege_words.size(); ++i) {
        if (!equal_in_any_case(name, privilege_words.at(i))) continue;
        const PrivilegeSet privilege = PrivilegeSet(1) << i;
        return privilege == temp ? temporary : privilege;
    }
    return other_privilege;
}

PrivilegeSet all_privileges(std::string_view object, bool of_columns) {
    if (of_columns) return of_column;
    const std::string_view kind = object.substr(0, object.find_first_of(" \t\r\n"));
    for (const KindOfObject& known : kinds_of_objects) {
        // A table can have such a name, but then no kind stands in front of it.
        if (equal_in_any_case(kind, known.word)) return known.all;
    }
    return of_table;
}

std::string privilege_names(PrivilegeSet privileges, std::string_view suffix) {
    std::string names;
    for (std::size_t i = 0; i < privilege_words.size(); ++i) {
        if ((privileges & (PrivilegeSet(1) << i)) == 0) continue;
        if (!names.empty()) names += ',';
        for (const char c : privilege_words.at(i))
            names += 'a' <= c && c <= 'z' ? static_cast<char>(c - 0x20) : c;
        names += suffix;
    }
    return names;
}

ObjectPrivileges::Item ObjectPrivileges::item(RoleNumber grantor, RoleNumber grantee) const {
    const auto found = items_.find({grantor, grantee});
    Item item = found == items_.end() ? Item() : found->second;
    if (grantee != object_owner) return item;
    if (grantor == object_owner) item.held |= owner_default_;
    item.grantable = item.held;  // an owner always can
    return item;
}

void ObjectPrivileges::add(RoleNumber grantor, RoleNumber grantee, Item more) {
    Item& item = items_[{grantor, grantee}];
    item.held |= more.held;
    item.grantable |= more.grantable;
    add_grantable(grantor, grantee, more.grantable);
}

void ObjectPrivileges::add_grantable(RoleNumber grantor, RoleNumber grantee, PrivilegeSet grantable) {
    if (grantable == 0 || grantee == object_owner) return;
    grant_options_[grantee].push_back({grantor, grantable});
}

void ObjectPrivileges::revoke(RoleNumber grantee, PrivilegeSet privileges) {
    if (grantee == object_owner) owner_default_ &= ~privileges;
    const auto found = items_.find({object_owner, grantee});
    if (found == items_.end()) return;
    found->second.held &= ~privileges;
    found->second.grantable &= ~privileges;
}

PrivilegeSet ObjectPrivileges::circular(RoleNumber grantor, RoleNumber grantee, PrivilegeSet privileges,
                                        std::size_t& budget) const {
    if (grantor == object_owner || grantee == object_owner) return 0;
    const auto found = grant_options_.find(grantee);
    if (found == grant_options_.end()) return 0;
    PrivilegeSet grantable = 0;
    for (const Option& option : found->second) grantable |= option.privileges;
    PrivilegeSet circular = 0;
    for (PrivilegeSet left = grantable & privileges; left != 0; left &= left - 1) {
        const PrivilegeSet privilege = left & ~(left - 1);
        if (!is_independent(grantor, grantee, privilege, budget)) circular |= privilege;
    }
    return circular;
}

// Back from the grantor to the owner, but not through the grantee.
bool ObjectPrivileges::is_independent(RoleNumber grantor, RoleNumber grantee, PrivilegeSet privilege,
                                      std::size_t& budget) const {
    std::vector<RoleNumber> next{grantor};
    std::unordered_set<RoleNumber> seen{grantor, grantee};
    while (!next.empty()) {
        const auto found = grant_options_.find(next.back());
        next.pop_back();
        if (found == grant_options_.end()) continue;
        for (const Option& option : found->second) {
            if (budget == 0) return false;
            --budget;
            if ((option.privileges & privilege) == 0) continue;
            if (option.grantor == object_owner) return true;
            if (seen.insert(option.grantor).second) next.push_back(option.grantor);
        }
    }
    return false;
}

}  // namespace pgfilter::sql
