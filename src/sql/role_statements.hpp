// Takes statements about roles out of a text, and leaves every other byte as it is.
//
// A statement goes with the line it stands on.  Between SET SESSION AUTHORIZATION role and RESET SESSION
// AUTHORIZATION everything is done by that role: such a pair goes, with all between, if the role goes, and
// also when nothing is left between.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "pgfilter/splices.hpp"
#include "sql/role_names.hpp"

namespace pgfilter::sql {

/// What removing comes to.
struct Removal {
    Splices splices;
    std::size_t left = 0;  ///< statements, not counting those that set and reset the session's role

    [[nodiscard]] bool changed() const noexcept { return !splices.empty(); }
};

/// Roles that have no grant option left, of those that had one.
using LostGrantOptions = std::set<std::string, std::less<>>;

/// Such roles in as few bytes as they can be, for as long as other texts may ask about them.
class PackedNames {
public:
    void add(const LostGrantOptions& names);
    [[nodiscard]] bool contains(std::string_view name) const;

private:
    std::string names_;  // in order, each followed by a zero byte
};

/// Says whether a role goes.
using RoleTest = std::function<bool(const RoleName&)>;

/// Removes the roles that go(): names go out of lists; when a list would be empty, and when the
/// statement is about the role itself or done by it, the statement goes.  SET role TO 'role' of a routine
/// stays, for without it the routine would run with other privileges.
///
/// As after REVOKE … CASCADE, what is done by a role that got its grant options from such roles only goes
/// too: it would not be allowed to.  `before` has those that lost theirs in another text, if there is one,
/// and `lost` gets those that lose theirs in this one.
///
/// Calls goes() once for every name.
Removal remove_roles(std::string_view sql, Dialect dialect, const RoleTest& goes, const PackedNames* before,
                     LostGrantOptions& lost);

/// The same for statements that grant something; those that revoke stay.
Removal remove_grants(std::string_view sql, Dialect dialect);

/// The same for SET and RESET SESSION AUTHORIZATION, so that the restoring role makes the grants of others
/// itself.
Removal remove_grantors(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
