// SPDX-License-Identifier: PostgreSQL
// Where a statement names a role as a role.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pgfilter/splices.hpp"
#include "sql/lexer.hpp"
#include "sql/name_search.hpp"

namespace pgfilter::sql {

/// What a role is named for.
enum class RoleUse : std::uint8_t {
    grantee,             ///< GRANT … TO, REVOKE … FROM
    grantor,             ///< SET SESSION AUTHORIZATION, GRANTED BY
    default_privileges,  ///< ALTER DEFAULT PRIVILEGES FOR ROLE
    policy,              ///< CREATE POLICY … TO
    user_mapping,        ///< CREATE | DROP USER MAPPING FOR
    settings,            ///< ALTER ROLE … IN DATABASE
    setting,             ///< SET role TO, SET session_authorization TO
    schema,              ///< CREATE SCHEMA … AUTHORIZATION
};

/// A role's name in a text.
struct RoleName {
    std::size_t position;
    std::size_t size;
    std::string name;  ///< decoded
    bool is_literal;   ///< a string, as in SET role TO 'app', and not an identifier
    RoleUse use;
};

/// Calls found() for the role names of the statements that pg_dump writes for ACL, DEFAULT ACL, POLICY, USER
/// MAPPING, DATABASE PROPERTIES, SCHEMA and routines, in the order of the text:
///
///     GRANT … TO [GROUP] role, …          REVOKE … FROM role, …           GRANTED BY role
///     SET SESSION AUTHORIZATION role      ALTER DEFAULT PRIVILEGES FOR ROLE role, …
///     CREATE POLICY … TO role, …          CREATE | DROP USER MAPPING FOR role
///     ALTER ROLE role IN DATABASE …       CREATE SCHEMA … AUTHORIZATION role
///     SET role TO 'role' and SET session_authorization TO 'role' of databases, roles and routines
///
/// PUBLIC, NONE and CURRENT_USER with its family are no role's name.  Other statements have no role names.
void find_role_names(std::string_view sql, Dialect dialect,
                     const std::function<void(const RoleName&)>& found);

/// Whether find_role_names() can find this name.  Sooner seen than cut into tokens: true where that is not
/// sure.
bool may_name_role(std::string_view sql, std::string_view name);

/// What gives the roles in the text other names.  new_name() gives one, or null to leave a name as it is; it
/// is quoted as the place wants it.
Splices replace_role_names(std::string_view sql, Dialect dialect,
                           const std::function<const std::string*(const RoleName&)>& new_name);

/// Calls found(i, count) for each of the names that occurs as a word of its own in string literals and
/// routine bodies: text that runs, or is read as options, somewhere else and cannot be rewritten safely.
/// Leaves out literals that find_role_names() finds, if `has_role_names`, and those that are names of
/// something else: settings such as search_path, and those cast to regclass and its like.
void count_mentions(std::string_view sql, const NameSearch& names, bool has_role_names, Dialect dialect,
                    const std::function<void(std::size_t, std::size_t)>& found);

}  // namespace pgfilter::sql
