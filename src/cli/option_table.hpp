// Every option once: the parser and the help are made from this table.
#pragma once

#include <array>
#include <string_view>

namespace pgfilter::cli {

// clang-format off
enum class OptionId {
    file, in_place, no_sync, format, limit, rule, use_list, filter, map_role, map_role_file, map_tablespace, any_rule,
    rules_file, target, source, list_targets, print_rules, list_rules, dry_run, list, needs, check_for, check, report,
    json, strict, verbose, quiet, version, help
};
// clang-format on

struct OptionRow {
    OptionId id;
    const char* names;     ///< as CLI11 wants them; of a rule, the first long one is its name
    const char* argument;  ///< null if it takes none
    std::string_view group;
    const char* help;
};

inline constexpr std::string_view general = "General options";
inline constexpr std::string_view stripping = "What to strip";
inline constexpr std::string_view roles = "Roles and tablespaces";
inline constexpr std::string_view selecting = "What to select (as pg_restore does)";
inline constexpr std::string_view leaving_out = "What to leave out, with all that hangs on it";
inline constexpr std::string_view guarding = "What to guard against";
inline constexpr std::string_view ruling = "Rules";
inline constexpr std::string_view telling = "What it tells";

inline constexpr auto option_table = std::to_array<OptionRow>({
    {OptionId::file, "-f,--file,-o,--output", "FILENAME", general,
     "output file name (- for stdout); it appears only when complete"},
    {OptionId::in_place, "--in-place", nullptr, general, "replace FILE itself, when the new one is complete"},
    {OptionId::format, "-F,--format", "c", general, "input format; only custom can be read"},
    {OptionId::limit, "--limit", "NAME=VALUE", general,
     "refuse an archive with more entries, toc-bytes, text-bytes or ratio"},
    {OptionId::no_sync, "--no-sync", nullptr, general,
     "do not wait for the file to be written safely to disk"},
    {OptionId::rule, "--repair", nullptr, general,
     "repair what pg_dump wrote so that pg_restore cannot read it"},
    {OptionId::version, "-V,--version", nullptr, general, "output version information, then exit"},
    {OptionId::help, "-?,--help", nullptr, general, "show this help, then exit"},
    {OptionId::rule, "-O,--no-owner", nullptr, stripping, "ownership of objects"},
    {OptionId::rule, "-x,--no-privileges,--no-acl", nullptr, stripping, "access privileges (grant/revoke)"},
    {OptionId::rule, "--no-grants", nullptr, stripping,
     "what is granted, but not what is revoked (GRANT, not REVOKE)"},
    {OptionId::rule, "--no-grantors", nullptr, stripping,
     "who granted it (SET SESSION AUTHORIZATION); who restores it grants"},
    {OptionId::rule, "--no-tablespaces", nullptr, stripping, "tablespace assignments"},
    {OptionId::rule, "--if-not-exists", nullptr, stripping,
     "errors for schemas and extensions that exist (IF NOT EXISTS)"},
    {OptionId::rule, "--no-large-objects,--no-blobs", nullptr, stripping,
     "large objects, with their privileges and comments"},
    {OptionId::rule, "--no-create", nullptr, stripping,
     "the database itself: CREATE DATABASE and its settings"},
    {OptionId::rule, "--no-comments", nullptr, stripping, "comments on objects"},
    {OptionId::rule, "--no-event-triggers", nullptr, stripping, "event triggers"},
    {OptionId::rule, "--no-queries-under-row-security", nullptr, stripping,
     "refreshes of materialized views that row security would let fail"},
    {OptionId::rule, "--no-planner-hints", nullptr, stripping,
     "LEAKPROOF, SUPPORT and estimators, which only superusers may give"},
    {OptionId::rule, "--no-policies", nullptr, stripping, "row security policies"},
    {OptionId::rule, "--no-public-schema", nullptr, stripping, "schema public itself, and its comment"},
    {OptionId::rule, "--no-standard-language", nullptr, stripping,
     "language plpgsql itself; functions in it stay"},
    {OptionId::rule, "--no-publications", nullptr, stripping, "publications"},
    {OptionId::rule, "--no-security-labels", nullptr, stripping, "security labels"},
    {OptionId::rule, "--no-statistics", nullptr, stripping, "optimizer statistics"},
    {OptionId::rule, "--no-system-privileges", nullptr, stripping,
     "privileges on objects of the server and of extensions"},
    {OptionId::rule, "--no-subscriptions", nullptr, stripping, "subscriptions"},
    {OptionId::rule, "--no-table-access-method", nullptr, stripping, "table access methods"},
    {OptionId::rule, "--unlogged-to-logged", nullptr, stripping, "UNLOGGED of tables and sequences"},
    {OptionId::rule, "-n,--schema", "NAME", selecting, "only objects in this schema"},
    {OptionId::rule, "-N,--exclude-schema", "NAME", selecting, "no objects in this schema"},
    {OptionId::rule, "-t,--table", "NAME", selecting, "named relation (table, view, etc.)"},
    {OptionId::rule, "--include-schema", "PATTERN", selecting,
     "schemas with all that is in them, as pg_dump -n does"},
    {OptionId::rule, "--include-table", "PATTERN", selecting,
     "tables with indexes and so on, as pg_dump -t does"},
    {OptionId::rule, "--table-and-children", "PATTERN", selecting,
     "the same by pattern, as in pg_dump: with indexes and so on, and children"},
    {OptionId::rule, "-I,--index", "NAME", selecting, "named index"},
    {OptionId::rule, "-P,--function", "NAME(args)", selecting, "named function"},
    {OptionId::rule, "--trigger", "NAME", selecting, "named trigger (the name, or table and name)"},
    {OptionId::rule, "--section", "SECTION", selecting, "named section (pre-data, data, or post-data)"},
    {OptionId::rule, "-a,--data-only", nullptr, selecting, "only the data, no schema"},
    {OptionId::rule, "-s,--schema-only", nullptr, selecting, "only the schema, no data"},
    {OptionId::rule, "--statistics-only", nullptr, selecting, "only optimizer statistics"},
    {OptionId::rule, "--no-data", nullptr, selecting, "no data"},
    {OptionId::rule, "--no-schema", nullptr, selecting, "no schema"},
    {OptionId::rule, "--strict-names", nullptr, selecting, "refuse names that the archive does not have"},
    {OptionId::use_list, "-L,--use-list", "FILENAME", selecting,
     "what this list has, in its order; a list is what -l prints"},
    {OptionId::map_role, "--map-role", "OLD=NEW", roles,
     "rename a role wherever it is named as one; several can become one"},
    {OptionId::map_role_file, "--map-role-file", "FILENAME", roles,
     "the same from a file, one OLD=NEW a line"},
    {OptionId::rule, "--drop-role", "PATTERN", roles,
     "leave out a role: grants to and by it, policies, settings, ownership"},
    {OptionId::rule, "--keep-roles", "PATTERN", roles,
     "the same for all roles that match none of these, and are not mapped"},
    {OptionId::rule, "--set-owner", "ROLE", roles, "one role owns everything that has an owner"},
    {OptionId::map_tablespace, "--map-tablespace", "OLD=NEW", roles,
     "rename a tablespace; repeatable, all at once"},
    {OptionId::rule, "--exclude-table", "PATTERN", leaving_out, "tables, views and sequences; repeatable"},
    {OptionId::rule, "--exclude-table-and-children", "PATTERN", leaving_out,
     "the same, with their partitions and inheriting tables"},
    {OptionId::rule, "--exclude-table-data", "PATTERN", leaving_out,
     "data of tables and its statistics, not their definition"},
    {OptionId::rule, "--exclude-table-data-and-children", "PATTERN", leaving_out,
     "the same, with their partitions and inheriting tables"},
    {OptionId::rule, "--exclude-extension", "PATTERN", leaving_out, "extensions; repeatable"},
    {OptionId::rule, "--extension", "PATTERN", leaving_out, "all extensions but these; repeatable"},
    {OptionId::rule, "--exclude-language", "PATTERN", leaving_out,
     "languages, and routines and transforms in them; repeatable"},
    {OptionId::rule, "--language", "PATTERN", leaving_out,
     "the same for all languages but these; repeatable"},
    {OptionId::rule, "--exclude-access-method", "PATTERN", leaving_out,
     "access methods and their indexes; their tables become heap tables"},
    {OptionId::rule, "--no-access-methods", nullptr, leaving_out,
     "the same for access methods that the archive creates"},
    {OptionId::rule, "--no-base-types", nullptr, leaving_out, "base types and shell types"},
    {OptionId::rule, "--no-superuser-casts", nullptr, leaving_out, "casts that only superusers may create"},
    {OptionId::rule, "--no-internal-aggregates", nullptr, leaving_out,
     "aggregates with a state of type internal"},
    {OptionId::rule, "--exclude", "KIND PATTERN", leaving_out,
     "objects of any kind by name, as -l shows them: 'RULE old_*'; repeatable"},
    {OptionId::rule, "--exclude-function", "PATTERN", leaving_out,
     "functions: a name, or 'name(types)' as -l shows it; repeatable"},
    {OptionId::rule, "--exclude-procedure", "PATTERN", leaving_out, "procedures, in the same way"},
    {OptionId::rule, "--exclude-aggregate", "PATTERN", leaving_out, "aggregates, in the same way"},
    {OptionId::rule, "--exclude-type", "PATTERN", leaving_out, "types and domains; repeatable"},
    {OptionId::rule, "--exclude-collation", "PATTERN", leaving_out, "collations; repeatable"},
    {OptionId::rule, "--exclude-server", "PATTERN", leaving_out, "foreign servers; repeatable"},
    {OptionId::rule, "--exclude-index", "PATTERN", leaving_out, "indexes; repeatable"},
    {OptionId::rule, "--exclude-constraint", "PATTERN", leaving_out,
     "constraints: a name, table.name or schema.table.name; repeatable"},
    {OptionId::rule, "--exclude-trigger", "PATTERN", leaving_out, "triggers, in the same way"},
    {OptionId::rule, "--exclude-policy", "PATTERN", leaving_out, "row security policies, in the same way"},
    {OptionId::rule, "--exclude-publication", "PATTERN", leaving_out, "publications; repeatable"},
    {OptionId::rule, "--exclude-event-trigger", "PATTERN", leaving_out, "event triggers; repeatable"},
    {OptionId::rule, "--exclude-entry", "KIND PATTERN", leaving_out,
     "an entry and nothing else, its object is there: 'SCHEMA tiger'"},
    {OptionId::rule, "--exclude-setting", "PATTERN", leaving_out,
     "routines that set (SET name TO) such settings; repeatable"},
    {OptionId::rule, "--no-superuser-settings", nullptr, leaving_out,
     "routines that set what only superusers may"},
    {OptionId::rule, "--no-all-tables-publications", nullptr, leaving_out,
     "publications of all tables, and of all tables in a schema"},
    {OptionId::rule, "--no-extension-comments", nullptr, leaving_out,
     "comments on extensions and on schemas that they make"},
    {OptionId::rule, "--no-extension-data", nullptr, leaving_out, "rows in tables that extensions have made"},
    {OptionId::rule, "--keep-extension-data", nullptr, leaving_out,
     "keep these rows, which --for leaves out"},
    {OptionId::rule, "--no-kind", "KIND", leaving_out,
     "entries of a kind, as -l names it: 'EVENT TRIGGER'; repeatable"},
    {OptionId::rule, "--keep-kind", "KIND", leaving_out,
     "not entries of a kind that --for or --from would leave out; repeatable"},
    {OptionId::rule, "--cascade", nullptr, leaving_out,
     "what uses an object left out, too; without, it is kept and reported"},
    {OptionId::filter, "--filter", "FILENAME", leaving_out,
     "include and exclude what the file says: a filter file of PostgreSQL 17"},
    {OptionId::rule, "--redact-secrets", nullptr, guarding,
     "replace passwords in options of servers, user mappings and subscriptions"},
    {OptionId::rule, "--reject-suspicious", nullptr, guarding,
     "refuse texts that become commands in a script or list made of the archive"},
    {OptionId::rule, "--only-kinds", "KIND", guarding,
     "drop entries of all other kinds (as -l names them); repeatable"},
    {OptionId::any_rule, "-r,--rule", "RULE", ruling,
     "apply a rule: its name and arguments, 'NAME key=value ...'; repeatable"},
    {OptionId::rules_file, "-R,--rules", "FILENAME", ruling, "apply the rules in a file, one a line"},
    {OptionId::target, "--for", "TARGET", ruling,
     "apply the rules for a platform, by name or from a file; others given win"},
    {OptionId::source, "--from", "SOURCE", ruling,
     "the same for the platform that the dump was taken on; repeatable"},
    {OptionId::list_targets, "--list-targets", nullptr, ruling,
     "say what platforms --for and --from know, then exit"},
    {OptionId::print_rules, "--print-rules", nullptr, ruling,
     "write the rule file that equals this command line, then exit"},
    {OptionId::list_rules, "--list-rules", nullptr, ruling, "say what rules there are, then exit"},
    {OptionId::dry_run, "--dry-run", nullptr, telling,
     "say what would be dropped and changed, entry by entry; write nothing"},
    {OptionId::list, "-l,--list", nullptr, telling,
     "print the table of contents as pg_restore -l does; write no archive"},
    {OptionId::needs, "--needs", nullptr, telling,
     "say what the result needs of its target, roles and so on; write nothing"},
    {OptionId::check_for, "--check-for", "TARGET", telling,
     "say what would fail on a platform, exit 1 if anything would; write nothing"},
    {OptionId::check, "--check", nullptr, telling,
     "read and decompress everything, say whether it is sound; write nothing"},
    {OptionId::report, "--report", "FILENAME", telling, "write all that was done as JSON"},
    {OptionId::json, "--json", nullptr, telling,
     "JSON for --list, --dry-run, --needs, --check-for, --check and --list-..."},
    {OptionId::strict, "--strict", nullptr, telling,
     "refuse if a rule matched nothing, or left something it could not handle"},
    {OptionId::verbose, "-v,--verbose", nullptr, telling, "say what was done, a line per rule"},
    {OptionId::quiet, "-q,--quiet", nullptr, telling, "no warnings, errors only"},
});

/// Options that pg_dump, pg_restore or psql have and pgfilter will not: why, and what to do.
struct RefusedOption {
    std::string_view short_name;
    std::string_view long_name;
    std::string_view reason;
};

inline constexpr std::string_view connection =
    "pgfilter never connects to a server; give this option to pg_dump or pg_restore";
inline constexpr std::string_view dumping = "this is about dumping; give this option to pg_dump";
inline constexpr std::string_view restoring = "this is about restoring; give this option to pg_restore";

inline constexpr std::array<RefusedOption, 19> refused_options{{
    {"-T", "",
     "it means --trigger in pg_restore and --exclude-table in pg_dump, so it is not taken for either; give "
     "the one you mean by its long name"},
    {"-d", "--dbname", connection},
    {"-h", "--host",
     "pgfilter never connects to a server; give this option to pg_dump or pg_restore (for help: --help)"},
    {"-p", "--port", connection},
    {"-U", "--username", connection},
    {"-w", "--no-password", connection},
    {"-W", "--password", connection},
    {"", "--role", connection},
    {"-j", "--jobs", restoring},
    {"-1", "--single-transaction", restoring},
    {"-c", "--clean", restoring},
    {"-C", "--create", "this is about restoring; give it to pg_restore (the opposite here is --no-create)"},
    {"-e", "--exit-on-error", restoring},
    {"-S", "--superuser", restoring},
    {"", "--if-exists", restoring},
    {"", "--disable-triggers", restoring},
    {"", "--statistics", "optimizer statistics are kept unless an option drops them"},
    {"-Z", "--compress", "data passes as it is stored; give this option to pg_dump"},
    {"-b", "--large-objects", dumping},
}};

}  // namespace pgfilter::cli
