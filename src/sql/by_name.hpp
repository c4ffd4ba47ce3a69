// What is kept by the names that an archive or a user gives.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace pgfilter::sql {

/// find() takes a std::string_view too.  In order, for hash tables can be made slow by names that are chosen
/// to collide.
template <class Value>
using ByName = std::map<std::string, Value, std::less<>>;

}  // namespace pgfilter::sql
