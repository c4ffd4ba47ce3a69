// SPDX-License-Identifier: PostgreSQL
// Removes roles: what is granted to, by and from them, and all else that cannot be done without them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pgfilter/rule.hpp"
#include "rules/role_patterns.hpp"
#include "sql/lexer.hpp"
#include "sql/name_search.hpp"
#include "sql/role_statements.hpp"

namespace pgfilter {

/// A step of the family "roles".
class RoleRemoval {
public:
    /// `owners_stay`: another rule decides about all owners.
    RoleRemoval(RolePatterns patterns, bool owners_stay)
        : patterns_(std::move(patterns)), owners_stay_(owners_stay) {}

    void begin(RuleContext& context);
    /// `heir`: the owner, if its privileges are to become another's, so that they stay.
    void visit(RuleContext& context, TocEntry& entry, const std::optional<std::string>& heir);
    void end(RuleContext& context);
    void find_unhandled(const TocEntry& entry, const std::function<void(const Unhandled&)>& found) const;

    /// The spec that this role goes for, if the archive has it.
    [[nodiscard]] std::optional<std::size_t> remover_of(const std::string& role) const;

private:
    RoleVerdict judge_place(RuleContext& context, Bytes role);
    void remove_owner(RuleContext& context, TocEntry& entry);
    void remove_from_sql(RuleContext& context, TocEntry& entry, const std::optional<std::string>& heir);
    [[nodiscard]] const sql::ObjectOptions* options_of_table(const TocEntry& entry) const;
    void drop_with_policy(RuleContext& context, TocEntry& comment);
    void find_settings(Bytes defn, const std::function<void(const Unhandled&)>& found) const;

    RolePatterns patterns_;
    bool owners_stay_;
    sql::Dialect dialect_;
    bool knows_maintain_ = false;
    std::unordered_map<DumpId, sql::ObjectOptions> options_;  // by ACL entry
    std::unordered_map<DumpId, std::size_t> policies_;        // dropped ones, and due to which spec
    std::optional<sql::NameSearch> mentions_;  // of roles that go, once the rule has been applied
};

}  // namespace pgfilter
