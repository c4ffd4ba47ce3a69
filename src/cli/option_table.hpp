// Every option once: the parser and the help are made from this table.
#pragma once

#include <array>
#include <string_view>

namespace pgfilter::cli {

// clang-format off
enum class OptionId {
    file, in_place, no_sync, format, rule, use_list, list, map_role, map_role_file, dry_run, verbose, quiet, version, help
};
// clang-format on

struct OptionRow {
    OptionId id;
    const char* names;     ///< as CLI11 wants them; of a rule, the first long one is its name
    const char* argument;  ///< null if it takes none
    const char* group;
    const char* help;
};

inline constexpr const char* general = "General options";
inline constexpr const char* stripping = "What to strip";
inline constexpr const char* roles = "Roles";
inline constexpr const char* selecting = "What to select (as pg_restore does)";

inline constexpr std::array<OptionRow, 39> option_table{{
    {OptionId::file, "-f,--file,-o,--output", "FILENAME", general,
     "output file name (- for stdout); it appears only when complete"},
    {OptionId::in_place, "--in-place", nullptr, general, "replace FILE itself, when the new one is complete"},
    {OptionId::format, "-F,--format", "c", general, "input format; only custom can be read"},
    {OptionId::no_sync, "--no-sync", nullptr, general,
     "do not wait for the file to be written safely to disk"},
    {OptionId::dry_run, "--dry-run", nullptr, general,
     "say what would be dropped and changed, entry by entry, and write nothing"},
    {OptionId::list, "-l,--list", nullptr, general,
     "print the table of contents as pg_restore -l does, and write no archive"},
    {OptionId::verbose, "-v,--verbose", nullptr, general, "say what was done, a line per rule"},
    {OptionId::quiet, "-q,--quiet", nullptr, general, "no warnings, errors only"},
    {OptionId::version, "-V,--version", nullptr, general, "output version information, then exit"},
    {OptionId::help, "-?,--help", nullptr, general, "show this help, then exit"},
    {OptionId::rule, "-O,--no-owner", nullptr, stripping, "ownership of objects"},
    {OptionId::rule, "-x,--no-privileges,--no-acl", nullptr, stripping, "access privileges (grant/revoke)"},
    {OptionId::rule, "--no-tablespaces", nullptr, stripping, "tablespace assignments"},
    {OptionId::rule, "--no-large-objects,--no-blobs", nullptr, stripping,
     "large objects, with their privileges and comments"},
    {OptionId::rule, "--no-create", nullptr, stripping,
     "the database itself: CREATE DATABASE and its settings"},
    {OptionId::rule, "--no-comments", nullptr, stripping, "comments on objects"},
    {OptionId::rule, "--no-event-triggers", nullptr, stripping, "event triggers"},
    {OptionId::rule, "--no-policies", nullptr, stripping, "row security policies"},
    {OptionId::rule, "--no-publications", nullptr, stripping, "publications"},
    {OptionId::rule, "--no-security-labels", nullptr, stripping, "security labels"},
    {OptionId::rule, "--no-statistics", nullptr, stripping, "optimizer statistics"},
    {OptionId::rule, "--no-subscriptions", nullptr, stripping, "subscriptions"},
    {OptionId::rule, "--no-table-access-method", nullptr, stripping, "table access methods"},
    {OptionId::rule, "-n,--schema", "NAME", selecting, "only objects in this schema"},
    {OptionId::rule, "-N,--exclude-schema", "NAME", selecting, "no objects in this schema"},
    {OptionId::rule, "-t,--table", "NAME", selecting, "named relation (table, view, etc.)"},
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
     "rename a role wherever it is named as one; repeatable, all at once"},
    {OptionId::map_role_file, "--map-role-file", "FILENAME", roles,
     "the same from a file, one OLD=NEW a line"},
}};

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

inline constexpr std::array<RefusedOption, 21> refused_options{{
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
    {"", "--filter", "give this option to pg_restore, which takes it on pgfilter's output"},
    {"", "--statistics", "optimizer statistics are kept unless an option drops them"},
    {"-Z", "--compress", "data passes as it is stored; give this option to pg_dump"},
    {"-b", "--large-objects", dumping},
    {"", "--exclude-table", dumping},
}};

}  // namespace pgfilter::cli
