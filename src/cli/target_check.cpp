#include "cli/target_check.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "bytes/harmless.hpp"
#include "cli/json_report.hpp"
#include "cli/json_writer.hpp"
#include "cli/loss_report.hpp"
#include "cli/plural.hpp"
#include "cli/public_schema.hpp"
#include "cli/report.hpp"
#include "cli/target_report.hpp"
#include "cli/unhandled_report.hpp"
#include "pgfilter/needs.hpp"

namespace pgfilter::cli {
namespace {

/// Why an entry would fail, or what else there is to know of it.
struct Failure {
    std::vector<EditorId> rules;  // those that take care of it
    bool has_places = false;      // that no rule takes care of; find_unhandled() has them
    bool is_unhandled = false;    // because of one of these
    bool is_of_owner = false;     // that it has this owner is all

    [[nodiscard]] bool fails() const { return !rules.empty() || is_unhandled; }
};

class FailureFinder {
public:
    explicit FailureFinder(const Plan& plan) : plan_(plan) {}

    /// Valid until the next call.
    const Failure& about(const TocEntry& entry) {
        failure_.rules.clear();
        failure_.has_places = failure_.is_unhandled = failure_.is_of_owner = false;
        if (entry.added()) return failure_;
        if (entry.dropped()) {
            add_rule(entry.dropped_by());
            return failure_;
        }
        bool by_owners_rule = true;  // CREATE SCHEMA names the owner, too
        for (int field = 0; entry.changed() && field <= static_cast<int>(Field::data_offset); ++field) {
            const auto editor = entry.changed_by(static_cast<Field>(field));
            if (!editor || *editor >= plan_.reports.size() || is_harmless(entry, static_cast<Field>(field)))
                continue;
            if (plan_.reports[*editor].is_precaution) continue;
            add_rule(*editor);
            by_owners_rule = by_owners_rule && editor == entry.changed_by(Field::owner);
        }
        find_unhandled(plan_, entry, false, [&](const Unhandled& place) {
            failure_.has_places = true;
            failure_.is_unhandled = failure_.is_unhandled || place.fails;
        });
        failure_.is_of_owner = !failure_.rules.empty() && by_owners_rule && !failure_.has_places;
        return failure_;
    }

private:
    /// Whether what the field said would have failed nowhere.
    static bool is_harmless(const TocEntry& entry, Field field) {
        if (field == Field::tablespace) return entry.original_text(field) == Bytes();
        return field == Field::owner && !has_owner_command(entry);
    }

    /// What the user's own rules do is no failure of the target's.
    void add_rule(EditorId editor) {
        if (editor >= plan_.reports.size() || !plan_.reports[editor].spec.of_target) return;
        auto& rules = failure_.rules;
        if (std::find(rules.begin(), rules.end(), editor) == rules.end()) rules.push_back(editor);
    }

    const Plan& plan_;
    Failure failure_;
};

class CheckWriter {
public:
    CheckWriter(const Plan& plan, const Options& options, ByteSink& output)
        : plan_(plan), options_(options), output_(output) {}
    CheckWriter(const CheckWriter&) = delete;
    CheckWriter& operator=(const CheckWriter&) = delete;
    virtual ~CheckWriter() = default;

    bool write() {
        const Toc& toc = plan_.prologue.toc;
        FailureFinder finder(plan_);
        begin();
        for (std::size_t i = 0; i < toc.size(); ++i) {
            const TocEntry& entry = toc[toc.at(i)];
            const Failure& failure = finder.about(entry);
            if (failure.rules.empty() && !failure.has_places) continue;
            failing_ += failure.fails() ? 1U : 0U;
            unhandled_ += failure.is_unhandled ? 1U : 0U;
            noted_ += failure.fails() ? 0U : 1U;
            tell(entry, failure);
        }
        end();
        return failing_ == 0;
    }

protected:
    virtual void begin() = 0;
    virtual void tell(const TocEntry& entry, const Failure& failure) = 0;
    virtual void end() = 0;

    /// Found again, for a text can mention every role there is.
    void for_each_place(const TocEntry& entry, const Failure& failure,
                        const std::function<void(const Unhandled&)>& visit) const {
        if (failure.has_places) find_unhandled(plan_, entry, false, visit);
    }
    [[nodiscard]] const RuleSpec& rule(std::size_t place) const { return plan_.reports[place].spec; }

