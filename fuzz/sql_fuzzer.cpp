// SPDX-License-Identifier: PostgreSQL
// SQL of definitions, in any dialect: nothing of it is lost, roles are renamed for good and nothing else is,
// and PostgreSQL's own scanner and parser agree wherever they take the text.
//
// The first byte says which dialect it is.
#include <algorithm>
#include <array>

#include "fuzz_target.hpp"
#include "sql/clauses.hpp"
#include "sql/definitions.hpp"
#include "sql/quoting.hpp"
#include "sql/relation_names.hpp"
#include "sql/role_names.hpp"
#include "sql/statement.hpp"
#include "sql/tablespace_names.hpp"
#include "support/postgres.hpp"
#include "support/postgres_borders.hpp"

namespace {

using namespace pgfilter;
using namespace pgfilter::sql;

/// What makes a difference to how PostgreSQL reads names.
struct Names {
    std::size_t longest = 0;
    bool has_unicode = false;  ///< U&"…", which pg_dump does not write and we do not decode
};

/// That the tokens are the text.
Names check_tokens(Bytes text, Dialect dialect) {
    Names names;
    std::size_t position = 0;
    for (const Token& token : test::tokens_of(text, dialect)) {
        require(!token.text.empty() && token.position == position);
        require(token.text.data() == text.data() + position);
        require(token.kind != TokenKind::unfinished || token.end() == text.size());
        position = token.end();
        if (token.kind == TokenKind::word || token.kind == TokenKind::quoted)
            names.longest = std::max(names.longest, token.text.size());
        if (token.kind == TokenKind::quoted && token.text.front() != '"') names.has_unicode = true;
        if (const auto name = decode_identifier(token)) {
            const std::string again = quote_identifier(*name);
            const std::vector<Token> tokens = test::tokens_of(again);
            require(tokens.size() == 1 && decode_identifier(tokens.front()) == name);
        }
        if (const auto literal = decode_literal(token, dialect)) {
            const std::string again = quote_literal(*literal, dialect);
            const std::vector<Token> tokens = test::tokens_of(again, dialect);
            require(tokens.size() == 1 && decode_literal(tokens.front(), dialect) == literal);
        }
    }
    require(position == text.size());
    return names;
}

std::vector<RoleName> roles_of(Bytes text, Dialect dialect) {
    std::vector<RoleName> roles;
    find_role_names(text, dialect, [&](const RoleName& role) {
        require(role.position + role.size <= text.size() && role.size > 0);
        require(roles.empty() || roles.back().position + roles.back().size <= role.position);
        roles.push_back(role);
    });
    return roles;
}

/// A new name for each role, which stays if it is asked for again.
using NewName = std::string (*)(const std::string& name);

constexpr std::string_view prefix = "new_";

std::string plain_name(const std::string& name) {
    return name.starts_with(prefix) ? name : std::string(prefix) + name;
}
std::string odd_name(const std::string& /*name*/) {
    return "Odd \"it's\"\\\n;--/*$$";
}

std::string rename(Bytes text, Dialect dialect, NewName new_name) {
    std::string present;
    const auto name_of = [&](const RoleName& role) {
        present = new_name(role.name);
        return &present;
    };
    return replace_role_names(text, dialect, name_of).apply(text);
}

/// Whether bytes that begin a character stand without its second half.  Servers refuse such texts, and what
/// is quoted anew next to one runs together with it.
bool has_half_characters(Bytes text, Dialect dialect) {
    constexpr unsigned char least_trail = 0x40;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_size(text, at, dialect);
        if (size == 2 && static_cast<unsigned char>(text[at + 1]) < least_trail) return true;
        at += size;
    }
    return false;
}

/// Whether names can be written at all: none is so long that no role can have it, or ends with half a
/// character, which would take the quote behind it for its other half.
bool can_be_written(const std::string& name, Dialect dialect) {
    constexpr std::size_t long_name = 900;
    if (name.size() > long_name) return false;
    const std::string quoted = '"' + name + '"';
    return test::tokens_of(quoted, dialect).front().kind == TokenKind::quoted;
}

/// That the roles have their new names, in the same places, and that it makes no difference to do it twice.
void check_renaming(Bytes text, Dialect dialect, const std::vector<RoleName>& roles, NewName new_name) {
    for (const RoleName& role : roles) {
        if (!can_be_written(new_name(role.name), dialect)) return;
    }
    const std::string renamed = rename(text, dialect, new_name);
    const std::vector<RoleName> after = roles_of(renamed, dialect);
    require(after.size() == roles.size());
    for (std::size_t i = 0; i < roles.size(); ++i) {
        require(after[i].name == new_name(roles[i].name));
        require(after[i].use == roles[i].use && after[i].is_literal == roles[i].is_literal);
    }
    require(rename(renamed, dialect, new_name) == renamed);
}

void check_renaming_to_nothing_else(Bytes text, Dialect dialect) {
    require(replace_role_names(text, dialect, [](const RoleName&) { return nullptr; }).empty());
    require(replace_tablespace_names(text, dialect, [](const std::string&) { return nullptr; }).empty());
}

