// SPDX-License-Identifier: PostgreSQL
#include "sql/relation_names.hpp"

#include "sql/names.hpp"

namespace pgfilter::sql {
namespace {

/// The name of a table, with ONLY in front of it or without.
std::optional<QualifiedName> take_table(StatementCursor& cursor) {
    if (cursor.at_words({"only"})) cursor.advance();
    return take_name(cursor);
}

bool skip_to_subject_of_create(StatementCursor& cursor) {
    if (!skip_past(cursor, {"index", "trigger", "policy", "rule", "statistics", "view"})) return false;
    const Token kind = cursor.previous();
    if (kind.is_word("view")) return true;
    if (kind.is_word("rule")) return skip_past(cursor, {"to"});
    if (kind.is_word("statistics")) return skip_past(cursor, {"from"});
    return skip_past(cursor, {"on"});
}

bool skip_to_subject(StatementCursor& cursor) {
    if (cursor.at_words({"create"})) return skip_to_subject_of_create(cursor);
    if (!cursor.at_words({"alter"})) return false;
    cursor.advance();
    // Whose name could be the word "view".
    if (cursor.at_words({"publication"})) return skip_past(cursor, {"table"});
    return skip_past(cursor, {"table", "view", "domain"});
}

using FoundParent = std::function<void(const ParentName&)>;

void find_parents_in_list(StatementCursor& cursor, const FoundParent& found) {
    do {
        cursor.advance();
        auto parent = take_table(cursor);
        if (!parent) return;
        found({std::move(*parent), false});
    } while (cursor.at_symbol(','));
}

void find_parents_of_create(StatementCursor& cursor, const FoundParent& found) {
    if (!skip_past(cursor, {"table"}) || !take_table(cursor)) return;
    while (cursor.skip_to({"inherits", "partition"})) {
        const bool is_partition = cursor.at_words({"partition", "of"});
        // A table OF a type has that name here, with a schema or without.
        const bool is_name = cursor.previous().is_symbol('.') || cursor.previous().is_word("of");
        const bool has_list = !is_name && cursor.at_words({"inherits"}) && cursor.at_symbol('(', 1);
        cursor.advance();
        if (has_list) return find_parents_in_list(cursor, found);
        if (!is_partition) continue;
        cursor.advance();
        if (auto parent = take_table(cursor)) found({std::move(*parent), true});
        return;
    }
}

void find_parents_of_alter(StatementCursor& cursor, const FoundParent& found) {
    if (!skip_past(cursor, {"table"})) return;
    auto altered = take_table(cursor);
    if (altered && cursor.at_words({"attach", "partition"})) found({std::move(*altered), true});
    if (cursor.at_words({"inherit"})) find_parents_in_list(cursor, found);
}

}  // namespace

std::optional<QualifiedName> find_subject(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !skip_to_subject(cursor)) return std::nullopt;
    return take_table(cursor);
}

void find_parents(std::string_view sql, Dialect dialect,
                  const std::function<void(const ParentName&)>& found) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (cursor.at_words({"create"})) find_parents_of_create(cursor, found);
        if (cursor.at_words({"alter"})) find_parents_of_alter(cursor, found);
    }
}

std::vector<QualifiedName> find_attached_indexes(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"alter", "index"})) return {};
    skip_past(cursor, {"index"});
    auto parent = take_table(cursor);
    if (!parent || !cursor.at_words({"attach", "partition"})) return {};
    skip_past(cursor, {"partition"});
    auto child = take_table(cursor);
    if (!child) return {};
    return {std::move(*parent), std::move(*child)};
}

std::optional<std::string> find_server(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"create", "user", "mapping", "for"}))
        return std::nullopt;
    // The role after FOR could be called that too.
    for (int word = 0; word < 5; ++word) cursor.advance();
    if (!skip_past(cursor, {"server"})) return std::nullopt;
    return take_identifier(cursor);
}

}  // namespace pgfilter::sql
