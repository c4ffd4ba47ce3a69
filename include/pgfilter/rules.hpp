// The rules that pgfilter brings along.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/rule.hpp"

namespace pgfilter {

/// Adds all of them to `registry`:
///
///   no-owner           No entry has an owner: pg_restore emits no ALTER … OWNER.  NULL in archives from 1.14
///   on,
///                      "" in older ones, whose readers crash on NULL.  CREATE SCHEMA loses AUTHORIZATION.
///   no-tablespaces     Named tablespaces become the default, CREATE DATABASE loses its TABLESPACE clause.
///   no-table-access-method   Tables are stored as the target's default_table_access_method says.
///   map-role           Renames roles wherever the archive names them as roles, all at once.
///                      Arguments: old name = new name, as they are in the catalogs (not quoted).
///
/// These drop entries by their kind, and with an object its privileges, comment and security labels:
///
///   no-privileges      ACL, DEFAULT ACL and ACL LANGUAGE.
///   no-comments, no-security-labels
///   no-large-objects   With their data.
///   no-create          The database itself and its properties.
///   no-policies        Row security policies, and the commands that enable row security.
///   no-publications, no-subscriptions   With their members.
///   no-event-triggers
///   no-statistics      Optimizer statistics (pg_dump --statistics).
///
/// These select as pg_restore 18 does, together and wherever they stand, except that DATABASE and DATABASE
/// PROPERTIES stay (no-create drops them).  What earlier rules have dropped counts as not selected:
///
///   schema, exclude-schema, table, index, function, trigger
///                      Arguments: name = the name, compared byte by byte.  A function's has argument types,
///                      a trigger's may have the table in front.
///   section            Arguments: name = pre-data, data or post-data.
///   data-only, schema-only, statistics-only, no-data, no-schema
///   strict-names       Refuses names (but those of exclude-schema) that nothing was compared equal to.
///   use-list           Arguments: entry = a dump ID, as the line of a list begins with.  Puts the entries in
///                      that order.  Entries with data must keep theirs.
void add_builtin_rules(RuleRegistry& registry);

/// Reads "OLD=NEW".  A name that contains "=" or starts with a double quote is written as an SQL identifier
/// in double quotes, any other is taken as it is.  Throws Error (usage).
RuleArgument parse_role_mapping(std::string_view text);

/// Reads one mapping a line.  Blank lines and what follows "#" at the start of a line or behind a blank are
/// left out, and so are blanks around a name that is not in quotes.  A name in quotes may hold line breaks.
/// Throws Error (usage); the message begins with the number of the line.
std::vector<RuleArgument> parse_role_mappings(std::string_view text);

}  // namespace pgfilter
