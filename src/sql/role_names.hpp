// Where a statement names a role as a role.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// A role's name in a text.
struct RoleName {
    std::size_t position;
    std::size_t size;
    std::string name;  ///< decoded
    bool is_literal;   ///< a string, as in SET role TO 'app', and not an identifier
};

/// The role names of the statements that pg_dump writes for ACL, DEFAULT ACL, POLICY, USER MAPPING, DATABASE
/// PROPERTIES, SCHEMA and routines, in the order of the text:
///
///     GRANT … TO [GROUP] role, …          REVOKE … FROM role, …           GRANTED BY role
///     SET SESSION AUTHORIZATION role      ALTER DEFAULT PRIVILEGES FOR ROLE role, …
///     CREATE POLICY … TO role, …          CREATE | DROP USER MAPPING FOR role
///     ALTER ROLE role IN DATABASE …       CREATE SCHEMA … AUTHORIZATION role
///     SET role TO 'role' and SET session_authorization TO 'role' of databases, roles and routines
///
/// PUBLIC, NONE and CURRENT_USER with its family are no role's name.  Other statements have no role names.
std::vector<RoleName> find_role_names(std::string_view sql, Dialect dialect);

/// The text with other names in these places: new_names[i] for names[i], quoted as the place wants it.
std::string replace_role_names(std::string_view sql, const std::vector<RoleName>& names,
                               const std::vector<std::string>& new_names, Dialect dialect);

/// How often `name` occurs as a word of its own in string literals and routine bodies: text that runs, or is
/// read as options, somewhere else and cannot be rewritten safely.  Leaves out the places in `known` and
/// literals that are names of something else: settings such as search_path, and those cast to regclass and
/// its like.
std::size_t count_mentions(std::string_view sql, std::string_view name, const std::vector<RoleName>& known,
                           Dialect dialect);

}  // namespace pgfilter::sql