    // NOLINTBEGIN(misc-non-private-member-variables-in-classes): of the two writers below
    const Plan& plan_;
    const Options& options_;
    ByteSink& output_;
    std::size_t failing_ = 0;
    std::size_t unhandled_ = 0;
    std::size_t noted_ = 0;  // would not fail, but there is something to know
    // NOLINTEND(misc-non-private-member-variables-in-classes)
};

class TextWriter final : public CheckWriter {
public:
    using CheckWriter::CheckWriter;

private:
    void begin() override {
        for (const std::string& line : describe_lost_rows(plan_, options_)) output_.write(line + "\n");
    }

    void tell(const TocEntry& entry, const Failure& failure) override {
        if (failure.is_of_owner && !options_.verbose) {
            ++owners_[failure.rules.front()];
            return;
        }
        output_.write((failure.fails() ? "fails " : "look at ") + identity(entry) + "\n");
        for (const EditorId editor : failure.rules) {
            output_.write(std::string(entry.dropped() ? "    dropped" : "    changed") + " by " +
                          name_and_reason(rule(editor)) +
                          (entry.dropped() ? keep_kind_remedy(rule(editor), entry.desc()) : "") + "\n");
        }
        for_each_place(entry, failure, [&](const Unhandled& place) {
            output_.write((place.fails ? "    no rule handles it: " : "    left as it is: ") +
                          unhandled_text(plan_, place) +
                          (hint_text(place).empty() ? "" : "; " + hint_text(place)) + "\n");
        });
    }

    void end() override {
        for (const auto& [editor, entries] : owners_) {
            output_.write("fails " + plural(entries, "entry", "entries") +
                          " for the owner alone; -v lists them\n    changed by " +
                          name_and_reason(rule(editor)) + "\n");
        }
        if (const auto lost = describe_lost_create(plan_)) output_.write("look at " + *lost + "\n");
        const std::string read = std::to_string(plan_.prologue.toc.read_size());
        std::string text =
            "entries: " + read + " read, " + std::to_string(failing_) + " would fail on " + options_.target;
        if (unhandled_ > 0) text += ", " + std::to_string(unhandled_) + " of them whatever rules do";
        if (noted_ > 0) text += "; " + std::to_string(noted_) + " to look at";
        output_.write(text + "\n");
    }

    std::map<EditorId, std::size_t> owners_;  // entries that only change theirs, by the rule
};

class JsonWriter final : public CheckWriter {
public:
    using CheckWriter::CheckWriter;

private:
    void begin() override {
        output_.write("{\"schema_version\": " + std::to_string(schema_version) + ",\n\"target\": ");
        write_text(Text(options_.target), output_);
        output_.write(",\n\"rows_lost\": ");
        write_json_lost_rows(plan_, output_);
        output_.write(",\n\"entries\": [");
    }

    void tell(const TocEntry& entry, const Failure& failure) override {
        output_.write(failing_ + noted_ == 1 ? "\n" : ",\n");
        JsonObject object(output_);
        write_identity(entry, object);
        object.value("fails", failure.fails());
        Json rules = Json::array();
        for (const EditorId editor : failure.rules) {
            const RuleSpec& spec = rule(editor);
            rules.push_back({{"rule", spec.name},
                             {"origin", text_json(spec.origin)},
                             {"because", spec.because.empty() ? Json(nullptr) : text_json(spec.because)},
                             {"action", entry.dropped() ? "drop" : "change"}});
        }
        object.value("rules", rules);
        object.key("unhandled");
        const char* separator = "[";
        for_each_place(entry, failure, [&](const Unhandled& place) {
            const Json told{{"rule", rule(place.spec).name},
                            {"fails", place.fails},
                            {"reason", text_json(unhandled_text(plan_, place))},
                            {"hint", hint_text(place).empty() ? Json(nullptr) : text_json(hint_text(place))}};
            output_.write(std::exchange(separator, ",") + told.dump());
        });
        output_.write(*separator == '[' ? "[]" : "]");
        object.close();
    }

    void end() override {
        output_.write("\n],\n\"entries_read\": " + std::to_string(plan_.prologue.toc.read_size()) +
                      ",\n\"would_fail\": " + std::to_string(failing_) + ",\n\"unhandled\": " +
                      std::to_string(unhandled_) + ",\n\"to_look_at\": " + std::to_string(noted_) + "}\n");
    }
};

}  // namespace

bool check_target(const Plan& plan, const Options& options, ByteSink& output) {
    if (options.json) return JsonWriter(plan, options, output).write();
    return TextWriter(plan, options, output).write();
}

}  // namespace pgfilter::cli
