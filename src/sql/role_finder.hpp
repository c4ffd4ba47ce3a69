// SPDX-License-Identifier: PostgreSQL
// What a single statement says of roles.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sql/role_names.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {

/// A role that a statement names, or what stands where one could.
struct RoleItem {
    std::optional<std::string> name;  ///< decoded; nothing: PUBLIC, NONE, CURRENT_USER and its family
    std::size_t begin = 0;  ///< of the name with GROUP in front, or of a clause with the blank in front of it
    std::size_t position = 0;  ///< of the name
    std::size_t end = 0;       ///< of the name
    RoleUse use{};
    bool is_literal = false;  ///< a string, as in SET role TO 'app', and not an identifier
    bool begins_list = true;  ///< the first of its list, or the only one
};

enum class StatementKind : std::uint8_t {
    other,
    grant,   ///< ALTER DEFAULT PRIVILEGES … GRANT too
    revoke,  ///< ALTER DEFAULT PRIVILEGES … REVOKE too
    set_session_authorization,
    reset_session_authorization,  ///< SET SESSION AUTHORIZATION DEFAULT too
    routine,
};

/// A part of the text, from its first token to its last.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

struct StatementFacts {
    StatementKind kind = StatementKind::other;
    bool with_grant_option = false;
    bool grant_option_for = false;  ///< REVOKE GRANT OPTION FOR
    // Of what grants or revokes, as far as it could be read.
    TextRange privileges;  ///< SELECT(a), INSERT
    TextRange object;      ///< TABLE t
    TextRange grantees;
    TextRange option;          ///< WITH GRANT OPTION
    bool in_schema = false;    ///< ALTER DEFAULT PRIVILEGES … IN SCHEMA
    std::size_t verb = 0;      ///< where GRANT or REVOKE begins
    std::size_t for_role = 0;  ///< where the list of FOR ROLE ends; 0: these are no default privileges
};

/// Calls found() for the roles of the statement that the cursor stands at, in the order of the text; see
/// find_role_names().  Leaves the cursor somewhere in that statement.  `found` may be empty, to learn only of
/// which kind the statement is.
StatementFacts find_roles(StatementCursor& cursor, Dialect dialect,
                          const std::function<void(const RoleItem&)>& found);

}  // namespace pgfilter::sql
