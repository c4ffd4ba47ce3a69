// SPDX-License-Identifier: PostgreSQL
#include "rules/large_object_acl.hpp"

#include <array>
#include <optional>

#include "archive/dialect.hpp"
#include "archive/large_object_lists.hpp"
#include "rules/rule_access.hpp"
#include "sql/statement.hpp"

namespace pgfilter {
namespace {

/// A large object's number in a text.
struct Number {
    std::size_t begin;
    std::size_t end;
};

std::vector<Number> find_numbers(Bytes sql, sql::Dialect dialect) {
    std::vector<Number> numbers;
    sql::StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.skip_to({"on"}) || !cursor.at_words({"large", "object"}, 1)) continue;
        const sql::Token* const number = cursor.peek(3);
        if (number != nullptr && number->kind == sql::TokenKind::number)
            numbers.push_back({number->position, number->end()});
    }
    return numbers;
}

/// The numbers of the large objects that the entry is about, one a line.
std::optional<Bytes> oids_of(const Toc& toc, const TocEntry& acl) {
    const std::vector<DumpId> ids = acl.dependencies();
    const auto index = ids.empty() ? std::nullopt : toc.find(ids.front());
    if (!index || toc[*index].kind() != EntryKind::blob_metadata) return std::nullopt;
    const Bytes lines = toc[*index].defn().value_or("");
    return !lines.empty() && is_list_of_oids(lines) ? std::optional(lines) : std::nullopt;
}

/// One of the rules that have changed the entry.
EditorId editor_of(const TocEntry& entry) {
    for (const Field field : {Field::defn, Field::owner, Field::namespace_, Field::tag}) {
        if (const auto editor = entry.changed_by(field)) return *editor;
    }
    return 0;
}

}  // namespace

bool is_group_acl(const TocEntry& entry) {
    return entry.kind() == EntryKind::acl && entry.tag().starts_with("LARGE OBJECTS");
}

bool is_broken_group_acl(const TocEntry& entry, sql::Dialect dialect) {
    if (!is_group_acl(entry)) return false;
    sql::StatementCursor cursor(entry.defn().value_or(""), dialect);
    while (cursor.next_statement()) {
        if (cursor.at_words({"set", "session", "authorization"})) return true;
    }
    return false;
}

// Copies are made without the text, so that only what each needs takes room.
void split_group_acl(RuleContext& context, std::size_t index, sql::Dialect dialect) {
    TocEntry& first = context.entry(index);
    const std::optional<Bytes> oids = oids_of(context.toc(), first);
    if (!oids || first.has_data()) return;
    // A view of it would not outlive the change of the first entry.
    const std::string defn(first.defn().value_or(""));
    const std::vector<Number> numbers = find_numbers(defn, dialect);
    const auto make_about = [&](TocEntry& entry, Bytes oid) {
        Splices splices;
        for (const Number number : numbers) splices.replace(number.begin, number.end, oid);
        context.set_text(entry, Field::tag, "LARGE OBJECT " + std::string(oid));
        context.set_text(entry, Field::defn, splices.apply(defn));
    };
    context.set_text(first, Field::defn, "");
    bool is_first = true;
    for_each_oid(*oids, [&](Bytes oid) {
        if (!is_first) make_about(context.entry(RuleAccess::add_copy(context, index, 0, defn.size())), oid);
        is_first = false;
    });
    make_about(first, oids->substr(0, oids->find('\n')));
}

void split_changed_group_acls(Prologue& prologue, std::vector<RuleReport>& reports, Closure& closure) {
    std::optional<sql::Dialect> dialect;
    for (std::size_t i = 0; i < prologue.toc.read_size(); ++i) {
        const TocEntry& entry = prologue.toc[i];
        if (entry.dropped() || !entry.changed() || !is_group_acl(entry)) continue;
        if (!dialect) dialect = dialect_of(prologue.toc);
        if (!is_broken_group_acl(entry, *dialect)) continue;
        const std::array<std::size_t, 1> spec{editor_of(entry)};
        RuleContext context = RuleAccess::context(prologue, reports, spec, closure);
        split_group_acl(context, i, *dialect);
    }
}

}  // namespace pgfilter
