// SPDX-License-Identifier: PostgreSQL
// The privileges on an object as a server holds them, grant by grant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgfilter::sql {

/// A set of privileges: SELECT, INSERT and so on.
using PrivilegeSet = std::uint32_t;

/// The privilege of that name, in any case; all of those that have no name here are one.
PrivilegeSet privilege_of(std::string_view name);
/// What ALL means for an object, which begins with its kind as GRANT names it: "TABLE t", "TABLES".
PrivilegeSet all_privileges(std::string_view object, bool of_columns);
/// "SELECT, INSERT"; `suffix` follows each of them.
std::string privilege_names(PrivilegeSet privileges, std::string_view suffix);
constexpr PrivilegeSet maintain_privilege = 1U << 7;
constexpr PrivilegeSet other_privilege = 1U << 31;  ///< without a name here

/// A role, or PUBLIC, as a number.  The owner of the object is 0.
using RoleNumber = std::uint32_t;
constexpr RoleNumber object_owner = 0;

/// What each role may do with an object, and whether it may grant that (see aclupdate() in acl.c).
class ObjectPrivileges {
public:
    struct Item {
        PrivilegeSet held = 0;
        PrivilegeSet grantable = 0;  ///< WITH GRANT OPTION
    };

    /// What the owner has without a statement.
    void set_owner_default(PrivilegeSet privileges) { owner_default_ = privileges; }

    /// What `grantee` has from `grantor`.
    [[nodiscard]] Item item(RoleNumber grantor, RoleNumber grantee) const;
    void add(RoleNumber grantor, RoleNumber grantee, Item more);
    /// For one that nobody asks about as an item: only what it may grant on counts.
    void add_grantable(RoleNumber grantor, RoleNumber grantee, PrivilegeSet grantable);
    /// By the owner.
    void revoke(RoleNumber grantee, PrivilegeSet privileges);
    /// The privileges that `grantor` can grant on only because of `grantee`: a server refuses to let it grant
    /// them back with grant option (check_circularity() in acl.c).  `budget`: steps that may be taken; where
    /// they do not suffice, all that the grantee can grant on itself is among them.
    [[nodiscard]] PrivilegeSet circular(RoleNumber grantor, RoleNumber grantee, PrivilegeSet privileges,
                                        std::size_t& budget) const;

private:
    struct Option {
        RoleNumber grantor;
        PrivilegeSet privileges;
    };

    [[nodiscard]] bool is_independent(RoleNumber grantor, RoleNumber grantee, PrivilegeSet privilege,
                                      std::size_t& budget) const;

    PrivilegeSet owner_default_ = 0;
    std::map<std::pair<RoleNumber, RoleNumber>, Item> items_;            // by grantor and grantee
    std::unordered_map<RoleNumber, std::vector<Option>> grant_options_;  // by grantee
};

}  // namespace pgfilter::sql
