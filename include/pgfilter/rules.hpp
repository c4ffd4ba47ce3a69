// The rules that pgfilter brings along.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/rule.hpp"

namespace pgfilter {

/// Adds all of them to `registry`:
///
///   no-owner           No entry has an owner: pg_restore emits no ALTER … OWNER.  NULL in archives
///                      from 1.14 on, "" in older ones, whose readers crash on NULL.  CREATE SCHEMA
///                      loses AUTHORIZATION.
///   set-owner          One role owns all that has an owner.  As with ALTER … OWNER TO, what is granted
///                      to and revoked from the old owner concerns the new one.  Not of DEFAULT ACL,
///                      whose "owner" is the role that the privileges are for.  Argument: role.
///   no-tablespaces     Named tablespaces become the default, CREATE DATABASE loses its TABLESPACE clause.
///   no-table-access-method   Tables are stored as the target's default_table_access_method says.
///   map-role           Renames roles wherever the archive names them as roles, all at once.
///                      Arguments: old name = new name, as they are in the catalogs (not quoted).
///   map-tablespace     The same for tablespaces.  pg_default is written as pg_dump does, as the
///                      database's own, unless the archive's database has another one.
///   drop-role          Removes what concerns roles that match a pattern, statement by statement: grants
///                      to, by and from them, grants by those who had grant options from them only,
///                      their default privileges, names in policies, user mappings, settings; what
///                      they own has no owner.  Entries with nothing left are dropped; a policy never
///                      becomes one for PUBLIC.  SET role TO of a routine stays, and is reported.
///                      Argument: pattern.
///   keep-roles         Removes all roles that match none of the patterns.  PUBLIC is no role.
///                      Argument: pattern.
///   no-grants          Drops every GRANT and keeps every REVOKE, those from owners too.
///   repair             Makes pg_restore able to read privileges of a group of large objects that
///                      another than the owner granted: each object gets an entry.  So does every rule
///                      that changes such an entry.
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
void add_builtin_rules(RuleRegistry& registry);

/// Reads "OLD=NEW".  A name that contains "=" or starts with a double quote is written as an SQL identifier
/// in double quotes, any other is taken as it is.  Throws Error (usage).
RuleArgument parse_mapping(std::string_view text);

/// Reads one mapping a line.  Blank lines and what follows "#" at the start of a line or behind a blank are
/// left out, and so are blanks around a name that is not in quotes.  A name in quotes may hold line breaks.
/// Throws Error (usage); the message begins with the number of the line.
std::vector<RuleArgument> parse_mappings(std::string_view text);

}  // namespace pgfilter
