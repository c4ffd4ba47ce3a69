// SPDX-License-Identifier: PostgreSQL
// What a column without values would break.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// The constraint that COMMENT ON CONSTRAINT name ON … is about.
std::optional<std::string> find_commented_constraint(std::string_view sql, Dialect dialect);

/// Whether a key, foreign key or index cannot be made where that column of that table is NULL in every row:
/// PRIMARY KEY, NULLS NOT DISTINCT and REPLICA IDENTITY with the column, REFERENCES table (column), and MATCH
/// FULL of several columns.
bool needs_values(std::string_view sql, std::string_view table, std::string_view column, Dialect dialect);

}  // namespace pgfilter::sql
