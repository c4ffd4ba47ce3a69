// SPDX-License-Identifier: PostgreSQL
#include "sql/definitions.hpp"

#include <array>

#include "sql/quoting.hpp"
#include "sql/settings.hpp"

namespace pgfilter::sql {
namespace {

/// Moves on to what follows the result's type in CREATE FUNCTION and PROCEDURE, so that no name can be taken
/// for a keyword: most of these need no quotes as names.
bool enter_routine(StatementCursor& cursor) {
    if (!cursor.at_words({"create"})) return false;
    const std::size_t kind = cursor.at_words({"or", "replace"}, 1) ? 3 : 1;
    if (!cursor.at_words({"function"}, kind) && !cursor.at_words({"procedure"}, kind)) return false;
    for (std::size_t word = 0; word <= kind; ++word) cursor.advance();
    if (!skip_name(cursor)) return false;
    skip_parentheses(cursor);
    if (!cursor.at_words({"returns"})) return true;
    cursor.advance();
    if (cursor.at_words({"setof"})) cursor.advance();
    skip_name(cursor);
    return true;
}

/// Moves on to what follows the type in CREATE TRANSFORM.
bool enter_transform(StatementCursor& cursor) {
    if (!cursor.at_words({"create", "transform", "for"})) return false;
    for (int word = 0; word < 3; ++word) cursor.advance();
    skip_name(cursor);
    return true;
}

/// Whether a word that follows this token is no name: not part of one, nor of a type or setting.
bool may_precede_keyword(const Token& token) {
    return !token.is_symbol('.') && !token.is_word("type") && !token.is_word("set");
}

/// Moves on to USING of CREATE INDEX name ON name.
bool enter_index(StatementCursor& cursor) {
    cursor.advance();
    if (cursor.at_words({"unique"})) cursor.advance();
    if (!cursor.at_words({"index"})) return false;
    // The name of the index can be left out, and can be that of a keyword.
    if (!skip_past(cursor, {"on"})) return false;
    if (cursor.at_words({"only"})) cursor.advance();
    if (!skip_name(cursor)) return false;
    skip_parentheses(cursor);
    return true;
}

/// Moves on to USING of CREATE OPERATOR CLASS name FOR TYPE type and CREATE OPERATOR FAMILY name.
bool enter_operator_group(StatementCursor& cursor) {
    const bool is_class = cursor.at_words({"create", "operator", "class"});
    if (!is_class && !cursor.at_words({"create", "operator", "family"})) return false;
    for (int word = 0; word < 3; ++word) cursor.advance();
    if (!skip_name(cursor)) return false;
    return !is_class || cursor.skip_to({"using"});
}

/// Moves on to USING of ALTER TABLE name ADD CONSTRAINT name EXCLUDE.  Other constraints have an access
/// method that is not named, and USING INDEX of REPLICA IDENTITY and of tablespaces is none.
bool enter_exclusion(StatementCursor& cursor) {
    if (!cursor.at_words({"alter", "table"}) || !skip_past(cursor, {"constraint"})) return false;
    if (!skip_name(cursor) || !cursor.at_words({"exclude"})) return false;
    cursor.advance();
    return true;
}

/// An object can have two at most, so that a list of them cannot grow with the text.
constexpr std::size_t most_hints = 2;

void find_hints_of_routine(StatementCursor& cursor, std::vector<PlannerHint>& hints) {
    if (!skip_past(cursor, {"language"})) return;
    cursor.advance();
    while (hints.size() < most_hints && cursor.skip_to({"leakproof", "support", "as", "begin", "return"})) {
        const Token before = cursor.previous();
        const bool is_leakproof = cursor.at_words({"leakproof"});
        const bool is_support = cursor.at_words({"support"});
        cursor.advance();
        if (!may_precede_keyword(before)) continue;
        if (!is_leakproof && !is_support) return;  // the body
        QualifiedName function;
        if (is_support) function = take_name(cursor).value_or(QualifiedName());
        hints.push_back({{before.end(), cursor.previous().end()}, std::move(function)});
    }
}

void find_hints_of_operator(StatementCursor& cursor, std::vector<PlannerHint>& hints) {
    while (hints.size() < most_hints && cursor.peek() != nullptr) {
        const bool is_hint = cursor.at_words({"restrict"}, 1) || cursor.at_words({"join"}, 1);
        const std::size_t begin = cursor.peek()->position;
        const bool is_clause = is_hint && cursor.at_symbol(',') && cursor.at_symbol('=', 2);
        cursor.advance();
        if (!is_clause) continue;
        cursor.advance();
        cursor.advance();
        auto function = take_name(cursor);
        if (function && !function->schema.empty() && function->schema != "pg_catalog")
            hints.push_back({{begin, cursor.previous().end()}, std::move(*function)});
    }
}

}  // namespace

std::optional<std::string> find_language(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!enter_transform(cursor) && !enter_routine(cursor)) continue;
        if (!skip_past(cursor, {"language"})) continue;
        const Token* const name = cursor.peek();
        if (name == nullptr) continue;
        return name->kind == TokenKind::string ? decode_literal(*name, dialect) : decode_identifier(*name);
    }
    return std::nullopt;
}

