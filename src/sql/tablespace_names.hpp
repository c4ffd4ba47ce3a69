// SPDX-License-Identifier: PostgreSQL
// Where a statement names a tablespace.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pgfilter/splices.hpp"
#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// What gives the text other tablespaces, in CREATE DATABASE … TABLESPACE = name and SET default_tablespace |
/// temp_tablespaces TO 'name', … of databases, roles and routines.  new_name() gives one, or null to leave a
/// name as it is.
Splices replace_tablespace_names(std::string_view sql, Dialect dialect,
                                 const std::function<const std::string*(const std::string&)>& new_name);

}  // namespace pgfilter::sql
