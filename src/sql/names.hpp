// SPDX-License-Identifier: PostgreSQL
// Names that a walk through a statement comes to.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sql/statement.hpp"

namespace pgfilter::sql {

/// PostgreSQL cuts longer names off: NAMEDATALEN - 1 (pg_config_manual.h), in bytes.
inline constexpr std::size_t longest_name = 63;

/// Takes an identifier.  Nothing, and the cursor stays, if there is none.
std::optional<std::string> take_identifier(StatementCursor& cursor);

/// The name that a text is, as a statement gives it.  Empty if it is none.
std::string decode_name(std::string_view identifier);

/// Takes a name with a schema or without.
std::optional<QualifiedName> take_name(StatementCursor& cursor);

/// The same where it does not matter what the name is.  False if there is none.
bool skip_name(StatementCursor& cursor);

/// Moves on to what follows the first of these keywords outside parentheses.
bool skip_past(StatementCursor& cursor, std::initializer_list<std::string_view> words);

/// Moves on to what follows the parentheses that the cursor stands before, if it does.
void skip_parentheses(StatementCursor& cursor);

}  // namespace pgfilter::sql
