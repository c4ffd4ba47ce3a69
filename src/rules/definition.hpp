// SPDX-License-Identifier: PostgreSQL
// What an entry's definition says of the object that it makes.
#pragma once

#include <optional>
#include <string>

#include "archive/kind_facts.hpp"
#include "pgfilter/toc.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// The language that a routine or transform is written in, or that the entry itself makes.
std::optional<std::string> language_of(const TocEntry& entry, sql::Dialect dialect);

/// Whether it makes the language plpgsql, as itself or as an extension: every server from PostgreSQL 9.0 on
/// has it, whatever becomes of the entry.
bool makes_standard_language(const TocEntry& entry);
/// Whether it is the language plpgsql itself, or one of its functions, which archives of 8.0 can have.
bool is_of_standard_language(const TocEntry& entry, sql::Dialect dialect);

/// The access method of an index, an exclusion constraint, an operator class or family, or that the entry
/// itself makes.  Not that of tables: it is no part of their definition.
std::optional<std::string> access_method_of(const TocEntry& entry, sql::Dialect dialect);

/// Whether it is a base type or the shell of a type.
bool is_base_type(const TocEntry& entry, sql::Dialect dialect);

/// Whether it is a cast that only a superuser may make: one WITHOUT FUNCTION, or between two types that are
/// both not of this archive, and so belong to somebody else.
bool needs_superuser_as_cast(const Toc& toc, const TocEntry& entry, sql::Dialect dialect);

/// Whether it is an aggregate whose state is of type "internal".
bool has_internal_state(const TocEntry& entry, sql::Dialect dialect);

/// Whether it is a publication of all tables, or of all tables of a schema.
bool publishes_all(const TocEntry& entry, sql::Dialect dialect);

/// Whether it is a setting that PostgreSQL 9.6 to 18 let only superusers change, unless they were
/// granted SET on it.
bool is_superuser_setting(Bytes name);

}  // namespace pgfilter
