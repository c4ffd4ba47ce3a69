// SPDX-License-Identifier: PostgreSQL
#include "report/public_schema.hpp"

#include <charconv>

#include "archive/dialect.hpp"
#include "pgfilter/needs.hpp"
#include "sql/definitions.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t most_roles = 20;

bool is_from_before_15(const Header& header) {
    const std::string version = header.dump_version.value_or("");
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    return major > 0 && major < 15;
}

Bytes owner_of_database(const Toc& toc) {
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].kind() == EntryKind::database) return toc[i].original_text(Field::owner).value_or("");
    }
    return {};
}

/// Roles that own objects in schema public and are not those who can create some there anyway.
std::set<std::string> creators_in_public(const Toc& toc) {
    const Bytes owner_of_all = owner_of_database(toc);
    std::set<std::string> roles;
    for (std::size_t i = 0; i < toc.size() && roles.size() < most_roles; ++i) {
        if (!has_owner_command(toc[i]) || toc[i].original_text(Field::namespace_) != Text("public")) continue;
        const Bytes owner = toc[i].original_text(Field::owner).value_or("");
        if (!owner.empty() && owner != owner_of_all && owner != "postgres") roles.emplace(owner);
    }
    return roles;
}

}  // namespace

std::set<std::string> creators_without_grant(const Plan& plan) {
    if (!is_from_before_15(plan.prologue.header)) return {};
    const Toc& toc = plan.prologue.toc;
    std::set<std::string> roles = creators_in_public(toc);
    const sql::Dialect dialect = dialect_of(toc);
    for (std::size_t i = 0; i < toc.size() && !roles.empty(); ++i) {
        if (toc[i].kind() != EntryKind::acl) continue;
        // Where privileges of PUBLIC are not what they were made, pg_dump revokes them all and grants what is
        // left.
        const Bytes acl = toc[i].original_text(Field::defn).value_or("");
        if (!sql::is_on_schema(acl, "public", dialect)) continue;
        if (acl.find("FROM PUBLIC") != Bytes::npos) return {};
        sql::find_role_names(acl, dialect, [&](const sql::RoleName& role) { roles.erase(role.name); });
    }
    return roles;
}

}  // namespace pgfilter
