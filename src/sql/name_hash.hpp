// Looking names up in hash tables without a copy of them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pgfilter::sql {

struct NameHash : std::hash<std::string_view> {
    using is_transparent = void;
};

/// find() takes a std::string_view too.
template <class Value>
using ByName = std::unordered_map<std::string, Value, NameHash, std::equal_to<>>;

}  // namespace pgfilter::sql
