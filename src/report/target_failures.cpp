// SPDX-License-Identifier: PostgreSQL
#include "report/target_failures.hpp"

#include <algorithm>

#include "pgfilter/needs.hpp"

namespace pgfilter {
namespace {

/// What the user's own rules do is no failure of the target's.
void add_rule(const Plan& plan, std::optional<std::size_t> rule, TargetFailure& failure) {
    if (!rule || !plan.reports[*rule].spec.of_target) return;
    auto& rules = failure.rules;
    if (std::find(rules.begin(), rules.end(), *rule) == rules.end()) rules.push_back(*rule);
}

/// Whether what the field said would have failed nowhere.
bool is_harmless(const TocEntry& entry, Field field) {
    if (field == Field::tablespace) return entry.original_text(field) == Bytes();
    return field == Field::owner && !has_owner_command(entry);
}

/// Whether the owner's rule made all changes: CREATE SCHEMA names the owner, too.
bool add_rules_of_changes(const Plan& plan, const PlannedEntry& planned, TargetFailure& failure) {
    bool by_owners_rule = true;
    for (int number = 0; number <= static_cast<int>(Field::data_offset); ++number) {
        const auto field = static_cast<Field>(number);
        const auto rule = planned.changed_by(field);
        if (!rule || is_harmless(planned.entry(), field) || plan.reports[*rule].is_precaution) continue;
        add_rule(plan, rule, failure);
        by_owners_rule = by_owners_rule && rule == planned.changed_by(Field::owner);
    }
    return by_owners_rule;
}

/// In place of what was found out about another entry.
void judge(const Plan& plan, const PlannedEntry& planned, TargetFailure& failure) {
    failure.rules.clear();
    failure.has_places = failure.is_unhandled = failure.is_of_owner = false;
    if (planned.entry().added()) return;
    if (planned.entry().dropped()) return add_rule(plan, planned.rule(), failure);
    const bool by_owners_rule = !planned.entry().changed() || add_rules_of_changes(plan, planned, failure);
    planned.for_each_unhandled([&](const Unhandled& place) {
        failure.has_places = true;
        failure.is_unhandled = failure.is_unhandled || place.fails;
    });
    failure.is_of_owner = !failure.rules.empty() && by_owners_rule && !failure.has_places;
}

}  // namespace

FailureTotals find_target_failures(
    const Plan& plan, const std::function<void(const PlannedEntry&, const TargetFailure&)>& visit) {
    FailureTotals totals;
    TargetFailure failure;
    visit_as_written(plan, [&](const PlannedEntry& planned) {
        judge(plan, planned, failure);
        if (failure.rules.empty() && !failure.has_places) return;
        ++(failure.fails() ? totals.failing : totals.noted);
        if (failure.is_unhandled) ++totals.unhandled;
        if (failure.is_of_owner) ++totals.of_owner[failure.rules.front()];
        visit(planned, failure);
    });
    return totals;
}

}  // namespace pgfilter
