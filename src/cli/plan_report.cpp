#include "cli/plan_report.hpp"

#include <map>
#include <utility>

#include "cli/plural.hpp"
#include "cli/report.hpp"
#include "cli/reported_fields.hpp"
#include "cli/unhandled_report.hpp"
#include "cli/visible_text.hpp"

namespace pgfilter::cli {
namespace {

std::string editor_name(const Plan& plan, EditorId editor) {
    return editor < plan.reports.size() ? name_and_reason(plan.reports[editor].spec) : "dependencies";
}

/// The names of what is replaced because nobody may see it; empty if nothing is.
std::vector<std::string> redacted_names(const Plan& plan, const TocEntry& entry) {
    constexpr std::size_t most = 20;
    std::vector<std::string> names;
    find_redacted(plan, entry, [&](const std::string& name) {
        if (names.size() == most) names.emplace_back("...");
        if (names.size() < most) names.push_back(name);
    });
    return names;
}

/// Who changed the field; nothing if it is as it was, or as it was again.
std::optional<EditorId> editor_of(const TocEntry& entry, Field field) {
    const auto editor = entry.changed_by(field);
    return editor && entry.original_text(field) == entry.text(field) ? std::nullopt : editor;
}

/// A change of a name, as a line of its own; empty if it is none, or too long to be compared with others.
std::string name_change(const Plan& plan, const TocEntry& entry, const ReportedField& reported) {
    constexpr std::size_t longest = 100;
    const Field field = reported.field;
    if (field != Field::owner && field != Field::tablespace && field != Field::tableam) return {};
    const auto editor = editor_of(entry, field);
    if (!editor) return {};
    const Text before = entry.original_text(field);
    const Text after = entry.text(field);
    if (before.value_or("").size() > longest || after.value_or("").size() > longest) return {};
    std::string line = reported.name;
    line.append(": ").append(visible(before)).append(" -> ").append(visible(after));
    return line.append("  [").append(editor_name(plan, *editor)).append("]");
}

/// Changes of names that are reported once for all entries that have them.
class RepeatedChanges {
public:
    RepeatedChanges() = default;
    explicit RepeatedChanges(const Plan& plan) {
        const Toc& toc = plan.prologue.toc;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].dropped() || toc[i].added() || !toc[i].changed()) continue;
            for (const ReportedField& field : reported_fields) count(name_change(plan, toc[i], field));
        }
    }

    [[nodiscard]] bool has(const std::string& line) const {
        const auto found = entries_.find(line);
        return found != entries_.end() && found->second > few;
    }

    void describe(ByteSink& output) const {
        for (const auto& [line, entries] : entries_) {
            if (entries > few)
                output.write("change " + std::to_string(entries) + " entries (-v names them): " + line +
                             "\n");
        }
    }

private:
    static constexpr std::size_t few = 3;             // are named
    static constexpr std::size_t most_lines = 1'000;  // a hostile archive can have as many as entries

    void count(const std::string& line) {
        if (!line.empty() && (entries_.size() < most_lines || entries_.contains(line))) ++entries_[line];
    }

    std::map<std::string, std::size_t> entries_;
};

class PlanWriter {
public:
    PlanWriter(const Plan& plan, ByteSink& output, bool fold)
        : plan_(plan),
          output_(output),
          fold_(fold),
          repeated_(fold ? RepeatedChanges(plan) : RepeatedChanges()) {}

    void write() {
        const Toc& toc = plan_.prologue.toc;
        for (std::size_t i = 0; i < toc.size(); ++i) write_entry(toc[toc.at(i)]);
        repeated_.describe(output_);
        output_.write("entries: " + std::to_string(toc.read_size()) + " read, " +
                      std::to_string(toc.size() - toc.dropped_count()) + " would be written\n");
    }

private:
    void write_entry(const TocEntry& entry) {
        if (entry.dropped()) return output_.write("drop " + identity(entry) + by(entry.dropped_by()));
        head_ = (entry.added()     ? "add "
                 : entry.changed() ? "change "
                                   : "keep ") +
                identity(entry) + (entry.added() ? by(entry.added_by()) : "\n");
        if (entry.added()) {
            tell("");
        } else if (entry.changed()) {
            write_changes(entry);
        }
        find_unhandled(plan_, entry, false, [&](const Unhandled& place) {
            tell("    left as it is: " + unhandled_text(plan_, place) +
                 by(static_cast<EditorId>(place.spec)));
        });
    }

    /// Below a line that names the entry.
    void tell(const std::string& line) {
        output_.write(std::exchange(head_, {}));
        output_.write(line);
    }

    [[nodiscard]] std::string by(EditorId editor) const {
        return std::string("  [").append(editor_name(plan_, editor)).append("]\n");
    }

    void write_changes(const TocEntry& entry) {
        const std::vector<std::string> redacted = redacted_names(plan_, entry);
        write_redacted(redacted);
        for (const ReportedField& field : reported_fields) {
            const auto editor = editor_of(entry, field.field);
            if (editor && !(fold_ && repeated_.has(name_change(plan_, entry, field))))
                write_change(entry, field, field.field == Field::defn && !redacted.empty(), *editor);
        }
        if (const auto editor = entry.changed_by(Field::had_dumper)) tell("    data dropped" + by(*editor));
        const auto editor = entry.changed_by(Field::dependencies);
        if (editor && *editor < plan_.reports.size()) tell("    dependencies: fewer" + by(*editor));
        // What describe_rules() sums up.
        if (editor && *editor >= plan_.reports.size() && !fold_)
            tell("    dependencies lead past dropped entries\n");
    }

    void write_redacted(const std::vector<std::string>& names) {
        if (names.empty()) return;
        tell("    redacted: ");
        const char* separator = "";
        for (const std::string& name : names) output_.write(std::exchange(separator, ", ") + name);
        output_.write("\n");
    }

    void write_change(const TocEntry& entry, const ReportedField& reported, bool is_secret, EditorId editor) {
        const Text before = entry.original_text(reported.field);
        const Text after = entry.text(reported.field);
        tell(std::string("    ").append(reported.name).append(": "));
        Text old_lines = before;
        Text new_lines = after;
        if (before && after) std::tie(old_lines, new_lines) = differing_lines(*before, *after);
        is_secret ? output_.write("(not shown)") : write_visible(old_lines, output_);
        output_.write(" -> ");
        write_visible(new_lines, output_);
        output_.write(by(editor));
    }

    const Plan& plan_;
    ByteSink& output_;
    bool fold_;
    RepeatedChanges repeated_;
    std::string head_;  // of the entry, if it has not been written
};

}  // namespace

void describe_plan(const Plan& plan, ByteSink& output, bool fold) {
    PlanWriter(plan, output, fold).write();
}

}  // namespace pgfilter::cli
