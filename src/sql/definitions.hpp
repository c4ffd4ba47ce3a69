// SPDX-License-Identifier: PostgreSQL
// What definitions say of the objects that they make, as far as it takes a superuser to make such.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/clauses.hpp"
#include "sql/lexer.hpp"
#include "sql/names.hpp"

namespace pgfilter::sql {

/// The language of CREATE FUNCTION, PROCEDURE or TRANSFORM.
std::optional<std::string> find_language(std::string_view sql, Dialect dialect);

/// The index access method of CREATE INDEX, OPERATOR CLASS and FAMILY, ALTER TABLE … EXCLUDE.
std::optional<std::string> find_access_method(std::string_view sql, Dialect dialect);

/// CREATE TYPE name (INPUT = …) and the shell CREATE TYPE name: not AS an enum, a range or columns.
bool makes_base_type(std::string_view sql, Dialect dialect);

/// CREATE CAST … WITHOUT FUNCTION.
bool makes_binary_cast(std::string_view sql, Dialect dialect);

/// CREATE AGGREGATE with a state of type "internal".
bool has_internal_state(std::string_view sql, Dialect dialect);

/// CREATE PUBLICATION … FOR ALL TABLES, and what else there is FOR ALL of.
bool publishes_all(std::string_view sql, Dialect dialect);

/// Calls found() for the names of the settings that CREATE FUNCTION and PROCEDURE SET.
void find_settings(std::string_view sql, Dialect dialect,
                   const std::function<void(const std::string&)>& found);

/// Whether the first statement is about that schema: COMMENT, SECURITY LABEL … ON SCHEMA name.
bool is_on_schema(std::string_view sql, std::string_view name, Dialect dialect);

/// ALTER TABLE … FORCE ROW LEVEL SECURITY.
bool forces_row_security(std::string_view sql, Dialect dialect);

/// Calls found() for the names with a schema that ALTER TABLE … EXCLUDE (…) has: operator classes, functions,
/// types.
void find_exclusion_names(std::string_view sql, Dialect dialect,
                          const std::function<void(const QualifiedName&)>& found);

/// A clause that only informs the planner.
struct PlannerHint {
    Clause clause;
    QualifiedName function;  ///< that it names; without a name if none
};

/// Those that need a superuser, in the order of the text: LEAKPROOF and SUPPORT f of CREATE FUNCTION,
/// RESTRICT = f and JOIN = f of CREATE OPERATOR if f is in a schema (those of PostgreSQL are not).
std::vector<PlannerHint> find_planner_hints(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
