// SPDX-License-Identifier: PostgreSQL
// From names to SQL and back, beyond what pgfilter/sql.hpp offers to all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pgfilter/sql.hpp"
#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// As quote_identifier(), in the place of sql[begin] to sql[end - 1], which is an identifier, so that it does
/// not run together with what stands around it without a blank, as in TO"a" and a"b".
std::string quote_identifier_at(std::string_view name, std::string_view sql, std::size_t begin,
                                std::size_t end, Dialect dialect);

/// Whether it is a word or quoted token, but not U&"…".
bool is_identifier(const Token& token);

/// The name that a word or quoted token stands for; nothing for any other token and for U&"…".
std::optional<std::string> decode_identifier(const Token& token);

/// The text that a string token stands for; nothing for any other token and for forms that pg_dump does not
/// write (B'…', X'…', N'…', U&'…', E'…' with numeric escapes).
std::optional<std::string> decode_literal(const Token& token, Dialect dialect);

}  // namespace pgfilter::sql
