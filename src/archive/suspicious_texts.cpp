#include "archive/suspicious_texts.hpp"

#include <algorithm>

#include "archive/dialect.hpp"
#include "sql/script_danger.hpp"

namespace pgfilter {
namespace {

/// What is wrong with a text; nothing if `reason` is null.
struct Verdict {
    FindingKind kind = FindingKind::statement_injection;
    const char* reason = nullptr;
};

bool take(Bytes& rest, Bytes part) {
    if (!rest.starts_with(part)) return false;
    rest.remove_prefix(part.size());
    return true;
}

bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool take_quoted_name(Bytes& rest) {
    std::size_t at = 0;
    do {  // a quote doubled stands for itself
        at = rest.find('"', at + 1);
        if (at == Bytes::npos) return false;
        ++at;
    } while (at < rest.size() && rest[at] == '"');
    rest.remove_prefix(at);
    return true;
}

/// Takes a name off the front.  pg_dump quotes all but lower-case letters, digits and underscores (fmtId() in
/// dumputils.c), so that there is never a dollar sign or a letter beyond ASCII without quotes; in them can be
/// anything, line breaks and semicolons too.
bool take_name(Bytes& rest) {
    if (rest.starts_with('"')) return take_quoted_name(rest);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_word_byte);
    const auto size = static_cast<std::size_t>(end - rest.begin());
    rest.remove_prefix(size);
    return size > 0;
}

bool take_names(Bytes& rest, Bytes separator) {
    do {
        if (!take_name(rest)) return false;
    } while (take(rest, separator));
    return true;
}

void skip_blanks(Bytes& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
}

/// COPY name (columns) WITH OIDS FROM stdin, with or without the parts in the middle (dumpTableData() in
/// pg_dump.c of 8.0 to 19).  More could be an expression that calls functions (WHERE, from 12 on) or a
/// program.
bool is_copy_from_stdin(Bytes statement) {
    if (!take(statement, "COPY ") || !take_names(statement, ".")) return false;
    skip_blanks(statement);
    if (take(statement, "(") && !(take_names(statement, ", ") && take(statement, ")"))) return false;
    skip_blanks(statement);
    if (take(statement, "WITH OIDS")) skip_blanks(statement);
    return statement == "FROM stdin;\n";
}

/// The only definition that pg_dump gives to rows: a comment, on one line (dumpTableData() in pg_dump.c).
bool is_partition_root_comment(Bytes defn) {
    return defn.starts_with("-- load via partition root ") && defn.find_first_of("\r\n") == Bytes::npos;
}

/// A line each.  pg_restore puts every line into quotes and runs that.
bool is_list_of_oids(Bytes defn) {
    while (!defn.empty()) {
        const std::size_t end = defn.find('\n');
        if (end == Bytes::npos || !is_oid(defn.substr(0, end))) return false;
        defn.remove_prefix(end + 1);
    }
    return true;
}

Verdict judge_name(Field field, EntryKind kind, Bytes name) {
    if (name.find('\n') != Bytes::npos || name.find('\r') != Bytes::npos)
        return {field == Field::desc ? FindingKind::name_injection : FindingKind::name_line_break,
                "has a line break"};
    // pg_restore writes ALTER LARGE OBJECT tag OWNER TO, without quotes (_getObjectDescription).
    if (field == Field::tag && kind == EntryKind::blob && !is_oid(name))
        return {FindingKind::statement_injection, "is not just the OID of a large object"};
    return {};
}

Verdict judge_sql(Bytes sql, sql::Dialect dialect) {
    return {FindingKind::statement_injection, sql::find_script_danger(sql, dialect)};
}

Verdict judge_definition(EntryKind kind, Bytes defn, sql::Dialect dialect) {
    constexpr EntryKinds data = EntryKind::table_data | EntryKind::blobs | EntryKind::blob_comments;
    // pg_restore sends it at the beginning of every session, and no list shows it.
    if (kind == EntryKind::search_path)
        return {FindingKind::search_path, defn == "SELECT pg_catalog.set_config('search_path', '', false);\n"
                                              ? nullptr
                                              : "is not pg_dump's, which makes the search_path empty"};
    if (data.has(kind) && !defn.empty() && !is_partition_root_comment(defn))
        return {FindingKind::statement_injection,
                kind == EntryKind::table_data
                    ? "is not just the comment of --load-via-partition-root, of one line (CVE-2025-8715)"
                    : "is there, where large objects' data has none"};
    if (kind == EntryKind::blob_metadata)
        return {FindingKind::statement_injection,
                is_list_of_oids(defn) ? nullptr : "is not just the OIDs of large objects"};
    return judge_sql(defn, dialect);
}

// pg_restore sends it in front of the data, whatever kind the entry is of.
Verdict judge_copy(Bytes statement) {
    return {FindingKind::statement_injection, statement.empty() || is_copy_from_stdin(statement)
                                                  ? nullptr
                                                  : "is more than COPY ... FROM stdin"};
}

Verdict judge(EntryKind kind, Field field, Bytes text, sql::Dialect dialect) {
    switch (field) {
        case Field::tag:
        case Field::desc:
        case Field::namespace_:
        case Field::tablespace:
        case Field::tableam:
        case Field::owner:
            return judge_name(field, kind, text);
        case Field::defn:
            return judge_definition(kind, text, dialect);
        case Field::drop_stmt:
            return judge_sql(text, dialect);
        case Field::copy_stmt:
            return judge_copy(text);
        default:
            return {};
    }
}

void judge_zero_bytes(const char* field, Bytes text, const FoundSuspiciousText& found) {
    if (text.find('\0') != Bytes::npos)
        found({FindingKind::zero_byte, field, "has a zero byte, where pg_restore stops reading"});
}

}  // namespace

