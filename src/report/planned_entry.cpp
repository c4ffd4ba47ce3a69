// SPDX-License-Identifier: PostgreSQL
#include "report/planned_entry.hpp"

#include "archive/kind_facts.hpp"

namespace pgfilter {

EntryAction PlannedEntry::action() const {
    if (entry_.dropped()) return EntryAction::drop;
    if (entry_.added()) return EntryAction::add;
    return entry_.changed() ? EntryAction::change : EntryAction::keep;
}

std::optional<std::size_t> PlannedEntry::rule_of(EditorId editor) const {
    return editor < plan_.reports.size() ? std::optional<std::size_t>(editor) : std::nullopt;
}

std::optional<std::size_t> PlannedEntry::rule() const {
    if (entry_.dropped()) return rule_of(entry_.dropped_by());
    return entry_.added() ? rule_of(entry_.added_by()) : std::nullopt;
}

std::optional<std::size_t> PlannedEntry::changed_by(Field field) const {
    const auto editor = entry_.changed_by(field);
    return editor ? rule_of(*editor) : std::nullopt;
}

const Consequence* PlannedEntry::consequence() const {
    return entry_.dropped() ? plan_.consequences.find_dropped(index_) : nullptr;
}

std::optional<FieldChange> PlannedEntry::change_of(const ReportedField& reported) const {
    const Field field = reported.field;
    if (entry_.dropped() || !entry_.changed_by(field)) return std::nullopt;
    const Text before = entry_.original_text(field);
    const Text after = entry_.text(field);
    if (before == after) return std::nullopt;
    return FieldChange{reported, changed_by(field), before, after,
                       field == Field::defn && hides_definition()};
}

void PlannedEntry::for_each_change(const std::function<void(const FieldChange&)>& visit) const {
    if (!entry_.changed()) return;
    for (const ReportedField& reported : reported_fields) {
        if (const auto change = change_of(reported)) visit(*change);
    }
}

bool PlannedEntry::hides_definition() const {
    bool hides = false;
    for_each_redacted([&](const std::string&) { hides = true; });
    return hides;
}

void PlannedEntry::for_each_redacted(const std::function<void(const std::string&)>& visit) const {
    find_redacted(plan_, entry_, visit);
}

void PlannedEntry::for_each_unhandled(const std::function<void(const Unhandled&)>& visit) const {
    find_unhandled(plan_, entry_, false, visit);
}

bool leaves_nothing(const Plan& plan) {
    constexpr EntryKinds always = kinds_with(trait::session | trait::database);
    const Toc& toc = plan.prologue.toc;
    bool dropped = false;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (always.has(toc[i].kind()) || toc[i].tag().starts_with("DATABASE ")) continue;
        if (!toc[i].dropped()) return false;
        dropped = true;
    }
    return dropped;
}

}  // namespace pgfilter
