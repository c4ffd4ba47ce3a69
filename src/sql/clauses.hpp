// Clauses that can be cut out of a statement.
#pragma once

#include <optional>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// A part of a text, with the blanks in front of it.
struct Clause {
    std::size_t begin;
    std::size_t end;
};

/// TABLESPACE … of CREATE DATABASE.
std::optional<Clause> find_tablespace(std::string_view sql, Dialect dialect);

/// AUTHORIZATION … of CREATE SCHEMA with a name.
std::optional<Clause> find_authorization(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
