// SPDX-License-Identifier: PostgreSQL
// The rules that pgfilter brings along.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/export.hpp"
#include "pgfilter/rule.hpp"

namespace pgfilter {

/// Adds all of them to `registry`:
///
///   no-owner           No entry has an owner: pg_restore emits no ALTER … OWNER.  NULL in archives
///                      from 1.14 on, "" in older ones, whose readers crash on NULL.  CREATE SCHEMA
///                      loses AUTHORIZATION.  set-owner outranks it.
///   set-owner          One role owns all that has an owner.  As with ALTER … OWNER TO, what is granted
///                      to and revoked from the old owner concerns the new one, whatever other rules do
///                      with the old one.  Not of DEFAULT ACL, whose "owner" is the role that the
///                      privileges are for.  Argument: role.
///   no-tablespaces     Named tablespaces become the default, CREATE DATABASE loses its TABLESPACE clause.
///                      Argument: except = a tablespace that stays.
///   no-table-access-method   Tables are stored as the target's default_table_access_method says.
///   map-role           Renames roles wherever the archive names them as roles, all at once.
///                      Arguments: old name = new name, as they are in the catalogs (not quoted).  Several
///                      can become one, which then has what all had: grants to itself, repeated ones and
///                      grant options that lead back are dropped, and all but one of the user mappings for a
///                      server, and settings of the same name but one.
///   map-tablespace     The same for tablespaces.  pg_default is written as pg_dump does, as the
///                      database's own, unless the archive's database has another one.
///   drop-role          Removes what concerns roles that match a pattern, statement by statement: grants
///                      to, by and from them, grants by those who had grant options from them only,
///                      their default privileges, names in policies, user mappings, settings; what
///                      they own has no owner.  Entries with nothing left are dropped; a policy never
///                      becomes one for PUBLIC.  SET role TO of a routine stays, and is reported.
///                      Arguments: pattern; except = a pattern for roles that stay nevertheless.
///   keep-roles         Removes all roles that match none of the patterns, and that map-role does not name.
///                      PUBLIC is no role.  Argument: pattern.
///                      These five are one family: names and patterns mean names that the archive has, and
///                      their order makes no difference.  A new owner comes first, then roles are removed,
///                      then the others get their names.
///   no-grants          Drops every GRANT and keeps every REVOKE, those from owners too.
///   no-grantors        The restoring role makes every grant itself.  A grant by another role than the owner
///                      has SET SESSION AUTHORIZATION, which needs a superuser.
///   repair             Makes pg_restore able to read privileges of a group of large objects that
///                      another than the owner granted: each object gets an entry.  So does every rule
///                      that changes such an entry.
///   archive-version    Writes another version of the archive format, 1.12 to 1.16, after all other rules.
///                      Argument: version.
///   readable-by        The same: the newest that pg_restore of a major version reads, if that is older. Says
///                      which entries have what a server of that version does not know.  Argument: major.
///                      Refused if that version does not know the compression of the data that is kept.
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
///   no-extension-comments
///   no-public-schema   SCHEMA public, its comment and labels; what is in it stays, and what is granted on
///                      it.
///
///   if-not-exists      CREATE SCHEMA and CREATE EXTENSION do nothing where there is one of that name.
///   no-planner-hints   Functions lose LEAKPROOF and SUPPORT, operators estimators (RESTRICT, JOIN) that are
///                      not PostgreSQL's own: only superusers may give them, and all works without.
///   no-superuser-mappings   User mappings with sslcert, sslkey or password_required 'false'.
///   no-extension-data  Rows of tables that kept extensions have made.
///   no-objects-in-extension-schemas   Tables, functions and types in schemas that scripts of kept extensions
///                      make, as far as they are known: chunks of hypertables.
///   keep-extension-data   Takes both back.
///
/// These leave out objects, and what is nothing without them: their data and its statistics, indexes,
/// constraints and foreign keys that refer to them, triggers, rules, policies, defaults, sequences they own,
/// privileges, comments, labels and membership in publications.  They are one family.  What merely uses a
/// dropped object is kept, and Rule::find_unhandled() reports it.
///
///   exclude-table      Tables, views, materialized views, foreign tables and sequences, by pg_dump's
///                      patterns.
///                      A sequence that a table owns is dropped and kept with the table.
///   exclude-table-data TABLE DATA, SEQUENCE SET and MATERIALIZED VIEW DATA of these, and the statistics that
///                      hold values of them; the definitions stay.
///   exclude-table-and-children, exclude-table-data-and-children
///                      With partitions and inheriting tables, theirs, and so on.
///   exclude-extension, extension
///                      These extensions; all but these.
///   exclude-language, language
///                      Languages, and functions, procedures and transforms written in them; all but these.
///                      "c" and "internal" are languages too.
///   exclude-access-method   Access methods, and indexes, exclusion constraints, operator classes and
///                      families that use them.  Tables that do are stored as "heap".
///   no-access-methods  The same for those that the archive creates.
///   no-base-types      Types with input and output functions, and shell types.
///   no-superuser-casts Casts WITHOUT FUNCTION, and those between types that are both not of the archive.
///   no-internal-aggregates   Aggregates whose state is of type "internal".
///   exclude-setting    Functions and procedures that SET such a setting; a name with a dot in it is given in
///                      double quotes.
///   no-superuser-settings   The same for settings that by default only superusers may change.
///   no-all-tables-publications   Publications FOR ALL TABLES; of others, the part TABLES IN SCHEMA.
///   exclude            Objects of any kind by name: "KIND pattern", or a kind as the first argument and name
///                      patterns after it.  A kind is the desc of its entries, in upper or lower case.  Names
///                      are as -l shows them: "name", "schema.name"; of triggers, policies, constraints,
///                      rules and defaults "name", "table.name", "schema.table.name"; of functions,
///                      procedures and aggregates "name", which is all of that name, or "name(types)", where
///                      types are compared as pg_restore -P does, but for blanks.
///   exclude-aggregate, exclude-collation, exclude-constraint, exclude-event-trigger, exclude-function,
///   exclude-index, exclude-policy, exclude-procedure, exclude-publication, exclude-server, exclude-trigger,
///   exclude-type       The same for their kinds; constraints are foreign keys too, types are domains too.
///   exclude-entry      The entry alone, as exclude names it: its object is taken to exist, so that
///                      nothing is dropped with it and nothing is missing without it.
///   no-kind            All entries of a kind: the desc of their entries, in upper or lower case.
///   keep-kind          Does nothing by itself: combine_rules() leaves out rules of targets that drop such.
///   cascade            What uses a dropped object is dropped too.
///
/// These are guards.  Finding nothing is normal and not reported:
///
///   redact-secrets     "***" in the place of passwords and the like in the options of SERVER, USER MAPPING,
///                      SUBSCRIPTION and FOREIGN DATA WRAPPER.  Rule::find_redacted() names them.
///   reject-suspicious  Refuses an archive, as all rules leave it, with texts that become commands in a
///                      script or list made of it: check_plan() throws.  These are the findings of
///                      check_archive() that are `dangerous`, but for those in the data.
///   only-kinds         Drops entries of all other kinds, but not ENCODING, STDSTRINGS and SEARCHPATH.
///                      Arguments: kind = the desc of entries, in upper or lower case.
///
/// These select as pg_restore 18 does, together and wherever they stand, except that DATABASE and DATABASE
/// PROPERTIES stay (no-create drops them).  What earlier rules have dropped counts as not selected:
///
///   schema, exclude-schema, table, index, function, trigger
///                      Arguments: name = the name, compared byte by byte.  A function's has argument types,
///                      a trigger's may have the table in front.
///   include-schema     As pg_dump -n selects: schemas, all that is in them, and what depends on that.
///   include-table      As pg_dump -t: tables, views and sequences with their data, indexes, constraints,
///                      triggers and so on, in whatever schemas; include-schema makes no difference beside
///                      it.
///   table-and-children The same with partitions and inheriting tables.
///                      Arguments of these: pattern.  check_plan() refuses what no pattern of theirs matches.
///   section            Arguments: name = pre-data, data or post-data.
///   data-only, schema-only, statistics-only, no-data, no-schema
///   strict-names       Refuses names (but those of exclude-schema) that nothing was compared equal to.
///   use-list           Arguments: entry = a dump ID, as the line of a list begins with.  Puts the entries in
///                      that order.  Entries with data must keep theirs.
PGFILTER_API void add_builtin_rules(RuleRegistry& registry);

/// Reads "OLD=NEW".  A name that contains "=" or starts with a double quote is written as an SQL identifier
/// in double quotes, any other is taken as it is.  Throws Error (usage).
PGFILTER_API RuleArgument parse_mapping(std::string_view text);

/// Reads one mapping a line.  Blank lines and what follows "#" at the start of a line or after a blank are
/// left out, and so are blanks around a name that is not in quotes.  A name in quotes may hold line breaks.
/// Throws Error (usage); the message begins with the number of the line.
PGFILTER_API std::vector<RuleArgument> parse_mappings(std::string_view text);

/// Reads rules, one a line: the name of the rule and its arguments, "key=value" or "value" for the rule's
/// first key, with blanks between them.  "#" at the start of a line or after a blank begins a comment.
///
///     no-owner                            # as --no-owner
///     map-role app_prod=app "odd=name"=x  # several at once; a name in double quotes is an SQL identifier
///     exclude-table audit.* '"My Table"'  # single quotes around what has blanks, "=" or "#" in it
///
/// In single quotes everything is taken as it is, line breaks included, and a single quote is doubled. Double
/// quotes stay, for patterns know them, and what is between them is taken as it is too.
///
/// "of-target=yes" marks a rule as one of a target file (RuleSpec::of_target) in a file that has the user's
/// own rules, too: --print-rules writes it, with `mark`, so that a cascade still serves the target's rules
/// alone.
///
/// Every rule takes the key "because", without quotes around it: why the rule is there, in plain words, for
/// reports.  A role of that name is written 'because'=new.
///
///     no-event-triggers because='only a superuser can create them'
///
/// `origin` says in messages, and in RuleSpec::origin, where the text is from.  Throws Error (usage); the
/// message begins with origin and line.
PGFILTER_API std::vector<RuleSpec> parse_rules(std::string_view text, const std::string& origin,
                                               const RuleRegistry& registry);

/// The same for one rule by itself; messages begin with the origin alone.
PGFILTER_API RuleSpec parse_rule(std::string_view text, const std::string& origin,
                                 const RuleRegistry& registry);

/// The line from which parse_rules() makes an equal rule, without its comment.
PGFILTER_API std::string write_rule(const RuleSpec& rule, const RuleRegistry& registry, bool mark = false);

/// Reads a file as pg_dump --filter does ("include table app.*", "exclude table_data log_*"), one rule a
/// line. `file`: its name, for messages; empty for standard input.
///
/// What both programs know is pg_restore's, whose names are no patterns: include of schema, table, index,
/// function and trigger, exclude of schema.  Throws Error (usage), in PostgreSQL's words.
PGFILTER_API std::vector<RuleSpec> parse_filter_file(std::string_view text, const std::string& file);

}  // namespace pgfilter
