// SPDX-License-Identifier: PostgreSQL
// Takes statements about roles out of a text, and leaves every other byte as it is.
//
// A statement goes with the line it stands on.  Between SET SESSION AUTHORIZATION role and RESET SESSION
// AUTHORIZATION everything is done by that role: such a pair goes, with all between, if the role goes, and
// also when nothing is left between.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pgfilter/splices.hpp"
#include "sql/grant_options.hpp"
#include "sql/role_names.hpp"

namespace pgfilter::sql {

/// What removing comes to.
struct Removal {
    Splices splices;
    std::size_t left = 0;  ///< statements, not counting those that set and reset the session's role

    [[nodiscard]] bool changed() const noexcept { return !splices.empty(); }
};

/// What becomes of a role.
struct RoleFate {
    bool goes = false;
    RoleNumber number = 0;  ///< its own in all texts
};

using RoleTest = std::function<RoleFate(const RoleName&)>;

/// Removes the roles that go: names go out of lists; when a list would be empty, and when the statement is
/// about the role itself or done by it, the statement goes.  SET role TO 'role' of a routine stays, for
/// without it the routine would run with other privileges.
///
/// As after REVOKE … CASCADE, privileges that a role could grant only thanks to such roles go out of what it
/// grants, and with the last of them the statement: it would not be allowed to.  So does what it grants
/// before somebody else gives it the same: statements keep their order.  `options` knows what became of the
/// roles' grant options in other texts, and learns it of this one.
///
/// `knows_maintain`: ALL on a table has MAINTAIN.  Calls test() once for every name.
Removal remove_roles(std::string_view sql, Dialect dialect, const RoleTest& test, bool knows_maintain,
                     GrantOptions& options);

/// The same for statements that grant something; those that revoke stay.
Removal remove_grants(std::string_view sql, Dialect dialect);

/// The same for SET and RESET SESSION AUTHORIZATION, so that the restoring role makes the grants of others
/// itself.
Removal remove_grantors(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
