// Texts: those that are suspicious, values that pg_restore does not expect, and kinds that it does not know.
#include <algorithm>
#include <array>

#include "archive/entry_fields.hpp"
#include "archive/large_object_lists.hpp"
#include "archive/suspicious_texts.hpp"
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

class TextChecker {
public:
    TextChecker(const EntryPlace& place, const FindingHandler& found) : place_(place), found_(found) {}

    void check(const TextJudge& judge) {
        judge.judge_texts(place_.entry,
                          [&](const SuspiciousText& text) { tell(text.kind, text.describe()); });
        check_values();
        check_kind();
    }

private:
    [[nodiscard]] Text text(Field field) const { return place_.entry.text(field); }

    void tell(FindingKind kind, std::string message) { found_(finding_in(place_, kind, std::move(message))); }

    void check_values() {
        for (const Field field : {Field::table_oid, Field::oid}) {
            if (const Text number = text(field); number && !is_oid(*number))
                tell(FindingKind::field_value, std::string(format_of(field).name) + " is no number");
        }
        if (const Text flag = text(Field::with_oids); flag && flag != "true" && flag != "false")
            tell(FindingKind::field_value, "WITH OIDS flag is neither \"true\" nor \"false\"");
        const std::int32_t relkind = place_.entry.number(Field::relkind);
        constexpr Bytes relkinds = "rpvmfg";
        if (relkind != 0 &&
            (relkind < ' ' || relkind > '~' || relkinds.find(static_cast<char>(relkind)) == Bytes::npos))
            tell(FindingKind::field_value, "relkind " + std::to_string(relkind) + " is not known");
    }

    void check_kind() {
        const EntryKind kind = place_.entry.kind();
        const Text drop_stmt = text(Field::drop_stmt);
        const bool has_owner = !text(Field::owner).value_or("").empty() && !drop_stmt.value_or("").empty();
        if (without_owner.has(kind) && has_owner)
            return tell(FindingKind::unknown_owner, "kind of the entry is not one that has an owner");
        const Bytes desc = place_.entry.desc();
        if (kind == EntryKind::other &&
            std::find(other_descs.begin(), other_descs.end(), desc) == other_descs.end())
            return tell(FindingKind::unknown_kind, "kind of the entry is not known");
        if (has_owner && named_by_drop_statement.has(kind) && !drop_stmt->starts_with("DROP "))
            tell(FindingKind::statement_shape, "drop statement drops nothing");
    }

    const EntryPlace& place_;
    const FindingHandler& found_;
};

}  // namespace

void check_texts(const Prologue& prologue, const FindingHandler& found) {
    judge_texts(prologue.header, [&](const SuspiciousText& text) {
        found({text.kind, text.describe(), std::nullopt, std::nullopt, ""});
    });
    const TextJudge judge(prologue.toc);
    for_each_entry(prologue, [&](const EntryPlace& place) { TextChecker(place, found).check(judge); });
}

}  // namespace pgfilter
