#include "archive/suspicious_names.hpp"

#include <algorithm>
#include <array>

#include "archive/entry_fields.hpp"

namespace pgfilter {
namespace {

using Danger = SuspiciousText::Danger;

struct NamedField {
    Field field;
    Danger with_line_break;
};

// What pg_restore replaces line breaks in is sanitize_line()'s.  A table access method is written as a quoted
// identifier.
constexpr std::array<NamedField, 6> name_fields{{
    {Field::tag, Danger::misleads},
    {Field::desc, Danger::injects},
    {Field::namespace_, Danger::misleads},
    {Field::tablespace, Danger::misleads},
    {Field::tableam, Danger::misleads},
    {Field::owner, Danger::misleads},
}};
constexpr std::array<Field, 3> sql_fields{Field::defn, Field::drop_stmt, Field::copy_stmt};

constexpr const char* line_break = "has a line break";
constexpr const char* zero_byte = "has a zero byte, where pg_restore stops reading";

bool has_zero_byte(Bytes text) {
    return text.find('\0') != Bytes::npos;
}

bool stands_outside_quotes_in_copy(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           Bytes("_ ,.()").find(c) != Bytes::npos;
}

/// COPY name (columns) FROM stdin; where all that is not a plain word is in double quotes, so that nothing
/// else can be in it (dumpTableData() in pg_dump.c).
bool is_copy_from_stdin(Bytes statement) {
    constexpr Bytes begin = "COPY ";
    constexpr Bytes end = " FROM stdin;\n";
    if (!statement.starts_with(begin) || !statement.ends_with(end)) return false;
    statement.remove_suffix(2);  // the end of the statement
    bool quoted = false;
    for (const char c : statement) {
        if (c == '"') quoted = !quoted;
        if (c != '"' && !quoted && !stands_outside_quotes_in_copy(c)) return false;
    }
    return !quoted;
}

void check_name(const char* name, Bytes text, Danger with_line_break, const FoundSuspiciousText& found) {
    if (has_line_break(text)) return found({name, line_break, with_line_break});
    if (has_zero_byte(text)) found({name, zero_byte, Danger::hides});
}

const char* suspicion_of_data(const TocEntry& entry, Field field, Bytes text) {
    if (text.empty() || entry.desc() != "TABLE DATA") return nullptr;
    if (field == Field::defn && !is_partition_root_comment(text))
        return "is not pg_dump's, of one line (CVE-2025-8715)";
    if (field == Field::copy_stmt && !is_copy_from_stdin(text)) return "is more than COPY ... FROM stdin";
    return nullptr;
}

// pg_restore sends it at the beginning of every session, and no list shows it.
bool is_strange_search_path(const TocEntry& entry, Field field, Bytes text) {
    return field == Field::defn && entry.desc() == "SEARCHPATH" &&
           text != "SELECT pg_catalog.set_config('search_path', '', false);\n";
}

void check_sql(const TocEntry& entry, Field field, Bytes text, const FoundSuspiciousText& found) {
    const char* const name = format_of(field).name;
    if (const char* const reason = suspicion_of_data(entry, field, text))
        return found({name, reason, Danger::injects});
    if (is_strange_search_path(entry, field, text)) return found({name, "is not pg_dump's", Danger::injects});
    if (has_zero_byte(text)) found({name, zero_byte, Danger::hides});
}

}  // namespace

bool has_line_break(Bytes text) {
    return text.find_first_of("\r\n") != Bytes::npos;
}

bool is_partition_root_comment(Bytes defn) {
    constexpr Bytes comment = "-- load via partition root ";
    return defn.starts_with(comment) && !has_line_break(defn);
}

void find_suspicious_texts(const Header& header, const FoundSuspiciousText& found) {
    check_name("database name", header.database.value_or(""), Danger::misleads, found);
    check_name("server version", header.server_version.value_or(""), Danger::injects, found);
    check_name("pg_dump version", header.dump_version.value_or(""), Danger::injects, found);
}

void find_suspicious_texts(const TocEntry& entry, const FoundSuspiciousText& found) {
    for (const NamedField& name : name_fields) {
        if (const Text text = entry.text(name.field))
            check_name(format_of(name.field).name, *text, name.with_line_break, found);
    }
    for (const Field field : sql_fields) {
        if (const Text text = entry.text(field)) check_sql(entry, field, *text, found);
    }
}

}  // namespace pgfilter
