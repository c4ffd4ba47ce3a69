// SPDX-License-Identifier: PostgreSQL
#include "sql/role_statements.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "sql/statement_walk.hpp"

namespace pgfilter::sql {
namespace {

RoleName name_of(const RoleItem& item) {
    return {item.position, item.end - item.position, *item.name, item.is_literal, item.use};
}

/// Of a list that could not be read, which stays or goes as a whole.
constexpr PrivilegeSet unknown_privileges = ~PrivilegeSet(0);

class RoleRemover {
public:
    RoleRemover(std::string_view sql, Dialect dialect, const RoleTest& test, bool knows_maintain,
                GrantOptions& options, StatementWriter& writer)
        : sql_(sql),
          dialect_(dialect),
          test_(test),
          knows_maintain_(knows_maintain),
          options_(options),
          writer_(writer) {}

    StatementFacts look(StatementCursor& cursor) {
        counts_ = {};
        grantees_.clear();
        grantor_.reset();
        gone_.clear();
        return find_roles(cursor, dialect_, [&](const RoleItem& item) { note(item); });
    }

    void decide(const StatementFacts& facts, const StatementCursor& cursor) {
        if (facts.kind == StatementKind::reset_session_authorization) {
            session_.reset();
            return writer_.close();
        }
        if (facts.kind == StatementKind::set_session_authorization) {
            session_ = grantor_;
            return writer_.open(loses_statement(facts.kind));
        }
        const bool goes = writer_.removing() || loses_statement(facts.kind);
        const auto privileges = privileges_left(facts, goes);
        if (goes || (privileges && privileges->is_empty())) return writer_.remove();
        if (privileges) return writer_.replace(rewritten(facts, cursor, *privileges));
        writer_.keep();
        if (loses_names()) cut_names(cursor);
    }

private:
    /// Lists of privileges.
    struct Lists {
        std::string plain;
        std::string grantable;  // with grant option

        [[nodiscard]] bool is_empty() const { return plain.empty() && grantable.empty(); }
    };

    struct Count {
        std::size_t kept = 0;
        std::size_t gone = 0;
    };

    Count& count(RoleUse use) { return counts_.at(static_cast<std::size_t>(use)); }

    void note(const RoleItem& item) {
        const RoleFate fate = item.name ? test_(name_of(item)) : RoleFate();
        gone_.push_back(fate.goes);
        ++(fate.goes ? count(item.use).gone : count(item.use).kept);
        if (fate.goes || !item.name) return;
        if (item.use == RoleUse::grantor) grantor_ = fate.number;
        // One more than may be noted is enough to be refused.
        if (item.use == RoleUse::grantee && grantees_.size() <= options_.room())
            grantees_.push_back(fate.number);
    }

    bool loses_statement(StatementKind kind) {
        for (std::size_t use = 0; use < counts_.size(); ++use) {
            const bool stays =
                static_cast<RoleUse>(use) == RoleUse::schema ||
                (static_cast<RoleUse>(use) == RoleUse::setting && kind == StatementKind::routine);
            if (counts_.at(use).gone > 0 && counts_.at(use).kept == 0 && !stays) return true;
        }
        return false;
    }

    bool loses_names() {
        for (const RoleUse use : {RoleUse::grantee, RoleUse::default_privileges, RoleUse::policy}) {
            if (count(use).gone > 0) return true;
        }
        return count(RoleUse::schema).gone > 0;
    }

    // What is left of a statement that loses privileges.  Notes what the statement does for the grant options
    // of others.  Default privileges are granted by the role whose they are, which needs no grant option.
    std::optional<Lists> privileges_left(const StatementFacts& facts, bool goes) {
        const std::optional<RoleNumber> grantor = grantor_ ? grantor_ : session_;
        const bool is_about_object =
            (facts.kind == StatementKind::grant || facts.kind == StatementKind::revoke) &&
            facts.for_role == 0;
        const bool gives_options = facts.with_grant_option && !grantees_.empty();
        if (!is_about_object || (!gives_options && (goes || !grantor))) return std::nullopt;

        const std::string_view object = facts.object.of(sql_);
        std::vector<PrivilegeText> list = read_privileges(facts.privileges.of(sql_), object, dialect_);
        const bool is_known = !list.empty();
        if (!is_known) list.push_back({unknown_privileges, {}, {}, false});
        std::vector<PrivilegesLeft> left(list.size());
        if (!goes) left = options_.left(object, list, grantor);
        if (!is_known && left.front().with_option != unknown_privileges) left.front() = {};
        if (gives_options) options_.note(object, list, left, grantees_);
        return goes ? std::nullopt : lists_of(list, left, facts.with_grant_option);
    }

