// SPDX-License-Identifier: PostgreSQL
// Which relation a statement is about.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/names.hpp"

namespace pgfilter::sql {

/// The table, view or domain that the first statement of a text belongs to, where pg_dump writes one that
/// does:
///
///     CREATE INDEX … ON [ONLY] name        CREATE TRIGGER … ON name        CREATE POLICY … ON name
///     CREATE RULE … TO name                CREATE OR REPLACE VIEW name     CREATE STATISTICS … FROM name
///     ALTER TABLE | VIEW | DOMAIN [ONLY] name                ALTER PUBLICATION … ADD TABLE [ONLY] name
std::optional<QualifiedName> find_subject(std::string_view sql, Dialect dialect);

/// A table that another one is a partition or a child of.
struct ParentName : QualifiedName {
    bool is_partitioned = false;
};

/// Calls found() for the parents that a table's definition gives it:
///
///     CREATE TABLE … INHERITS (name, …)             CREATE TABLE … PARTITION OF name
///     ALTER TABLE [ONLY] name ATTACH PARTITION …    ALTER TABLE … INHERIT name
void find_parents(std::string_view sql, Dialect dialect, const std::function<void(const ParentName&)>& found);

/// The indexes of ALTER INDEX parent ATTACH PARTITION child: the parent, then the child.
std::vector<QualifiedName> find_attached_indexes(std::string_view sql, Dialect dialect);

/// The server that CREATE USER MAPPING is for.
std::optional<std::string> find_server(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
