// SPDX-License-Identifier: PostgreSQL
// Collations and locales, which the operating system or ICU has to know, and libraries, which the server has
// to find.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// Calls found() with the collations of pg_catalog that a definition names: COLLATE pg_catalog."de_DE", and
/// COLLATION = … of a range type.  Those of other schemas are objects of the archive or of an extension.
void find_system_collations(std::string_view sql, Dialect dialect,
                            const std::function<void(const std::string&)>& found);

/// Calls found() with the locales that CREATE DATABASE or CREATE COLLATION names, and whether ICU has to know
/// them, rather than the operating system.
void find_locales(std::string_view sql, Dialect dialect,
                  const std::function<void(const std::string&, bool)>& found);

/// The library of CREATE FUNCTION … LANGUAGE c AS 'library', ….
std::optional<std::string> find_library(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