bool is_oid(Bytes text) {
    constexpr std::size_t most_digits = 10;
    return !text.empty() && text.size() <= most_digits && text.find_first_not_of("0123456789") == Bytes::npos;
}

void judge_texts(const Header& header, const FoundSuspiciousText& found) {
    const auto look = [&](const char* name, const std::optional<std::string>& text, FindingKind line_break) {
        if (!text) return;
        if (text->find_first_of("\r\n") != std::string::npos) found({line_break, name, "has a line break"});
        judge_zero_bytes(name, *text, found);
    };
    look("database name", header.database, FindingKind::name_line_break);
    // These stand behind "-- " in scripts, as they are (RestoreArchive in pg_backup_archiver.c).
    look("server version", header.server_version, FindingKind::name_injection);
    look("pg_dump version", header.dump_version, FindingKind::name_injection);
}

TextJudge::TextJudge(const Toc& toc) : layout_(toc.layout()), dialect_(dialect_of(toc)) {}

void TextJudge::judge_texts(const TocEntry& entry, const FoundSuspiciousText& found) const {
    Bytes rest = entry.stored();
    for (const FieldFormat& format : field_formats) {
        if (format.kind == FieldKind::text_list) return;  // no texts are behind the dependencies
        if (!has_field(layout_, format.field)) continue;
        Bytes stored = take_field(rest, format.kind, layout_);
        if (format.kind != FieldKind::text) continue;
        judge_text(entry.kind(), format,
                   entry.changed() ? entry.text(format.field) : wire::take_text(stored, layout_), found);
    }
}

void TextJudge::judge_text(EntryKind kind, const FieldFormat& format, Text text,
                           const FoundSuspiciousText& found) const {
    const Bytes value = text.value_or(Bytes());
    judge_zero_bytes(format.name, value, found);
    const Verdict verdict = judge(kind, format.field, value, dialect_);
    if (verdict.reason != nullptr) found({verdict.kind, format.name, verdict.reason});
}

}  // namespace pgfilter