/// Whatever else is looked for: only that it ends, within the text.
void look_around(Bytes text, Dialect dialect, const std::vector<RoleName>& roles) {
    const auto check = [&](const Clause& clause) {
        require(clause.begin <= clause.end && clause.end <= text.size());
    };
    if (const auto clause = find_tablespace(text, dialect)) check(clause->clause);
    if (const auto clause = find_authorization(text, dialect)) check(clause->clause);
    for (const PlannerHint& hint : find_planner_hints(text, dialect)) check(hint.clause);
    find_language(text, dialect);
    find_access_method(text, dialect);
    makes_base_type(text, dialect);
    makes_binary_cast(text, dialect);
    has_internal_state(text, dialect);
    publishes_all(text, dialect);
    find_settings(text, dialect, [](const std::string&) {});
    find_exclusion_names(text, dialect, [](const QualifiedName&) {});
    find_subject(text, dialect);
    find_parents(text, dialect, [](const ParentName&) {});
    find_attached_indexes(text, dialect);
    find_server(text, dialect);
    find_extension_option(text, "schema", dialect);
    find_label_provider(text, dialect);
    std::vector<std::string> names{"app"};
    for (const RoleName& role : roles) names.push_back(role.name);
    count_mentions(text, NameSearch({names.begin(), names.end()}), true, dialect,
                   [&](std::size_t name, std::size_t count) { require(name < names.size() && count > 0); });
}

/// The parse tree, where the same name stands for every role.
std::optional<std::string> tree_without_roles(const std::string& text) {
    const auto tree = test::postgres_parse(text);
    if (!tree) return std::nullopt;
    std::map<std::string, std::string> same;
    for (const std::string& role : test::roles_in(*tree)) same.emplace(role, "role");
    return test::without_locations(test::with_roles_renamed(*tree, same));
}

/// Whether all statements are of kinds whose roles are all to be found.
bool has_known_statements_only(const std::string& tree) {
    constexpr std::string_view mark = "{\"stmt\":{\"";
    constexpr std::array<std::string_view, 5> known{"GrantStmt\"", "AlterDefaultPrivilegesStmt\"",
                                                    "CreatePolicyStmt\"", "CreateUserMappingStmt\"",
                                                    "DropUserMappingStmt\""};
    for (std::size_t at = 0; (at = tree.find(mark, at)) != std::string::npos;) {
        at += mark.size();
        const auto stands_here = [&](std::string_view name) {
            return tree.compare(at, name.size(), name) == 0;
        };
        if (std::none_of(known.begin(), known.end(), stands_here)) return false;
    }
    return true;
}

/// That every role found is one, and that all are found that are to be.
void check_names(const std::string& text, const std::vector<RoleName>& roles) {
    const auto tree = test::postgres_parse(text);
    if (!tree) return;
    std::vector<std::string> theirs = test::roles_in(*tree);
    std::vector<std::string> ours;
    for (const RoleName& role : roles) ours.push_back(role.name);
    std::sort(theirs.begin(), theirs.end());
    std::sort(ours.begin(), ours.end());
    require(std::includes(theirs.begin(), theirs.end(), ours.begin(), ours.end()));
    if (has_known_statements_only(*tree)) require(theirs == ours);
    const auto before = tree_without_roles(text);
    for (const NewName new_name : {plain_name, odd_name})
        require(before == tree_without_roles(rename(text, {}, new_name)));
}

void compare_with_postgres(const std::string& text, const std::vector<RoleName>& roles, Names names) {
    std::string explanation;
    require(test::compare_borders(text, explanation) != test::Borders::disagree);
    // It cuts names off at 63 bytes.
    constexpr std::size_t longest_name = 63;
    if (!names.has_unicode && names.longest + prefix.size() <= longest_name) check_names(text, roles);
}

Dialect dialect_of(char kind) {
    const auto number = static_cast<unsigned char>(kind) - unsigned{'0'};
    constexpr std::array trails{Dialect::Trail::none, Dialect::Trail::sjis, Dialect::Trail::wide};
    return {number % 2 == 0, trails[number / 2 % trails.size()]};
}

}  // namespace

bool fuzz_one(Bytes input) {
    if (input.empty()) return false;
    const Dialect dialect = dialect_of(input.front());
    const Bytes text = input.substr(1);
    const Names names = check_tokens(text, dialect);
    const std::vector<RoleName> roles = roles_of(text, dialect);
    if (!has_half_characters(text, dialect)) {
        for (const NewName new_name : {plain_name, odd_name}) check_renaming(text, dialect, roles, new_name);
    }
    check_renaming_to_nothing_else(text, dialect);
    look_around(text, dialect, roles);
    const bool is_default = dialect.standard_conforming_strings && dialect.trail == Dialect::Trail::none;
    if (is_default && text.find('\0') == Bytes::npos) compare_with_postgres(std::string(text), roles, names);
    return !roles.empty();
}
