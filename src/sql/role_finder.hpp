// What a single statement says of roles.
#pragma once

#include <functional>
#include <optional>
#include <string>

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

struct StatementFacts {
    StatementKind kind = StatementKind::other;
    bool with_grant_option = false;
};

/// Calls found() for the roles of the statement that the cursor stands at, in the order of the text; see
/// find_role_names().  Leaves the cursor somewhere in that statement.  `found` may be empty, to learn only of
/// which kind the statement is.
StatementFacts find_roles(StatementCursor& cursor, Dialect dialect,
                          const std::function<void(const RoleItem&)>& found);

}  // namespace pgfilter::sql
