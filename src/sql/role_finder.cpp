// SPDX-License-Identifier: PostgreSQL
#include "sql/role_finder.hpp"

#include <algorithm>
#include <array>

#include "sql/names.hpp"
#include "sql/quoting.hpp"
#include "sql/settings.hpp"

namespace pgfilter::sql {
namespace {

bool is_special(const Token& token, std::string_view name) {
    // The grammar takes even "public" and "none" in quotes for the special names (gram.y, RoleSpec).
    constexpr std::array<std::string_view, 8> special{"public",       "none", "current_user", "session_user",
                                                      "current_role", "user", "default",      "all"};
    constexpr std::size_t in_quotes_too = 2;
    const auto* const end =
        special.begin() + (token.kind == TokenKind::word ? special.size() : in_quotes_too);
    return std::find(special.begin(), end, name) != end;
}

/// No role has a name that long: PostgreSQL cuts it to 63 bytes.
bool is_too_long(const Token& token) {
    constexpr std::size_t longest = 1000;
    return token.text.size() > longest;
}

std::optional<std::string> decode_name(const Token& token) {
    return is_too_long(token) ? std::nullopt : decode_identifier(token);
}

class RoleFinder {
public:
    RoleFinder(StatementCursor& cursor, Dialect dialect, const std::function<void(const RoleItem&)>& found)
        : at_(cursor), dialect_(dialect), found_(found) {}

    StatementFacts find() {
        statement();
        return facts_;
    }

private:
    void statement() {
        if (at_.at_words({"grant"}) || at_.at_words({"revoke"})) return grants();
        if (starts({"set", "session", "authorization"})) return session();
        if (starts({"reset", "session", "authorization"}))
            return kind(StatementKind::reset_session_authorization);
        if (starts({"alter", "default", "privileges"})) return default_privileges();
        if (starts({"create", "policy"})) return policy();
        if (starts({"create", "user", "mapping", "for"})) return add_identifier(RoleUse::user_mapping);
        if (starts({"drop", "user", "mapping", "for"})) return add_identifier(RoleUse::user_mapping);
        if (starts({"alter", "role"}) || starts({"alter", "user"})) return alter_role();
        if (starts({"alter", "database"})) return settings();
        if (starts({"create", "schema"})) return schema();
        if (starts({"create"})) return routine();
    }

    void kind(StatementKind kind) { facts_.kind = kind; }

    // Moves past these words if they stand here.
    bool starts(std::initializer_list<std::string_view> words) {
        if (!at_.at_words(words)) return false;
        for (std::size_t i = 0; i < words.size(); ++i) at_.advance();
        return true;
    }

    void session() {
        const bool is_default = at_.at_words({"default"});
        kind(is_default ? StatementKind::reset_session_authorization
                        : StatementKind::set_session_authorization);
        if (!is_default) add_either(RoleUse::grantor);
    }

    void grants() {
        kind(at_.at_words({"grant"}) ? StatementKind::grant : StatementKind::revoke);
        if (!found_) return;
        facts_.verb = at_.peek()->position;
        at_.advance();
        facts_.grant_option_for = starts({"grant", "option", "for"});
        if (!part_to({"on"}, facts_.privileges) || !part_to({"to", "from"}, facts_.object)) return;
        if (const Token* const first = at_.peek()) facts_.grantees.begin = first->position;
        list(RoleUse::grantee);
        facts_.grantees.end = facts_.option.begin = at_.previous().end();
        facts_.with_grant_option = starts({"with", "grant", "option"});
        facts_.option.end = at_.previous().end();
        if (at_.skip_to({"granted"}) && starts({"granted", "by"})) add_identifier(RoleUse::grantor);
    }

    // What stands before one of these words, which is passed.
    bool part_to(std::initializer_list<std::string_view> words, TextRange& part) {
        const Token* const first = at_.peek();
        if (first == nullptr) return false;
        part.begin = part.end = first->position;
        if (!at_.skip_to(words)) return false;
        if (at_.peek()->position != part.begin) part.end = at_.previous().end();
        at_.advance();
        return true;
    }

    void default_privileges() {
        if (starts({"for", "role"}) || starts({"for", "user"})) list(RoleUse::default_privileges);
        facts_.for_role = at_.previous().end();
        facts_.in_schema = starts({"in", "schema"});
        if (facts_.in_schema) skip_names();
        if (at_.skip_to({"grant", "revoke"})) grants();
    }

    // Which can be the word "revoke".
    void skip_names() {
        while (skip_name(at_) && at_.at_symbol(',')) at_.advance();
    }

    void policy() {
        if (!at_.skip_to({"to", "using", "with"}) || !starts({"to"})) return;
        list(RoleUse::policy);
    }

    void alter_role() {
        add_identifier(RoleUse::settings);
        at_.advance();
        if (starts({"in", "database"})) settings();
    }

    void schema() {
        at_.advance();
        if (!at_.skip_to({"authorization"})) return;
        const std::size_t begin = at_.previous().end();
        at_.advance();
        if (const Token* const token = at_.peek()) add(*token, decode_name(*token), RoleUse::schema, begin);
    }

    // CREATE [OR REPLACE] FUNCTION | PROCEDURE name(…) … SET role TO '…' … AS …
    void routine() {
        starts({"or", "replace"});
        if (!starts({"function"}) && !starts({"procedure"})) return;
        kind(StatementKind::routine);
        settings();
    }

    void settings() {
        while (const auto setting = next_setting(at_)) {
            if (setting != "role" && setting != "session_authorization") continue;
            add_either(RoleUse::setting);
            at_.advance();  // it can be SET
        }
    }

    // [GROUP] role, …
    void list(RoleUse use) {
        for (begins_list_ = true;; begins_list_ = false) {
            const Token* const first = at_.peek();
            if (first == nullptr) break;
            const std::size_t begin = first->position;
            starts({"group"});
            if (const Token* const token = at_.peek()) add(*token, decode_name(*token), use, begin);
            at_.advance();
            if (!at_.at_symbol(',')) break;
            at_.advance();
        }
        begins_list_ = true;
    }

    void add_either(RoleUse use) {
        const Token* const token = at_.peek();
        if (token == nullptr || token->kind != TokenKind::string || is_too_long(*token))
            return add_identifier(use);
        add(*token, decode_literal(*token, dialect_), use, token->position);
    }

    void add_identifier(RoleUse use) {
        if (const Token* const token = at_.peek()) add(*token, decode_name(*token), use, token->position);
    }

    void add(const Token& token, std::optional<std::string> name, RoleUse use, std::size_t begin) {
        if (!found_) return;
        if (name && is_special(token, *name)) name.reset();
        const bool is_literal = token.kind == TokenKind::string;
        found_({std::move(name), begin, token.position, token.end(), use, is_literal, begins_list_});
    }

    StatementCursor& at_;
    Dialect dialect_;
    const std::function<void(const RoleItem&)>& found_;
    StatementFacts facts_;
    bool begins_list_ = true;
};

}  // namespace

StatementFacts find_roles(StatementCursor& cursor, Dialect dialect,
                          const std::function<void(const RoleItem&)>& found) {
    return RoleFinder(cursor, dialect, found).find();
}

}  // namespace pgfilter::sql
