// SPDX-License-Identifier: PostgreSQL
// What is kept by the names that an archive or a user gives.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pgfilter::sql {

/// find() takes a std::string_view too.  In order, for hash tables can be made slow by names that are chosen
/// to collide.
template <class Value>
using ByName = std::map<std::string, Value, std::less<>>;

/// Numbers for names, from 0 on in the order in which they come.
class NameNumbers {
public:
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
        const auto found = numbers_.find(name);
        return found == numbers_.end() ? std::nullopt : std::optional(found->second);
    }
    std::uint32_t add(std::string_view name) {
        if (const auto known = find(name)) return *known;
        const auto number = static_cast<std::uint32_t>(numbers_.size());
        numbers_.emplace(name, number);
        return number;
    }
    [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }

private:
    ByName<std::uint32_t> numbers_;
};

}  // namespace pgfilter::sql
