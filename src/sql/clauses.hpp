// SPDX-License-Identifier: PostgreSQL
// Clauses of statements.
#pragma once

#include <functional>
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

/// A clause that consists of a keyword and a name.
struct NamedClause {
    Clause clause;
    std::optional<std::string> name;  ///< nothing if it cannot be decoded
};

/// TABLESPACE … of CREATE DATABASE.
std::optional<NamedClause> find_tablespace(std::string_view sql, Dialect dialect);

/// AUTHORIZATION … of CREATE SCHEMA with a name.
std::optional<NamedClause> find_authorization(std::string_view sql, Dialect dialect);

/// Where IF NOT EXISTS is missing in CREATE SCHEMA or CREATE EXTENSION: after that keyword.
std::optional<std::size_t> find_missing_if_not_exists(std::string_view sql, Dialect dialect);

/// Calls found() for what makes a table or sequence unlogged, as pg_dump writes it: with false for the word
/// in CREATE UNLOGGED TABLE or SEQUENCE and in AS IDENTITY (…), which can be cut, with true for that in ALTER
/// … SET UNLOGGED, in whose place LOGGED has to stand.
void find_unlogged(std::string_view sql, Dialect dialect, const std::function<void(Clause, bool)>& found);

/// The value of SCHEMA, VERSION … of CREATE EXTENSION.
std::optional<std::string> find_extension_option(std::string_view sql, std::string_view keyword,
                                                 Dialect dialect);

/// The provider of SECURITY LABEL FOR provider ON ….
std::optional<std::string> find_label_provider(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
