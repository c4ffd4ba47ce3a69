// SPDX-License-Identifier: PostgreSQL
// Keeps statements valid where several roles become one.
//
// One role grants to another, and both become app: a server would refuse "GRANT … TO app WITH GRANT OPTION"
// by app, and where a third stands between them, the grant option that comes back.  What is left are
// statements that give the merged role all that the single ones have, in the order of the text, which stays
// valid: a role that was allowed to grant still is, under its new name.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/by_name.hpp"
#include "sql/privileges.hpp"
#include "sql/role_finder.hpp"
#include "sql/role_statements.hpp"

namespace pgfilter::sql {

/// Roles as a text names them, and what becomes of them.
struct MergedRoles {
    /// The name that a role has then, which may be the one that it has.
    std::function<std::string_view(const std::string& old_name)> new_name;
    /// Whether several roles have that name then.
    std::function<bool(std::string_view new_name)> is_merged;
    /// The owner of the object, or the role whose default privileges these are; nothing: not known.
    std::optional<std::string> owner;
    bool owner_has_all = true;    ///< where no statement says otherwise
    bool knows_maintain = false;  ///< ALL has MAINTAIN (from PostgreSQL 17 on)
};

/// Takes self-grants, repetitions and grant options that lead back out of the privileges of an object, or of
/// default privileges, which can stand in several texts, one after the other.
class RoleMerger {
public:
    explicit RoleMerger(Dialect dialect) : dialect_(dialect) {}

    /// In what is left, roles still have their old names.
    Removal merge(std::string_view sql, const MergedRoles& roles);

private:
    class Text;

    /// Privileges of an object, or of a column.
    struct Known {
        ObjectPrivileges privileges;
        /// Of those that are merged, the one whose default privileges came first; 0: not known.
        std::uint32_t first_owner = 0;
    };

    /// Nothing if there are too many to know.
    std::optional<RoleNumber> number_of(std::string_view new_name);

    /// A text of pg_dump's is about one object or one column.
    void spend_object();

    static constexpr std::size_t bytes_of_object = 256;
    static constexpr std::size_t most_roles = 20'000;
    static constexpr std::size_t most_options = 50'000;

    Dialect dialect_;
    ByName<RoleNumber> numbers_;
    NameNumbers owners_;
    NameNumbers object_names_;
    NameNumbers columns_;                                               // "" is the object as a whole
    std::map<std::pair<std::uint32_t, std::uint32_t>, Known> objects_;  // by the numbers of both
    std::size_t room_ = 20'000;                                         // for objects and columns
    std::size_t options_ = 0;                                           // grant options that are known
    std::size_t budget_ = 200'000;  // steps on the way from grant option to grant option
    bool knows_all_ = true;
};

/// Names no role twice in CREATE POLICY … TO.
Removal merge_policy_roles(std::string_view sql, Dialect dialect, const MergedRoles& roles);

/// Keeps the first ALTER ROLE … IN DATABASE … SET of a setting, and calls dropped() for others' with the
/// role's old name and that of the setting.
Removal merge_settings(
    std::string_view sql, Dialect dialect, const MergedRoles& roles,
    const std::function<void(const std::string& role, const std::string& setting)>& dropped);

}  // namespace pgfilter::sql
