// SPDX-License-Identifier: PostgreSQL
#include "archive/suspicious_texts.hpp"

#include <algorithm>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "archive/large_object_lists.hpp"
#include "sql/quoting.hpp"
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
/// dumputils.c), and key words, so that there is never a dollar sign or a letter beyond ASCII without quotes;
/// in them can be anything, line breaks and semicolons too.  After a COPY that is no SQL, psql takes the rows
/// for commands.
bool take_name(Bytes& rest) {
    if (rest.starts_with('"')) return take_quoted_name(rest);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_word_byte);
    const auto size = static_cast<std::size_t>(end - rest.begin());
    const Bytes name = rest.substr(0, size);
    rest.remove_prefix(size);
    return sql::is_bare(name);
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

Verdict judge_name(Field field, EntryKind kind, Bytes name, sql::Dialect dialect) {
    if (name.find('\n') != Bytes::npos || name.find('\r') != Bytes::npos)
        return {field == Field::desc ? FindingKind::name_injection : FindingKind::name_line_break,
                "has a line break"};
    // pg_restore writes ALTER LARGE OBJECT tag OWNER TO, without quotes (_getObjectDescription).
    if (field == Field::tag && kind == EntryKind::blob && !is_oid(name))
        return {FindingKind::statement_injection, "is not just the OID of a large object"};
    // It would take the quote that pg_restore puts after the name.
    if (!sql::has_whole_characters(name, dialect.trail))
        return {FindingKind::statement_injection, sql::broken_character};
    return {};
}

Verdict judge_sql(Bytes sql, sql::Dialect dialect) {
    return {FindingKind::statement_injection, sql::find_script_danger(sql, dialect)};
}

/// What pg_restore makes of a drop statement to give the object its owner (_getObjectDescription in
/// pg_backup_archiver.c).
std::string alter_owner(Bytes drop) {
    constexpr std::size_t cut_off = 5;  // "DROP ", whatever is there
    drop.remove_prefix(std::min(cut_off, drop.size()));
    while (drop.ends_with('\n') || drop.ends_with(';')) drop.remove_suffix(1);
    return "ALTER " + std::string(drop) + " OWNER TO o;\n";
}

/// What pg_restore -c --if-exists makes of it (RestoreArchive).
std::string drop_if_exists(const TocEntry& entry, Bytes drop) {
    const std::string front = "DROP " + std::string(entry.text(Field::desc).value_or(""));
    const std::size_t at = drop.find(front);
    std::string made(drop);
    if (at != Bytes::npos) made.insert(at + front.size(), " IF EXISTS");
    return made;
}

Verdict judge_drop_statement(const TocEntry& entry, Bytes drop, sql::Dialect dialect) {
    const Verdict verdict = judge_sql(drop, dialect);
    if (verdict.reason != nullptr) return verdict;
    const EntryKind kind = entry.kind();
    const bool becomes_alter = facts_of(kind).ownership == Ownership::by_drop_statement &&
                               !entry.text(Field::owner).value_or("").empty();
    if (becomes_alter && sql::find_script_danger(alter_owner(drop), dialect) != nullptr)
        return {FindingKind::statement_injection, "is read in another way as pg_restore's ALTER ... OWNER"};
    // Behind the kinds of pg_dump there is no difference.
    if (kind == EntryKind::other && sql::find_script_danger(drop_if_exists(entry, drop), dialect) != nullptr)
        return {FindingKind::statement_injection, "is read in another way with pg_restore's IF EXISTS"};
    return {};
}

/// Where pg_restore 17 and later look for the OIDs that privileges of several large objects are for.  It does
/// not look at the kind, and the rules make <Init>, which nothing restores, of one that others need.
bool is_list_of_large_objects(const TocEntry& entry) {
    return (EntryKind::blob_metadata | EntryKind::init).has(entry.kind());
}

Verdict judge_definition(const Toc& toc, const TocEntry& entry, Bytes defn, sql::Dialect dialect) {
    const EntryKind kind = entry.kind();
    // pg_restore never runs these two, and takes the last of several (processEncodingEntry).
    if (kind == EntryKind::encoding || kind == EntryKind::standard_strings) {
        const Text first = kind == EntryKind::encoding ? toc.encoding() : toc.standard_strings();
        return {FindingKind::statement_injection,
                first == defn ? nullptr : "is not that of another such entry"};
    }
    // pg_restore sends it at the beginning of every session, and no list shows it.
    if (kind == EntryKind::search_path)
        return {FindingKind::search_path, defn == "SELECT pg_catalog.set_config('search_path', '', false);\n"
                                              ? nullptr
                                              : "is not pg_dump's, which makes the search_path empty"};
    if (with_block.has(kind) && !is_partition_root_comment(defn))
        return {FindingKind::statement_injection,
                kind == EntryKind::table_data
                    ? "is not just the comment of --load-via-partition-root, of one line (CVE-2025-8715)"
                    : "is there, where large objects' data has none"};
    // pg_restore puts every line into statements, as it is.
    if (is_list_of_large_objects(entry))
        return {FindingKind::statement_injection,
                is_list_of_oids(defn) ? nullptr : "is not just the OIDs of large objects"};
    return judge_sql(defn, dialect);
}