std::optional<std::string> find_access_method(std::string_view sql, Dialect dialect) {
    if (!contains_in_any_case(sql, "using")) return std::nullopt;  // cheaper to test than to tokenise
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        const bool is_there = cursor.at_words({"create", "operator"}) ? enter_operator_group(cursor)
                              : cursor.at_words({"create"})           ? enter_index(cursor)
                                                                      : enter_exclusion(cursor);
        if (!is_there || !cursor.at_words({"using"})) continue;
        if (const Token* const name = cursor.peek(1)) return decode_identifier(*name);
    }
    return std::nullopt;
}

bool makes_base_type(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.at_words({"create", "type"})) continue;
        cursor.advance();
        cursor.advance();
        return skip_name(cursor) && !cursor.at_words({"as"});
    }
    return false;
}

bool makes_binary_cast(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"create", "cast"})) return false;
    return cursor.skip_to({"without", "with"}) && cursor.at_words({"without", "function"});
}

bool has_internal_state(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"create", "aggregate"})) return false;
    for (; cursor.peek() != nullptr; cursor.advance()) {
        const bool is_state = cursor.at_words({"stype"}) || cursor.at_words({"mstype"});
        if (is_state && cursor.at_symbol('=', 1) && cursor.at_words({"internal"}, 2)) return true;
    }
    return false;
}

bool publishes_all(std::string_view sql, Dialect dialect) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"create", "publication"})) return false;
    for (int word = 0; word < 3; ++word) cursor.advance();
    return cursor.at_words({"for", "all"});
}

void find_settings(std::string_view sql, Dialect dialect,
                   const std::function<void(const std::string&)>& found) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!enter_routine(cursor)) continue;
        while (const auto setting = next_setting(cursor)) found(*setting);
    }
}

bool is_on_schema(std::string_view sql, std::string_view name, Dialect dialect) {
    constexpr std::array<std::string_view, 1> schema_kind{"schema"};
    if (const Words kind = schema_kind; !may_be_on(sql, {&kind, 1})) return false;
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.skip_to({"on"}) || !cursor.at_words({"schema"}, 1)) return false;
    const Token* const schema = cursor.peek(2);
    return schema != nullptr && decode_identifier(*schema) == name;
}

bool forces_row_security(std::string_view sql, Dialect dialect) {
    // Most tables do not, and need not be taken apart.
    if (sql.find("ROW LEVEL SECURITY") == std::string_view::npos) return false;
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (!cursor.at_words({"alter", "table"})) continue;
        while (cursor.skip_to({"force"})) {
            const bool is_force = !cursor.previous().is_word("no");
            if (is_force && cursor.at_words({"force", "row", "level", "security"})) return true;
            cursor.advance();
        }
    }
    return false;
}

void find_exclusion_names(std::string_view sql, Dialect dialect,
                          const std::function<void(const QualifiedName&)>& found) {
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"alter", "table"})) return;
    if (!skip_past(cursor, {"constraint"}) || !take_identifier(cursor) || !cursor.at_words({"exclude"}))
        return;
    while (cursor.peek() != nullptr) {
        if (const auto name = take_name(cursor)) {
            if (!name->schema.empty()) found(*name);
        } else {
            cursor.advance();
        }
    }
}

std::vector<PlannerHint> find_planner_hints(std::string_view sql, Dialect dialect) {
    std::vector<PlannerHint> hints;
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        if (cursor.at_words({"create", "operator"}))
            find_hints_of_operator(cursor, hints);
        else if (enter_routine(cursor))
            find_hints_of_routine(cursor, hints);
    }
    return hints;
}

}  // namespace pgfilter::sql
