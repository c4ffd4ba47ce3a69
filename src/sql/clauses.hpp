// Taking one clause out of a statement and leaving every other byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// CREATE DATABASE without its TABLESPACE clause; nothing if it has none.
std::optional<std::string> without_tablespace(std::string_view sql, Dialect dialect);

/// CREATE SCHEMA name without its AUTHORIZATION clause (written by pg_dump before 8.0); nothing if it has
/// none, or if the schema has no other name than the role's.
std::optional<std::string> without_authorization(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
