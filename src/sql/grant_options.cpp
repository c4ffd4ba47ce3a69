// SPDX-License-Identifier: PostgreSQL
#include "sql/grant_options.hpp"

#include <algorithm>

#include "pgfilter/error.hpp"
#include "sql/names.hpp"

namespace pgfilter::sql {
namespace {

constexpr std::uint32_t whole = 0;

/// ALL has those that later versions may bring, too.
PrivilegeSet with_others(const PrivilegeText& one) {
    return one.is_all ? one.privileges | other_privilege : one.privileges;
}

PrivilegeSet left_of(const PrivilegeText& one, GrantOption option) {
    // Nothing is left of what the role had.  With what it gets only later it could not grant before either,
    // but where it had something, a server warned of that and did not refuse it.
    if (option.before != 0 && option.after == 0) return 0;
    const PrivilegeSet all = with_others(one);
    const PrivilegeSet lost = option.before & ~option.after;
    if ((all & lost) == 0) return all;
    // ALL meant what the role had.
    return one.is_all ? all & option.after : all & ~lost;
}

}  // namespace

std::vector<PrivilegesLeft> GrantOptions::left(std::string_view object, std::span<const PrivilegeText> list,
                                               std::optional<RoleNumber> grantor) const {
    const auto number = objects_.find(object).value_or(static_cast<std::uint32_t>(objects_.size()));
    const GrantOption of_object = grantor ? on_whole(number, *grantor) : GrantOption();
    std::vector<PrivilegesLeft> left;
    left.reserve(list.size());
    for (const PrivilegeText& one : list) {
        GrantOption option = of_object;
        GrantOption of_place = of_object;
        if (grantor && !one.column.empty()) {
            const auto column = columns_.find(decode_name(one.column));
            of_place = column ? find(number, *column + 1, *grantor) : GrantOption();
            option |= of_place;
        }
        const PrivilegeSet all = left_of(one, option);
        left.push_back({all, all & left_of(one, of_place)});
    }
    return left;
}

void GrantOptions::note(std::string_view object, std::span<const PrivilegeText> list,
                        std::span<const PrivilegesLeft> left, std::span<const RoleNumber> roles) {
    std::map<std::uint32_t, GrantOption> given;  // by column
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::uint32_t column =
            list[i].column.empty() ? whole : columns_.add(decode_name(list[i].column)) + 1;
        given[column] |= {with_others(list[i]), left[i].with_option};
    }
    if (given.empty()) return;
    if (roles.size() > room_ / given.size())
        throw Error(ErrorCode::limit,
                    "more roles get more privileges with grant option than in any text of that length by "
                    "pg_dump");
    room_ -= roles.size() * given.size();
    const std::uint32_t number = objects_.add(object);
    for (const RoleNumber role : roles) {
        for (const auto& [column, option] : given) options_[{number, column, role}] |= option;
    }
}

ObjectOptions GrantOptions::of_object() const {
    ObjectOptions of_object;
    for (const auto& [key, option] : options_) {
        const auto [object, column, role] = key;
        if (object != 0 || column != whole) break;
        of_object.push_back({role, option});
    }
    return of_object;
}

GrantOption GrantOptions::find(std::uint32_t object, std::uint32_t column, RoleNumber role) const {
    const auto found = options_.find({object, column, role});
    return found == options_.end() ? GrantOption() : found->second;
}

GrantOption GrantOptions::on_whole(std::uint32_t object, RoleNumber role) const {
    GrantOption option = find(object, whole, role);
    if (of_table_ == nullptr || object != 0) return option;
    const auto of_table =
        std::lower_bound(of_table_->begin(), of_table_->end(), role,
                         [](const RoleOption& known, RoleNumber wanted) { return known.role < wanted; });
    if (of_table != of_table_->end() && of_table->role == role) option |= of_table->option;
    return option;
}

}  // namespace pgfilter::sql
