// Where a statement names a tablespace.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// Calls put() for the pieces of the text with other tablespaces in it, in CREATE DATABASE … TABLESPACE =
/// name and SET default_tablespace | temp_tablespaces TO 'name', … of databases, roles and routines.
/// new_name() gives one, or null to leave a name as it is.
void replace_tablespace_names(std::string_view sql, Dialect dialect,
                              const std::function<const std::string*(const std::string&)>& new_name,
                              const std::function<void(std::string_view)>& put);

}  // namespace pgfilter::sql
