// SPDX-License-Identifier: PostgreSQL
#include "rules/definition.hpp"

#include <algorithm>
#include <array>

#include "rules/membership.hpp"
#include "sql/definitions.hpp"

namespace pgfilter {
namespace {

Bytes definition(const TocEntry& entry) {
    return entry.defn().value_or("");
}

/// Tables and views are types too.
bool makes_type(const Toc& toc, DumpId id) {
    constexpr EntryKinds types = relations | EntryKind::type | EntryKind::shell_type | EntryKind::domain;
    const auto index = toc.find(id);
    return index && types.has(toc[*index].kind());
}

}  // namespace

std::optional<std::string> language_of(const TocEntry& entry, sql::Dialect dialect) {
    const EntryKind kind = entry.kind();
    if (!with_language.has(kind)) return std::nullopt;
    if (kind == EntryKind::procedural_language || kind == EntryKind::func_procedural_language)
        return std::string(entry.tag());
    return sql::find_language(definition(entry), dialect);
}

bool makes_standard_language(const TocEntry& entry) {
    constexpr EntryKinds makers = EntryKind::procedural_language | EntryKind::extension;
    return makers.has(entry.kind()) && entry.tag() == "plpgsql";
}

bool is_of_standard_language(const TocEntry& entry, sql::Dialect dialect) {
    if (entry.kind() == EntryKind::procedural_language) return makes_standard_language(entry);
    constexpr std::array<Bytes, 3> handlers{"plpgsql_call_handler()", "plpgsql_validator(oid)",
                                            "plpgsql_inline_handler(internal)"};
    return entry.kind() == EntryKind::function &&
           std::find(handlers.begin(), handlers.end(), entry.tag()) != handlers.end() &&
           language_of(entry, dialect) == "c";
}

std::optional<std::string> access_method_of(const TocEntry& entry, sql::Dialect dialect) {
    if (!with_access_method.has(entry.kind())) return std::nullopt;
    if (entry.kind() == EntryKind::access_method) return std::string(entry.tag());
    return sql::find_access_method(definition(entry), dialect);
}

bool is_base_type(const TocEntry& entry, sql::Dialect dialect) {
    return entry.kind() == EntryKind::shell_type ||
           (entry.kind() == EntryKind::type && sql::makes_base_type(definition(entry), dialect));
}

// The dependencies of a cast are its types and its function.
bool needs_superuser_as_cast(const Toc& toc, const TocEntry& entry, sql::Dialect dialect) {
    if (entry.kind() != EntryKind::cast) return false;
    if (sql::makes_binary_cast(definition(entry), dialect)) return true;
    const std::vector<DumpId> ids = entry.dependencies();
    return std::none_of(ids.begin(), ids.end(), [&](DumpId id) { return makes_type(toc, id); });
}

bool has_internal_state(const TocEntry& entry, sql::Dialect dialect) {
    return entry.kind() == EntryKind::aggregate && sql::has_internal_state(definition(entry), dialect);
}

bool publishes_all(const TocEntry& entry, sql::Dialect dialect) {
    return entry.kind() == EntryKind::publication_tables_in_schema ||
           (entry.kind() == EntryKind::publication && sql::publishes_all(definition(entry), dialect));
}

// From pg_settings, where context is "superuser".  One with a dot in its name is of a module, which says
// whether others may change it, but not before it is loaded (validate_option_array_item in guc.c).
bool is_superuser_setting(Bytes name) {
    // clang-format off
    constexpr std::array<Bytes, 50> settings{
        "allow_in_place_tablespaces", "allow_system_table_mods", "backtrace_functions", "commit_delay",
        "compute_query_id", "deadlock_timeout", "debug_discard_caches", "debug_invalidate_system_caches_always",
        "dynamic_library_path", "event_triggers", "extension_control_path", "extension_destdir",
        "ignore_checksum_failure", "jit_dump_bitcode", "lc_messages",
        "lo_compat_privileges", "log_duration", "log_error_verbosity", "log_executor_stats", "log_lock_failures",
        "log_lock_waits", "log_min_duration_sample", "log_min_duration_statement", "log_min_error_statement",
        "log_min_messages", "log_parameter_max_length", "log_parser_stats", "log_planner_stats",
        "log_replication_commands", "log_statement", "log_statement_sample_rate", "log_statement_stats",
        "log_temp_files", "log_transaction_sample_rate", "max_stack_depth", "session_preload_libraries",
        "session_replication_role", "temp_file_limit", "track_activities", "track_cost_delay_timing",
        "track_counts", "track_functions", "track_io_timing", "track_wal_io_timing", "update_process_title",
        "wal_compression", "wal_consistency_checking", "wal_init_zero", "wal_recycle", "zero_damaged_pages"};
    // clang-format on
    return name.find('.') != Bytes::npos ||
           std::find(settings.begin(), settings.end(), name) != settings.end();
}

}  // namespace pgfilter
