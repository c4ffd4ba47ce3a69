// Clauses of statements.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// A part of a text, with the blanks in front of it.
struct Clause {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// TABLESPACE … of CREATE DATABASE.
std::optional<Clause> find_tablespace(std::string_view sql, Dialect dialect);

/// AUTHORIZATION … of CREATE SCHEMA with a name.
std::optional<Clause> find_authorization(std::string_view sql, Dialect dialect);

/// The name behind a keyword (and "=", if there is one) outside parentheses, in the first statement that
/// begins with these words and has it; literals are names here too.
std::optional<std::string> name_behind(std::string_view sql,
                                       std::initializer_list<std::string_view> statement,
                                       std::string_view keyword, Dialect dialect);

}  // namespace pgfilter::sql