// pg_restore sends it in front of the data, whatever kind the entry is of.
Verdict judge_copy(Bytes statement, sql::Dialect dialect) {
    if (!is_copy_from_stdin(statement))
        return {FindingKind::statement_injection, "is more than COPY ... FROM stdin"};
    return {FindingKind::statement_injection,
            sql::has_whole_characters(statement, dialect.trail) ? nullptr : sql::broken_character};
}

Verdict judge(const Toc& toc, const TocEntry& entry, Field field, Bytes text, sql::Dialect dialect) {
    switch (field) {
        case Field::tag:
        case Field::desc:
        case Field::namespace_:
        case Field::tablespace:
        case Field::tableam:
        case Field::owner:
            return judge_name(field, entry.kind(), text, dialect);
        case Field::defn:
            return judge_definition(toc, entry, text, dialect);
        case Field::drop_stmt:
            return judge_drop_statement(entry, text, dialect);
        case Field::copy_stmt:
            return judge_copy(text, dialect);
        default:
            return {};
    }
}

SuspiciousText zero_byte(const char* field) {
    return {FindingKind::zero_byte, field, "has a zero byte, where pg_restore stops reading"};
}

bool is_sql(Field field) {
    return field == Field::defn || field == Field::drop_stmt || field == Field::copy_stmt;
}

/// Of those up to the carriage return, or beyond ASCII.
bool has_odd_characters(Bytes name) {
    return std::any_of(name.begin(), name.end(), [](char c) { return static_cast<signed char>(c) <= '\r'; });
}

/// Whether a text has nothing that would have to be judged, as nearly all have.
bool is_harmless(EntryKind kind, Field field, Bytes text) {
    if (text.empty()) return kind != EntryKind::search_path || field != Field::defn;
    return !is_sql(field) && kind != EntryKind::blob && !has_odd_characters(text);
}

}  // namespace

void judge_texts(const Header& header, const FoundSuspiciousText& found) {
    const auto look = [&](const char* name, const std::optional<std::string>& text, FindingKind line_break) {
        if (!text) return;
        if (text->find_first_of("\r\n") != std::string::npos) found({line_break, name, "has a line break"});
        if (text->find('\0') != std::string::npos) found(zero_byte(name));
    };
    look("database name", header.database, FindingKind::name_line_break);
    // These follow "-- " in scripts, as they are (RestoreArchive in pg_backup_archiver.c).
    look("server version", header.server_version, FindingKind::name_injection);
    look("pg_dump version", header.dump_version, FindingKind::name_injection);
}

TextJudge::TextJudge(const Toc& toc) : toc_(toc), layout_(toc.layout()), dialect_(dialect_of(toc)) {}

void TextJudge::judge_texts(const TocEntry& entry, const FoundSuspiciousText& found) const {
    if (entry.kind() == EntryKind::acl) judge_list_of_privileges(entry, found);
    const bool changed = entry.changed();
    Bytes rest = entry.stored();
    for (const FieldFormat& format : field_formats) {
        if (format.kind == FieldKind::text_list) return;  // no texts follow the dependencies
        if (layout_.version.minor < format.since_minor) continue;
        if (format.kind == FieldKind::integer) {
            rest.remove_prefix(wire::int_width(layout_));
            continue;
        }
        Bytes text = wire::take_text(rest, layout_).value_or(Bytes());
        if (changed) text = entry.text(format.field).value_or(Bytes());
        if (!is_harmless(entry.kind(), format.field, text)) judge_text(entry, format, text, found);
    }
}

void TextJudge::judge_text(const TocEntry& entry, const FieldFormat& format, Bytes text,
                           const FoundSuspiciousText& found) const {
    const std::size_t zero = text.find('\0');
    if (zero != Bytes::npos) found(zero_byte(format.name));
    text = text.substr(0, zero);
    const Verdict verdict = judge(toc_, entry, format.field, text, dialect_);
    if (verdict.reason != nullptr) found({verdict.kind, format.name, verdict.reason});
}

// Of another entry, pg_restore would run every line as a part of GRANT (IssueACLPerBlob in
// pg_backup_archiver.c), even one that stands inside of quotes there.
void TextJudge::judge_list_of_privileges(const TocEntry& entry, const FoundSuspiciousText& found) const {
    if (!entry.tag().starts_with("LARGE OBJECTS")) return;
    const std::vector<DumpId> ids = entry.dependencies();
    const auto index = ids.empty() ? std::nullopt : toc_.find(ids.front());
    if (!index || toc_[*index].dropped() || is_list_of_large_objects(toc_[*index])) return;
    found({FindingKind::statement_injection, format_of(Field::dependencies).name,
           "leads to an entry that is no list of large objects"});
}

}  // namespace pgfilter
