// SPDX-License-Identifier: PostgreSQL
#include "cli/plan_report.hpp"

#include <algorithm>
#include <utility>

#include "cli/rule_names.hpp"
#include "cli/unhandled_report.hpp"
#include "cli/visible_text.hpp"
#include "report/entry_names.hpp"

namespace pgfilter::cli {
namespace {

/// The names of what is replaced because nobody may see it; empty if nothing is.
std::string redacted_names(const PlannedEntry& planned) {
    constexpr std::size_t most = 20;
    std::string names;
    std::size_t count = 0;
    planned.for_each_redacted([&](const std::string& name) {
        if (++count > most + 1) return;
        names.append(count > 1 ? ", " : "").append(count > most ? "..." : name);
    });
    return names;
}

const char* word_for(EntryAction action) {
    constexpr std::array words{"keep ", "change ", "add ", "drop "};
    return words.at(static_cast<std::size_t>(action));
}

class PlanWriter {
public:
    PlanWriter(const Plan& plan, ByteSink& output, bool fold) : plan_(plan), output_(output), fold_(fold) {
        if (fold) repeated_ = count_name_changes(plan);
        std::erase_if(repeated_, [](const auto& change) { return change.second <= few; });
    }

    UnhandledTotals write() {
        const Toc& toc = plan_.prologue.toc;
        visit_as_written(plan_, [&](const PlannedEntry& planned) { write_entry(planned); });
        write_repeated();
        output_.write("entries: " + std::to_string(toc.read_size()) + " read, " +
                      std::to_string(toc.size() - toc.dropped_count()) + " would be written\n");
        return std::move(unhandled_);
    }

private:
    static constexpr std::size_t few = 3;  // are named

    void write_entry(const PlannedEntry& planned) {
        const EntryAction action = planned.action();
        const bool has_rule = action == EntryAction::drop || action == EntryAction::add;
        head_ = word_for(action) + identity(planned.entry()) + (has_rule ? by(planned.rule()) : "\n");
        if (has_rule) tell("");
        if (action == EntryAction::change) write_changes(planned);
        planned.for_each_unhandled([&](const Unhandled& place) {
            unhandled_.add(planned, place);
            tell("    left as it is: " + unhandled_text(plan_, place) + by(place.spec));
        });
    }

    /// Below a line that names the entry.
    void tell(const std::string& line) {
        output_.write(std::exchange(head_, {}));
        output_.write(line);
    }

    [[nodiscard]] std::string by(std::optional<std::size_t> rule) const {
        const std::string name = rule ? name_and_reason(plan_.reports[*rule].spec) : "dependencies";
        return std::string("  [").append(name).append("]\n");
    }

    void write_changes(const PlannedEntry& planned) {
        const std::string redacted = redacted_names(planned);
        if (!redacted.empty()) tell("    redacted: " + redacted + "\n");
        planned.for_each_change([&](const FieldChange& change) {
            if (!is_repeated(change)) write_change(change);
        });
        if (planned.loses_data()) tell("    data dropped" + by(planned.changed_by(Field::had_dumper)));
        if (!planned.depends_otherwise()) return;
        if (const auto rule = planned.changed_by(Field::dependencies))
            tell("    dependencies: fewer" + by(rule));
        else if (!fold_)  // what describe_rules() sums up
            tell("    dependencies lead past dropped entries\n");
    }

    void write_change(const FieldChange& change) {
        tell(std::string("    ").append(change.reported.name).append(": "));
        Text old_lines = change.before;
        Text new_lines = change.after;
        if (old_lines && new_lines) std::tie(old_lines, new_lines) = differing_lines(*old_lines, *new_lines);
        change.is_secret ? output_.write("(not shown)") : write_visible(old_lines, output_);
        output_.write(" -> ");
        write_visible(new_lines, output_);
        output_.write(by(change.rule));
    }

    [[nodiscard]] bool is_repeated(const FieldChange& change) const {
        if (repeated_.empty()) return false;
        const auto name = as_name_change(change);
        return name && repeated_.contains(*name);
    }

    void write_repeated() {
        std::vector<std::pair<std::string, std::size_t>> lines;
        for (const auto& [change, entries] : repeated_) {
            std::string line = name_of(change.field);
            line.append(": ").append(visible(change.before)).append(" -> ").append(visible(change.after));
            lines.emplace_back(line + by(change.rule), entries);
        }
        std::sort(lines.begin(), lines.end());
        for (const auto& [line, entries] : lines)
            output_.write("change " + std::to_string(entries) + " entries (-v names them): " + line);
    }

    static const char* name_of(Field field) {
        const auto is_it = [&](const ReportedField& reported) { return reported.field == field; };
        return std::find_if(reported_fields.begin(), reported_fields.end(), is_it)->name;
    }

    const Plan& plan_;
    ByteSink& output_;
    bool fold_;
    std::map<NameChange, std::size_t> repeated_;  // that are told once, with how many entries have them
    UnhandledTotals unhandled_;
    std::string head_;  // of the entry, if it has not been written
};

}  // namespace

UnhandledTotals describe_plan(const Plan& plan, ByteSink& output, bool fold) {
    return PlanWriter(plan, output, fold).write();
}

}  // namespace pgfilter::cli
