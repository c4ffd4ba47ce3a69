// SPDX-License-Identifier: PostgreSQL
// Settings that a statement gives to databases, roles and routines.
#pragma once

#include <optional>
#include <string>

#include "sql/statement.hpp"

namespace pgfilter::sql {

/// Moves on to the value of the next SET name TO value of the statement, and says which setting it is.
/// Nothing at the end of the statement and where a routine's body of statements begins.
std::optional<std::string> next_setting(StatementCursor& cursor);

}  // namespace pgfilter::sql