    // Nothing where all is left.
    [[nodiscard]] std::optional<Lists> lists_of(std::span<const PrivilegeText> list,
                                                std::span<const PrivilegesLeft> left,
                                                bool with_option) const {
        const auto stays = [&](std::size_t i) { return with_option ? left[i].with_option : left[i].all; };
        std::size_t whole = 0;
        while (whole < list.size() && (list[whole].privileges & ~stays(whole)) == 0) ++whole;
        if (whole == list.size()) return std::nullopt;
        Lists lists;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const PrivilegeSet grantable = with_option ? left[i].with_option : 0;
            add_privileges(lists.grantable, list[i], grantable, knows_maintain_);
            add_privileges(lists.plain, list[i], left[i].all & ~grantable, knows_maintain_);
        }
        return lists;
    }

    std::string rewritten(const StatementFacts& facts, StatementCursor cursor, const Lists& privileges) {
        const std::size_t begin = cursor.peek()->position;
        const std::string grantees = kept_grantees(facts, cursor);
        cursor.skip_statement();
        const GrantText original{sql_, {begin, cursor.previous().end()}, facts};
        std::string statements;
        add_statement(statements, original, privileges.plain, grantees, false);
        add_statement(statements, original, privileges.grantable, grantees, true);
        return statements;
    }

    std::string kept_grantees(const StatementFacts& facts, StatementCursor cursor) {
        if (count(RoleUse::grantee).gone == 0) return std::string(facts.grantees.of(sql_));
        std::string names;
        std::size_t number = 0;
        find_roles(cursor, dialect_, [&](const RoleItem& item) {
            if (gone_[number++] || item.use != RoleUse::grantee) return;
            if (!names.empty()) names += ", ";
            names += sql_.substr(item.begin, item.end - item.begin);
        });
        return names;
    }

    // With the first name of a list the comma after it is removed, with others the one before.
    void cut_names(StatementCursor cursor) {
        bool kept = false;
        std::size_t previous_end = 0;
        std::size_t number = 0;
        find_roles(cursor, dialect_, [&](const RoleItem& item) {
            const bool gone = gone_[number++];
            if (item.use == RoleUse::setting) return;
            if (item.begins_list) kept = false;
            if (gone) {
                writer_.cut(item.begins_list ? item.begin : previous_end, item.end);
            } else if (!item.begins_list && !kept) {
                writer_.cut(previous_end, item.begin);
            }
            kept = kept || !gone;
            previous_end = item.end;
        });
    }

    std::string_view sql_;
    Dialect dialect_;
    const RoleTest& test_;
    bool knows_maintain_;
    GrantOptions& options_;
    StatementWriter& writer_;
    std::optional<RoleNumber> session_;  // nothing: the owner
    // Of the present statement.
    std::array<Count, 8> counts_{};
    std::vector<RoleNumber> grantees_;  // that are kept
    std::optional<RoleNumber> grantor_;
    std::vector<bool> gone_;  // of the names, in their order
};

}  // namespace

Removal remove_roles(std::string_view sql, Dialect dialect, const RoleTest& test, bool knows_maintain,
                     GrantOptions& options) {
    StatementWriter writer(sql);
    RoleRemover remover(sql, dialect, test, knows_maintain, options, writer);
    return walk_statements(
        sql, dialect, writer, [&](StatementCursor& cursor) { return remover.look(cursor); },
        [&](const StatementFacts& facts, const StatementCursor& cursor) { remover.decide(facts, cursor); });
}

Removal remove_grants(std::string_view sql, Dialect dialect) {
    StatementWriter writer(sql);
    const auto look = [&](StatementCursor& cursor) { return find_roles(cursor, dialect, nullptr); };
    return walk_statements(sql, dialect, writer, look,
                           [&](const StatementFacts& facts, const StatementCursor&) {
                               switch (facts.kind) {
                                   case StatementKind::grant:
                                       return writer.remove();
                                   case StatementKind::set_session_authorization:
                                       return writer.open(false);
                                   case StatementKind::reset_session_authorization:
                                       return writer.close();
                                   default:
                                       return writer.keep();
                               }
                           });
}

Removal remove_grantors(std::string_view sql, Dialect dialect) {
    StatementWriter writer(sql);
    const auto look = [&](StatementCursor& cursor) { return find_roles(cursor, dialect, nullptr); };
    return walk_statements(sql, dialect, writer, look,
                           [&](const StatementFacts& facts, const StatementCursor&) {
                               if (facts.kind == StatementKind::set_session_authorization ||
                                   facts.kind == StatementKind::reset_session_authorization)
                                   writer.remove();
                               else
                                   writer.keep();
                           });
}

}  // namespace pgfilter::sql
