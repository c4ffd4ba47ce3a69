// Texts of entries: what would be cut short, run or written by pg_restore without being anybody's definition.
#include <algorithm>
#include <array>

#include "archive/entry_fields.hpp"
#include "archive/suspicious_names.hpp"
#include "archive/toc_check.hpp"

namespace pgfilter {
namespace {

// What pg_restore hands to no owner (_getObjectDescription in pg_backup_archiver.c of 16 to 18 gives up at
// such entries if they have an owner and a drop statement), and those whose names it takes from their drop
// statement.
constexpr EntryKinds without_owner =
    EntryKind::other | EntryKind::encoding | EntryKind::standard_strings | EntryKind::search_path |
    EntryKind::acl | EntryKind::acl_language | EntryKind::default_acl | EntryKind::comment |
    EntryKind::security_label | EntryKind::table_data | EntryKind::sequence_set |
    EntryKind::sequence_owned_by | EntryKind::table_attach | EntryKind::index_attach | EntryKind::blobs |
    EntryKind::blob_comments | EntryKind::statistics_data | EntryKind::extended_statistics_data |
    EntryKind::materialized_view_data | EntryKind::publication_table |
    EntryKind::publication_tables_in_schema | EntryKind::subscription_table | EntryKind::shell_type |
    EntryKind::transform | EntryKind::text_search_parser | EntryKind::text_search_template;
constexpr EntryKinds named_by_drop_statement = EntryKind::aggregate | EntryKind::function |
                                               EntryKind::operator_ | EntryKind::operator_class |
                                               EntryKind::operator_family | EntryKind::procedure;

/// Of entries that PostgreSQL 8.0 to 19 write, too, but for no rule of its own.
constexpr std::array<Bytes, 4> other_descs{"FUNC PROCEDURAL LANGUAGE", "WARNING", "pg_largeobject",
                                           "pg_largeobject_metadata"};

bool is_number(Bytes text) {
    constexpr std::size_t most_digits = 10;
    return !text.empty() && text.size() <= most_digits && text.find_first_not_of("0123456789") == Bytes::npos;
}

/// "COPY name (columns) FROM stdin;", and no statement behind it.  Names may have anything in their quotes.
bool is_copy_statement(Bytes text) {
    constexpr Bytes end = " FROM stdin;\n";
    if (!text.starts_with("COPY ") || !text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    bool in_quotes = false;
    for (const char c : text) {
        if (c == '"') in_quotes = !in_quotes;
        if (!in_quotes && (c == ';' || c == '\'' || c == '\n' || c == '\\')) return false;
    }
    return !in_quotes;
}

/// OIDs, a line each.
bool is_oid_list(Bytes text) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == Bytes::npos || !is_number(text.substr(0, end))) return false;
        text.remove_prefix(end + 1);
    }
    return true;
}

class TextChecker {
public:
    TextChecker(const Layout& layout, const EntryPlace& place, const FindingHandler& found)
        : layout_(layout), place_(place), found_(found) {}

    void check() {
        read_texts(place_.entry.stored());
        check_values();
        check_names();
        check_kind();
        check_statements();
    }

private:
    [[nodiscard]] const Text& text(Field field) const { return texts_[static_cast<std::size_t>(field)]; }

    void tell(FindingKind kind, std::string message) { found_(finding_in(place_, kind, std::move(message))); }

    void read_texts(Bytes rest) {
        for (const FieldFormat& format : field_formats) {
            Text& value = texts_[static_cast<std::size_t>(format.field)];
            if (!has_field(layout_, format.field)) continue;
            Bytes encoded = take_field(rest, format.kind, layout_);
            if (format.kind != FieldKind::text) continue;
            value = wire::take_text(encoded, layout_);
            if (value && value->find('\0') != Bytes::npos)
                tell(FindingKind::zero_byte, std::string(format.name) + " has a zero byte");
        }
    }

    void check_values() {
        for (const Field field : {Field::table_oid, Field::oid}) {
            if (text(field) && !is_number(*text(field)))
                tell(FindingKind::field_value, std::string(format_of(field).name) + " is no number");
        }
        if (text(Field::with_oids) && text(Field::with_oids) != "true" && text(Field::with_oids) != "false")
            tell(FindingKind::field_value, "WITH OIDS flag is neither \"true\" nor \"false\"");
        const std::int32_t relkind = place_.entry.number(Field::relkind);
        constexpr Bytes relkinds = "rpvmfg";
        if (relkind != 0 &&
            (relkind < ' ' || relkind > '~' || relkinds.find(static_cast<char>(relkind)) == Bytes::npos))
            tell(FindingKind::field_value, "relkind " + std::to_string(relkind) + " is not known");
    }

    void check_names() {
        for (const Field field :
             {Field::desc, Field::tag, Field::namespace_, Field::tablespace, Field::tableam, Field::owner}) {
            const Text& name = text(field);
            if (!name || !has_line_break(*name)) continue;
            tell(field == Field::desc ? FindingKind::name_injection : FindingKind::name_line_break,
                 std::string(format_of(field).name) + " has a line break");
        }
    }

    void check_kind() {
        const EntryKind kind = place_.entry.kind();
        const bool has_owner =
            !text(Field::owner).value_or("").empty() && !text(Field::drop_stmt).value_or("").empty();
        if (without_owner.has(kind) && has_owner)
            return tell(FindingKind::unknown_owner, "kind of the entry is not one that has an owner");
        const Bytes desc = text(Field::desc).value_or("");
        if (kind == EntryKind::other &&
            std::find(other_descs.begin(), other_descs.end(), desc) == other_descs.end())
            return tell(FindingKind::unknown_kind, "kind of the entry is not known");
        if (has_owner && named_by_drop_statement.has(kind) && !text(Field::drop_stmt)->starts_with("DROP "))
            tell(FindingKind::statement_shape, "drop statement drops nothing");
    }

    void check_statements() {
        const Bytes desc = text(Field::desc).value_or("");
        const Bytes defn = text(Field::defn).value_or("");
        const Bytes copy = text(Field::copy_stmt).value_or("");
        if (!copy.empty() && !is_copy_statement(copy))
            tell(FindingKind::statement_injection, "copy statement is not just one COPY ... FROM stdin");
        if ((desc == "TABLE DATA" || desc == "BLOBS") && !defn.empty() && !is_partition_root_comment(defn))
            tell(FindingKind::statement_injection,
                 desc == "BLOBS" ? "entry of large objects' data has a definition"
                                 : "entry of rows has a definition that is not just the comment of "
                                   "--load-via-partition-root (CVE-2025-8715)");
        if (desc == "BLOB METADATA" && !is_oid_list(defn))
            tell(FindingKind::statement_injection, "list of large objects is not just OIDs");
    }

    const Layout& layout_;
    const EntryPlace& place_;
    const FindingHandler& found_;
    std::array<Text, field_formats.size()> texts_;
};

}  // namespace

void check_texts(const Prologue& prologue, const FindingHandler& found) {
    for_each_entry(prologue, [&](const EntryPlace& place) {
        TextChecker(prologue.header.layout, place, found).check();
    });
}

}  // namespace pgfilter
