// SPDX-License-Identifier: PostgreSQL
// What a plan does to each entry: the one walk over a plan that all reports are made of.
//
//     visit_as_written(plan, [&](const PlannedEntry& planned) {
//         if (planned.action() == EntryAction::drop) … planned.rule() …
//         planned.for_each_change([&](const FieldChange& change) { … });
//         planned.for_each_unhandled([&](const Unhandled& place) { … });
//     });
//
// Everything is found when it is asked for and nothing is stored: a text can mention every role there is.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "pgfilter/job.hpp"

namespace pgfilter {

enum class EntryAction : std::uint8_t { keep, change, add, drop };

/// A field whose changes are reported.
struct ReportedField {
    Field field;
    const char* name;  ///< for people
    const char* key;   ///< for programs
};

/// A text that rules have changed, and not changed back.
struct FieldChange {
    const ReportedField& reported;
    std::optional<std::size_t>
        rule;  ///< who changed it last: a place in plan.reports; nothing if no rule did
    Text before;
    Text after;
    bool is_secret = false;  ///< whether `before` must not be shown
};

/// An entry of the Toc as the plan leaves it.
class PlannedEntry {
public:
    PlannedEntry(const Plan& plan, std::size_t index)
        : plan_(plan), entry_(plan.prologue.toc[index]), index_(index) {}

    [[nodiscard]] const TocEntry& entry() const { return entry_; }
    [[nodiscard]] std::size_t index() const { return index_; }
    [[nodiscard]] EntryAction action() const;
    /// The rule that dropped or added it: a place in plan.reports; nothing if none did.
    [[nodiscard]] std::optional<std::size_t> rule() const;
    /// How it came to be dropped if no rule chose it; null if one did, or it is not dropped.
    [[nodiscard]] const Consequence* consequence() const;

    /// Nothing if the text is as it was read, or the entry is dropped.
    [[nodiscard]] std::optional<FieldChange> change_of(const ReportedField& reported) const;
    /// Calls visit() with the texts that are changed, in the order of `reported_fields`.
    void for_each_change(const std::function<void(const FieldChange&)>& visit) const;
    /// Whether its data is dropped and its definition stays.
    [[nodiscard]] bool loses_data() const { return entry_.changed_by(Field::had_dumper).has_value(); }
    [[nodiscard]] bool depends_otherwise() const {
        return entry_.changed_by(Field::dependencies).has_value();
    }
    /// The rule that changed the field last; nothing if none did.
    [[nodiscard]] std::optional<std::size_t> changed_by(Field field) const;
    /// Calls visit() with the names of what is replaced because nobody may see it.
    void for_each_redacted(const std::function<void(const std::string&)>& visit) const;
    /// Calls visit() with what rules could not do in it.
    void for_each_unhandled(const std::function<void(const Unhandled&)>& visit) const;

private:
    [[nodiscard]] std::optional<std::size_t> rule_of(EditorId editor) const;
    [[nodiscard]] bool hides_definition() const;

    const Plan& plan_;
    const TocEntry& entry_;
    std::size_t index_;
};

inline constexpr std::array<ReportedField, 6> reported_fields{{
    {Field::owner, "owner", "owner"},
    {Field::tablespace, "tablespace", "tablespace"},
    {Field::tableam, "table access method", "table_access_method"},
    {Field::tag, "tag", "name"},
    {Field::defn, "definition", "definition"},
    {Field::drop_stmt, "drop statement", "drop_statement"},
}};

/// Calls visit() with every entry, dropped ones too, in the order in which they are written.
template <class Visit>
void visit_as_written(const Plan& plan, Visit visit) {
    const Toc& toc = plan.prologue.toc;
    for (std::size_t place = 0; place < toc.size(); ++place) visit(PlannedEntry(plan, toc.at(place)));
}

/// The same in the order in which they were read.
template <class Visit>
void visit_as_read(const Plan& plan, Visit visit) {
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) visit(PlannedEntry(plan, i));
}

/// Whether entries are dropped and none is kept but those that every archive begins with.
bool leaves_nothing(const Plan& plan);

}  // namespace pgfilter
