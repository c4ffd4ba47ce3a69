// SPDX-License-Identifier: PostgreSQL
// Who may grant on what, where statements are taken out of a text: privilege by privilege, column by column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "sql/by_name.hpp"
#include "sql/privilege_list.hpp"
#include "sql/privileges.hpp"

namespace pgfilter::sql {

/// A role's grant options, whoever gave them.
struct GrantOption {
    PrivilegeSet before = 0;  ///< with all that the text had
    PrivilegeSet after = 0;   ///< with what is left of it

    GrantOption& operator|=(GrantOption other) {
        before |= other.before;
        after |= other.after;
        return *this;
    }
};

struct RoleOption {
    RoleNumber role = 0;
    GrantOption option;
};

/// Those of all roles on an object as a whole, in the order of the roles' numbers.
using ObjectOptions = std::vector<RoleOption>;

/// What is left of the privileges that a statement grants.
struct PrivilegesLeft {
    PrivilegeSet all = 0;
    /// Those that can be granted with grant option.  Who may grant those of a column only because it may
    /// grant those of the table cannot do that (ExecGrant_Attribute() and check_circularity() in aclchk.c,
    /// acl.c).
    PrivilegeSet with_option = 0;
};

/// Follows the statements of a text.
class GrantOptions {
public:
    /// `text_size`: in bytes.  `of_table`: where the text is about a column, what is known of its table.
    explicit GrantOptions(std::size_t text_size, const ObjectOptions* of_table = nullptr)
        : room_(always + text_size / bytes_of_grant), of_table_(of_table) {}

    /// What the grantor may still grant of each of the privileges on the object: as after REVOKE … CASCADE,
    /// not what it could only because of statements that are no more.  `grantor`: nothing is the owner.
    [[nodiscard]] std::vector<PrivilegesLeft> left(std::string_view object,
                                                   std::span<const PrivilegeText> list,
                                                   std::optional<RoleNumber> grantor) const;

    /// A statement gives these roles the privileges with grant option; `left`: what is left of each.
    /// Throws Error (limit) if that is more than a text of that size can say in the way of pg_dump, which
    /// names one role and one column at a time.
    void note(std::string_view object, std::span<const PrivilegeText> list,
              std::span<const PrivilegesLeft> left, std::span<const RoleNumber> roles);

    /// How many roles note() takes at most.
    [[nodiscard]] std::size_t room() const noexcept { return room_; }

    /// On the first object of the text, which is the only one in those of pg_dump.
    [[nodiscard]] ObjectOptions of_object() const;

private:
    static constexpr std::size_t always = 50'000;
    static constexpr std::size_t bytes_of_grant = 32;  // at least, with grant option

    using Key = std::tuple<std::uint32_t, std::uint32_t, RoleNumber>;  // object, column, role

    [[nodiscard]] GrantOption find(std::uint32_t object, std::uint32_t column, RoleNumber role) const;
    [[nodiscard]] GrantOption on_whole(std::uint32_t object, RoleNumber role) const;

    std::size_t room_;
    const ObjectOptions* of_table_;
    NameNumbers objects_;
    NameNumbers columns_;  // but that the whole is 0
    std::map<Key, GrantOption> options_;
};

}  // namespace pgfilter::sql
