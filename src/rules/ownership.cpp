// SPDX-License-Identifier: PostgreSQL
#include "rules/ownership.hpp"

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/role_places.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {

OwnerRules::OwnerRules(std::span<const RuleSpec> specs) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].name == "set-owner") set_owner(specs[i], i);
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].name != "no-owner") continue;
        if (new_owner_ || no_owner_) {
            idle_.push_back(i);
        } else {
            no_owner_ = i;
        }
    }
}

void OwnerRules::set_owner(const RuleSpec& spec, std::size_t number) {
    if (spec.arguments.size() != 1) throw Error(ErrorCode::usage, "set-owner needs one role, and only one");
    const std::string& role = spec.arguments[0].value;
    check_new_role_name(role);
    if (new_owner_ && new_owner_->name != role)
        throw Error(ErrorCode::usage,
                    "set-owner is given two roles, \"" + new_owner_->name + "\" and \"" + role + "\"");
    if (new_owner_) {
        idle_.push_back(number);
    } else {
        new_owner_ = NewRole{role, number, 0};
    }
}

void OwnerRules::begin(RuleContext& context) {
    dialect_ = dialect_of(context.toc());
    for (const std::size_t spec : idle_) context.matches_nothing_by_itself(spec);
}

void OwnerRules::visit(RuleContext& context, TocEntry& entry) const {
    if (!no_owner_) return;
    clear_owner(context, entry, *no_owner_);
    if (entry.kind() != EntryKind::schema || !entry.defn()) return;
    // pg_restore -O replaces the whole statement by one without the clause.
    if (const auto clause = sql::find_authorization(*entry.defn(), dialect_))
        cut(context, entry, clause->clause, *no_owner_);
}

}  // namespace pgfilter
