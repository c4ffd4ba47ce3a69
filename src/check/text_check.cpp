// SPDX-License-Identifier: PostgreSQL
// Texts: those that are suspicious, values that pg_restore does not expect, and kinds that it does not know.
#include "archive/entry_fields.hpp"
#include "archive/kind_facts.hpp"
#include "archive/large_object_lists.hpp"
#include "archive/suspicious_texts.hpp"
#include "check/toc_check.hpp"

namespace pgfilter {
namespace {

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
        check_relkind();
    }

    // A kind that a later PostgreSQL invents comes with a relkind of its own.
    void check_relkind() {
        if (place_.entry.kind() == EntryKind::other) return;
        const std::int32_t relkind = place_.entry.number(Field::relkind);
        constexpr Bytes relkinds = "rpvmfg";
        if (relkind != 0 &&
            (relkind < ' ' || relkind > '~' || relkinds.find(static_cast<char>(relkind)) == Bytes::npos))
            tell(FindingKind::field_value, "relkind " + std::to_string(relkind) + " is not known");
    }

    void check_kind() {
        const EntryKind kind = place_.entry.kind();
        const Ownership ownership = facts_of(kind).ownership;
        const Text drop_stmt = text(Field::drop_stmt);
        const bool has_owner = !text(Field::owner).value_or("").empty() && !drop_stmt.value_or("").empty();
        if (kind == EntryKind::other) {
            tell(FindingKind::unknown_kind,
                 has_owner ? "kind of the entry is not known: a pg_restore from 16 on that does not know it "
                             "either gives up at its owner"
                           : "kind of the entry is not known");
        } else if (ownership == Ownership::unknown && has_owner) {
            tell(FindingKind::unknown_owner, "kind of the entry is not one that has an owner");
        } else if (ownership == Ownership::by_drop_statement && has_owner &&
                   !drop_stmt->starts_with("DROP ")) {
            tell(FindingKind::statement_shape, "drop statement drops nothing");
        }
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
