// SPDX-License-Identifier: PostgreSQL
// Every option once: the parser, and the help with its topics, are made from this table.
#pragma once

#include <array>
#include <string_view>

namespace pgfilter::cli {

// clang-format off
enum class OptionId {
    file, in_place, no_sync, format, limit, rule, use_list, filter, map_role, map_role_file, map_tablespace, any_rule,
    rules_file, plugin, trust_plugin, target, source, list_targets, print_rules, list_rules, dry_run, list, needs, check_for, check, report,
    json, strict, verbose, quiet, version, help
};
// clang-format on

struct OptionRow {
    OptionId id;
    const char* names;     ///< as CLI11 wants them; of a rule, the first long one is its name
    const char* argument;  ///< null if it takes none
    std::string_view topic;
    const char* help;
    bool is_common = false;  ///< whether --help without a topic shows it
};

/// What --help=TOPIC shows together.
struct Topic {
    std::string_view name;
    std::string_view title;
};

inline constexpr std::string_view general = "general";
inline constexpr std::string_view stripping = "strip";
inline constexpr std::string_view roles = "roles";
inline constexpr std::string_view selecting = "select";
inline constexpr std::string_view leaving_out = "exclude";
inline constexpr std::string_view privileged = "superuser";
inline constexpr std::string_view platforms = "platforms";
inline constexpr std::string_view ruling = "rules";
inline constexpr std::string_view guarding = "guard";
inline constexpr std::string_view telling = "tell";

/// In the order of the help.
inline constexpr auto topic_table = std::to_array<Topic>({
    {general, "General options"},
    {stripping, "What to strip"},
    {roles, "Roles and tablespaces"},
    {selecting, "What to select"},
    {leaving_out, "What to leave out, with everything that depends on it"},
    {privileged, "What only superusers may create"},
    {platforms, "Rules for a platform"},
    {ruling, "Rules as text"},
    {guarding, "Guards"},
    {telling, "Reports"},
});

inline constexpr bool common = true;

inline constexpr auto option_table = std::to_array<OptionRow>({
    {OptionId::file, "-f,--file,-o,--output", "FILENAME", general,
     "output file (- for standard output); appears only when complete", common},
    {OptionId::in_place, "--in-place", nullptr, general, "replace FILE itself, once the new one is complete",
     common},
    {OptionId::format, "-F,--format", "c", general, "input format; only custom can be read"},
    {OptionId::limit, "--limit", "NAME=VALUE", guarding,
     "refuse an archive that has more entries, toc-bytes or text-bytes, or unpacks to more"},
    {OptionId::no_sync, "--no-sync", nullptr, general, "do not wait until the file is safely on disk"},
    {OptionId::rule, "--readable-by", "MAJOR", general,
     "write what pg_restore of this major version of PostgreSQL reads: 9.6 to 19", common},
    {OptionId::rule, "--archive-version", "1.N", general,
     "write this version of the archive format: 1.12 to 1.16"},
    {OptionId::rule, "--repair", nullptr, general,
     "repair what pg_dump wrote so that pg_restore cannot read it"},
    {OptionId::version, "-V,--version", nullptr, general, "show the version, then exit", common},
    {OptionId::help, "-?,--help", nullptr, general,
     "show this help, then exit; --help=all shows every option", common},
    {OptionId::rule, "-O,--no-owner", nullptr, stripping, "ownership of objects", common},
    {OptionId::rule, "-x,--no-privileges,--no-acl", nullptr, stripping, "access privileges (grant/revoke)",
     common},
    {OptionId::rule, "--no-grants", nullptr, stripping, "every GRANT; every REVOKE is kept"},
    {OptionId::rule, "--no-grantors", nullptr, stripping,
     "grantors: the restoring role makes every grant itself"},
    {OptionId::rule, "--no-tablespaces", nullptr, stripping, "tablespace assignments", common},
    {OptionId::rule, "--if-not-exists", nullptr, stripping,
     "errors for schemas and extensions that exist (IF NOT EXISTS)"},
    {OptionId::rule, "--no-large-objects,--no-blobs", nullptr, stripping,
     "large objects, with their privileges and comments", common},
    {OptionId::rule, "--no-create", nullptr, stripping,
     "the database itself: CREATE DATABASE and its settings", common},
    {OptionId::rule, "--no-comments", nullptr, stripping, "comments on objects"},
    {OptionId::rule, "--no-event-triggers", nullptr, stripping, "event triggers"},
    {OptionId::rule, "--no-queries-under-row-security", nullptr, stripping,
     "refreshes of materialized views that would fail under row security"},
    {OptionId::rule, "--no-planner-hints", nullptr, privileged,
     "LEAKPROOF, SUPPORT and estimators of functions and operators; these stay"},
    {OptionId::rule, "--no-policies", nullptr, stripping, "row security policies"},
    {OptionId::rule, "--no-public-schema", nullptr, stripping, "the schema public itself, and its comment"},
    {OptionId::rule, "--no-standard-language", nullptr, stripping,
     "the language plpgsql itself; functions in it stay"},
    {OptionId::rule, "--no-publications", nullptr, stripping, "publications"},
    {OptionId::rule, "--no-security-labels", nullptr, stripping, "security labels"},
    {OptionId::rule, "--no-statistics", nullptr, stripping, "optimizer statistics"},
    {OptionId::rule, "--no-system-privileges", nullptr, stripping,
     "privileges on objects of the server and of extensions"},
    {OptionId::rule, "--no-subscriptions", nullptr, stripping, "subscriptions"},
    {OptionId::rule, "--no-table-access-method", nullptr, stripping, "table access methods"},
    {OptionId::rule, "--unlogged-to-logged", nullptr, stripping, "UNLOGGED of tables and sequences"},
    {OptionId::rule, "-n,--schema", "NAME", selecting, "only objects in this schema", common},
    {OptionId::rule, "-N,--exclude-schema", "NAME", selecting, "no objects in this schema"},
    {OptionId::rule, "-t,--table", "NAME", selecting, "only this relation (table, view, sequence ...)",
     common},
    {OptionId::rule, "--include-schema", "PATTERN", selecting,
     "schemas and everything in them, as pg_dump -n does"},
    {OptionId::rule, "--include-table", "PATTERN", selecting,
     "tables with their indexes, triggers and so on, as pg_dump -t does"},
    {OptionId::rule, "--table-and-children", "PATTERN", selecting,
     "the same, with their partitions and inheriting tables"},
    {OptionId::rule, "-I,--index", "NAME", selecting, "only this index"},
    {OptionId::rule, "-P,--function", "NAME(args)", selecting, "only this function"},
    {OptionId::rule, "--trigger", "NAME", selecting, "only this trigger (its name, or table and name)"},
    {OptionId::rule, "--section", "SECTION", selecting, "only this section (pre-data, data, or post-data)"},
    {OptionId::rule, "-a,--data-only", nullptr, selecting, "only the data, no schema", common},
    {OptionId::rule, "-s,--schema-only", nullptr, selecting, "only the schema, no data", common},
    {OptionId::rule, "--statistics-only", nullptr, selecting, "only optimizer statistics"},
    {OptionId::rule, "--no-data", nullptr, selecting, "no data"},
    {OptionId::rule, "--no-schema", nullptr, selecting, "no schema"},
    {OptionId::rule, "--strict-names", nullptr, selecting, "refuse names that the archive does not have"},
    {OptionId::use_list, "-L,--use-list", "FILENAME", selecting,
     "only the entries in this list, in its order; -l prints such a list", common},
    {OptionId::map_role, "--map-role", "OLD=NEW", roles,
     "rename a role wherever it is named as one; several can become one", common},
    {OptionId::map_role_file, "--map-role-file", "FILENAME", roles,
     "the same from a file, one OLD=NEW a line"},
    {OptionId::rule, "--drop-role", "PATTERN", roles,
     "remove a role: ownership, policies, settings, grants to and by it", common},
    {OptionId::rule, "--keep-roles", "PATTERN", roles,
     "remove all other roles in the same way, but not those that are renamed", common},
    {OptionId::rule, "--set-owner", "ROLE", roles, "make one role the owner of everything that has an owner",
     common},
    {OptionId::map_tablespace, "--map-tablespace", "OLD=NEW", roles, "rename a tablespace"},
    {OptionId::rule, "--exclude-table", "PATTERN", leaving_out, "tables, views and sequences", common},
    {OptionId::rule, "--exclude-table-and-children", "PATTERN", leaving_out,
     "the same, with their partitions and inheriting tables"},
    {OptionId::rule, "--exclude-table-data", "PATTERN", leaving_out,
     "data of tables and their statistics, not their definitions", common},
    {OptionId::rule, "--exclude-table-data-and-children", "PATTERN", leaving_out,
     "the same, with their partitions and inheriting tables"},
    {OptionId::rule, "--exclude-extension", "PATTERN", leaving_out, "extensions", common},
    {OptionId::rule, "--extension", "PATTERN", leaving_out, "all extensions but these"},
    {OptionId::rule, "--exclude-language", "PATTERN", privileged,
     "languages, with the routines and transforms in them"},
    {OptionId::rule, "--language", "PATTERN", privileged, "the same for all languages but these"},
    {OptionId::rule, "--exclude-access-method", "PATTERN", privileged,
     "access methods and their indexes; their tables become heap tables"},
    {OptionId::rule, "--no-access-methods", nullptr, privileged,
     "the same for access methods that the archive creates"},
    {OptionId::rule, "--no-base-types", nullptr, privileged, "base types and shell types"},
    {OptionId::rule, "--no-superuser-casts", nullptr, privileged, "casts that only superusers may create"},
    {OptionId::rule, "--no-internal-aggregates", nullptr, privileged,
     "aggregates whose state has the type internal"},
    {OptionId::rule, "--exclude", "KIND PATTERN", leaving_out,
     "objects of any kind by name, as -l shows them: 'RULE old_*'"},
    {OptionId::rule, "--exclude-function", "PATTERN", leaving_out,
     "functions: a name, or 'name(types)' as -l shows it"},
    {OptionId::rule, "--exclude-procedure", "PATTERN", leaving_out, "procedures, in the same way"},
    {OptionId::rule, "--exclude-aggregate", "PATTERN", leaving_out, "aggregates, in the same way"},
    {OptionId::rule, "--exclude-type", "PATTERN", leaving_out, "types and domains"},
    {OptionId::rule, "--exclude-collation", "PATTERN", leaving_out, "collations"},
    {OptionId::rule, "--exclude-server", "PATTERN", leaving_out, "foreign servers"},
    {OptionId::rule, "--exclude-index", "PATTERN", leaving_out, "indexes"},
    {OptionId::rule, "--exclude-constraint", "PATTERN", leaving_out,
     "constraints: a name, table.name or schema.table.name"},
    {OptionId::rule, "--exclude-trigger", "PATTERN", leaving_out, "triggers, in the same way"},
    {OptionId::rule, "--exclude-policy", "PATTERN", leaving_out, "row security policies, in the same way"},
    {OptionId::rule, "--exclude-publication", "PATTERN", leaving_out, "publications"},
    {OptionId::rule, "--exclude-event-trigger", "PATTERN", leaving_out, "event triggers"},
    {OptionId::rule, "--exclude-entry", "KIND PATTERN", leaving_out,
     "one entry and nothing else, as its object exists: 'SCHEMA tiger'"},
    {OptionId::rule, "--exclude-setting", "PATTERN", privileged,
     "routines that set such settings (SET name TO)"},
    {OptionId::rule, "--no-superuser-settings", nullptr, privileged,
     "routines that set what only superusers may"},
    {OptionId::rule, "--no-superuser-mappings", nullptr, privileged,
     "user mappings with options that only superusers may set"},
    {OptionId::rule, "--no-all-tables-publications", nullptr, privileged,
     "publications of all tables, and of all tables in a schema"},
    {OptionId::rule, "--no-extension-comments", nullptr, leaving_out,
     "comments on extensions and on the schemas that they create"},
    {OptionId::rule, "--no-extension-data", nullptr, leaving_out,
     "rows in tables that extensions have created"},
    {OptionId::rule, "--no-objects-in-extension-schemas", nullptr, leaving_out,
     "what users have in schemas that extensions create: chunks of hypertables"},
    {OptionId::rule, "--keep-extension-data", nullptr, leaving_out,
     "keep both although --for would drop them"},
    {OptionId::rule, "--no-kind", "KIND", leaving_out, "entries of a kind, as -l names it: 'EVENT TRIGGER'"},
    {OptionId::rule, "--keep-kind", "KIND", leaving_out,
     "keep entries of a kind although --for or --from would drop them"},
    {OptionId::rule, "--cascade", nullptr, leaving_out,
     "also what uses a dropped object; without it that is kept and reported"},
    {OptionId::filter, "--filter", "FILENAME", leaving_out,
     "include and exclude what a filter file of PostgreSQL 17 says"},
    {OptionId::rule, "--redact-secrets", nullptr, guarding,
     "replace passwords in options of servers, user mappings and subscriptions by ***"},
    {OptionId::rule, "--reject-suspicious", nullptr, guarding,
     "refuse texts that become commands in a script or list made of the archive"},
    {OptionId::rule, "--only-kinds", "KIND", guarding, "drop entries of all other kinds (as -l names them)"},
    {OptionId::any_rule, "-r,--rule", "RULE", ruling,
     "apply a rule: its name and arguments, 'NAME key=value ...'"},
    {OptionId::rules_file, "-R,--rules", "FILENAME", ruling, "apply the rules in a file, one a line", common},
    {OptionId::plugin, "--plugin", "FILE", ruling,
     "load a rule from a shared object; a name without a slash is one that is installed"},
    {OptionId::trust_plugin, "--trust-plugin", nullptr, ruling,
     "let plug-ins change archives newer than those that they were written for"},
    {OptionId::target, "--for", "TARGET", platforms,
     "apply the rules for a platform; your own options win over them", common},
    {OptionId::source, "--from", "SOURCE", platforms,
     "apply the rules for the platform where the dump was taken"},
    {OptionId::list_targets, "--list-targets", nullptr, platforms,
     "list the platforms that --for and --from know, then exit"},
    {OptionId::print_rules, "--print-rules", nullptr, ruling,
     "write the rule file that equals this command line, then exit"},
    {OptionId::list_rules, "--list-rules", nullptr, ruling, "list the rules, then exit"},
    {OptionId::dry_run, "--dry-run", nullptr, telling,
     "show what would be dropped and changed, entry by entry; write nothing", common},
    {OptionId::list, "-l,--list", nullptr, telling,
     "print the table of contents as pg_restore -l does; write no archive", common},
    {OptionId::needs, "--needs", nullptr, telling,
     "list what the result needs of its target, such as roles; write nothing", common},
    {OptionId::check_for, "--check-for", "TARGET", platforms,
     "list what would fail on a platform, exit 1 if anything would; write nothing", common},
    {OptionId::check, "--check", nullptr, telling,
     "read and decompress everything, say whether it is sound; write nothing", common},
    {OptionId::report, "--report", "FILENAME", telling, "write everything that was done as JSON"},
    {OptionId::json, "--json", nullptr, telling,
     "JSON for --list, --dry-run, --needs, --check-for, --check and --list-..."},
    {OptionId::strict, "--strict", nullptr, telling,
     "refuse if a rule matched nothing, or left something it could not handle"},
    {OptionId::verbose, "-v,--verbose", nullptr, telling, "report what was done, a line per rule", common},
    {OptionId::quiet, "-q,--quiet", nullptr, telling, "no warnings, only errors"},
});

/// Options that pg_dump, pg_restore or psql have and pgfilter will not: why, and what to do.
struct RefusedOption {
    const char* names;  ///< as those of an OptionRow
    std::string_view reason;
};

inline constexpr std::string_view connection =
    "pgfilter never connects to a server; give this option to pg_dump or pg_restore";
inline constexpr std::string_view dumping = "this is about dumping; give this option to pg_dump";
inline constexpr std::string_view restoring = "this is about restoring; give this option to pg_restore";

inline constexpr std::array<RefusedOption, 19> refused_options{{
    {"-T",
     "it means --trigger in pg_restore and --exclude-table in pg_dump, so it is not taken for either; give "
     "the one you mean by its long name"},
    {"-d,--dbname", connection},
    {"-h,--host",
     "pgfilter never connects to a server; give this option to pg_dump or pg_restore (for help: --help)"},
    {"-p,--port", connection},
    {"-U,--username", connection},
    {"-w,--no-password", connection},
    {"-W,--password", connection},
    {"--role", connection},
    {"-j,--jobs", restoring},
    {"-1,--single-transaction", restoring},
    {"-c,--clean", restoring},
    {"-C,--create", "this is about restoring; give it to pg_restore (the opposite here is --no-create)"},
    {"-e,--exit-on-error", restoring},
    {"-S,--superuser", restoring},
    {"--if-exists", restoring},
    {"--disable-triggers", restoring},
    {"--statistics", "optimizer statistics are kept unless an option drops them"},
    {"-Z,--compress", "data passes as it is stored; give this option to pg_dump"},
    {"-b,--large-objects", dumping},
}};

}  // namespace pgfilter::cli
