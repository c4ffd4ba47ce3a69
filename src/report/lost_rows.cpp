// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/lost_rows.hpp"

#include <vector>

#include "archive/kind_facts.hpp"

namespace pgfilter {
namespace {

/// The rule that a block is left out for, if it is.
std::optional<std::size_t> rule_against(const Plan& plan, const TocEntry& entry) {
    if (!entry.has_data() || entry.keeps_data()) return std::nullopt;
    const auto editor = entry.dropped() ? entry.dropped_by() : entry.changed_by(Field::had_dumper);
    return editor && *editor < plan.reports.size() ? std::optional<std::size_t>(*editor) : std::nullopt;
}

/// Decides which entries are dropped because the user named them.
class NamedByUser {
public:
    explicit NamedByUser(const Plan& plan) : plan_(plan), known_(plan.prologue.toc.size()) {}

    /// Whether a rule of the user's chose the entry, or the object that it is a part of.
    bool has(std::size_t entry, std::size_t spec) {
        path_.clear();
        bool named = !plan_.reports[spec].spec.of_target;
        // A rule that came before chose it.
        if (const Consequence* const first = why(entry); first != nullptr && first->spec != spec)
            return named;
        // A rule that chooses entries left this one, and a cascade took it.
        if (why(entry) != nullptr && plan_.reports[spec].reach == Reach::selection) return false;
        for (const Consequence* next = why(entry); next != nullptr; next = why(entry)) {
            if (known_[entry] != unknown) break;
            path_.push_back(entry);
            // The way back through what belongs to its cause has an end; of other ways there can be circles.
            named = named && next->route == Consequence::Route::belongs && !makes_others(next->cause);
            if (!named) break;
            entry = next->cause;
        }
        if (named && known_[entry] != unknown) named = known_[entry] == yes;
        for (const std::size_t passed : path_) known_[passed] = named ? yes : no;
        return named;
    }

private:
    enum Answer : std::uint8_t { unknown, yes, no };

    [[nodiscard]] const Consequence* why(std::size_t entry) const {
        return plan_.consequences.find_dropped(entry);
    }
    /// A user who leaves out an extension does not think of rows in its tables.
    [[nodiscard]] bool makes_others(std::size_t entry) const {
        return plan_.prologue.toc[entry].kind() == EntryKind::extension;
    }

    const Plan& plan_;
    std::vector<Answer> known_;
    std::vector<std::size_t> path_;
};

/// What the table of the data lacks, rather than that the data lacks its table.
std::optional<Consequence> reason_of(const Plan& plan, std::size_t data) {
    const Consequence* reason = plan.consequences.find_dropped(data);
    if (reason != nullptr && heritable.has(plan.prologue.toc[reason->cause].kind()))
        reason = plan.consequences.find_dropped(reason->cause);
    return reason == nullptr ? std::nullopt : std::optional(*reason);
}

}  // namespace

void find_lost_rows(const Plan& plan, const std::function<void(const LostRows&)>& found) {
    const Toc& toc = plan.prologue.toc;
    NamedByUser named(plan);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const auto spec = rule_against(plan, toc[i]);
        if (spec && !named.has(i, *spec)) found({i, *spec, reason_of(plan, i)});
    }
}

}  // namespace pgfilter
