// SPDX-License-Identifier: PostgreSQL
// Where tokens begin and end, compared with PostgreSQL's own scanner.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"

namespace pgfilter::test {

const char* name_of(sql::TokenKind kind);

std::vector<sql::Token> tokens_of(std::string_view sql, sql::Dialect dialect = {});

enum class Borders { agree, disagree, refused };

/// Compares with PostgreSQL's scanner, which refuses what does not end, among other things.  Comments, words,
/// identifiers and strings count.  `explanation` is set if they disagree.
Borders compare_borders(const std::string& sql, std::string& explanation);

}  // namespace pgfilter::test
