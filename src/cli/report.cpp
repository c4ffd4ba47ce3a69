#include "cli/report.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "archive/kind_facts.hpp"
#include "bytes/harmless.hpp"
#include "cli/loss_report.hpp"
#include "cli/plural.hpp"
#include "cli/reported_fields.hpp"
#include "cli/visible_text.hpp"
#include "pgfilter/needs.hpp"

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

void write_redacted(const std::vector<std::string>& names, ByteSink& output) {
    if (names.empty()) return;
    output.write("    redacted: ");
    for (std::size_t i = 0; i < names.size(); ++i) output.write((i == 0 ? "" : ", ") + names[i]);
    output.write("\n");
}

void write_changes(const Plan& plan, const TocEntry& entry, ByteSink& output) {
    const std::vector<std::string> redacted = redacted_names(plan, entry);
    write_redacted(redacted, output);
    for (const auto& [field, name, key] : reported_fields) {
        const auto editor = entry.changed_by(field);
        if (!editor) continue;
        const Text before = entry.original_text(field);
        const Text after = entry.text(field);
        if (before == after) continue;  // changed back
        output.write(std::string("    ") + name + ": ");
        if (before && after) {
            const auto [old_lines, new_lines] = differing_lines(*before, *after);
            if (field == Field::defn && !redacted.empty()) {
                output.write("(not shown)");
            } else {
                write_visible(old_lines, output);
            }
            output.write(" -> ");
            write_visible(new_lines, output);
        } else {
            write_visible(before, output);
            output.write(" -> ");
            write_visible(after, output);
        }
        output.write("  [" + editor_name(plan, *editor) + "]\n");
    }
    if (const auto editor = entry.changed_by(Field::had_dumper))
        output.write("    data dropped  [" + editor_name(plan, *editor) + "]\n");
    const auto editor = entry.changed_by(Field::dependencies);
    if (editor && *editor < plan.reports.size())
        output.write("    dependencies: fewer  [" + editor_name(plan, *editor) + "]\n");
    else if (editor)
        output.write("    dependencies lead past dropped entries\n");
}

void write_unhandled(const Plan& plan, const Unhandled& place, ByteSink& output) {
    output.write("    left as it is: " + unhandled_text(plan, place) + "  [" +
                 editor_name(plan, static_cast<EditorId>(place.spec)) + "]\n");
}

/// What rules left as it is, in all kept entries, per argument.
class UnhandledTotals {
public:
    explicit UnhandledTotals(const Plan& plan) {
        const Toc& toc = plan.prologue.toc;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            find_unhandled(plan, toc[i], false, [&](const Unhandled& place) {
                Total& total = totals_[{place.spec, place.argument}];
                total.count += place.count;
                ++total.kinds[std::string(toc[i].desc().substr(0, longest_kind))];
            });
        }
    }

    /// Without an argument: what is due to none.
    [[nodiscard]] std::string describe(std::size_t spec, std::optional<std::size_t> argument) const {
        const auto found = totals_.find({spec, argument});
        if (found == totals_.end()) return {};
        std::string text = "; " + plural(found->second.count, "place", "places") + " left as they are (";
        bool first = true;
        for (const auto& [kind, entries] : found->second.kinds) {
            text += (first ? "" : ", ") + std::to_string(entries) + " " + harmless(kind);
            first = false;
        }
        return text + ")";
    }

private:
    static constexpr std::size_t longest_kind = 60;

    struct Total {
        std::size_t count = 0;
        std::map<std::string, std::size_t> kinds;  // and how many entries of each
    };
    std::map<std::pair<std::size_t, std::optional<std::size_t>>, Total> totals_;
};

std::string describe_counts(const RuleReport& report) {
    std::string text;
    if (report.dropped > 0) text += plural(report.dropped, "entry", "entries") + " dropped";
    if (report.changed > 0)
        text += (text.empty() ? "" : ", ") + plural(report.changed, "field", "fields") + " changed";
    return text.empty() ? "nothing" : text;
}

std::string argument_name(const RuleArgument& argument) {
    return argument.key.empty() ? visible(argument.value)
                                : visible(argument.key) + " = " + visible(argument.value);
}

/// Whether entries were dropped and none is kept but those that every archive begins with.
bool nothing_is_left(const Toc& toc) {
    constexpr EntryKinds always = kinds_with(trait::session | trait::database);
    bool dropped = false;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (always.has(toc[i].kind()) || toc[i].tag().starts_with("DATABASE ")) continue;
        if (!toc[i].dropped()) return false;
        dropped = true;
    }
    return dropped;
}

/// What is often the cause.
std::string likely_cause(const RuleSpec& spec, const RuleArgument& argument) {
    if (spec.name == "map-role")
        return ": nothing that is kept names such a role (upper and lower case differ)";
    if (spec.name == "drop-role" || spec.name == "keep-roles")
        return ": nothing that is kept names such a role, by the name that the archive has";
    // pg_dump's options of that name take patterns, pg_restore's do not.
    if (spec.name == "table" && argument.value.find_first_of("*?.") != std::string::npos)
        return ": it takes a plain name, as pg_restore does; include-table takes patterns";
    if ((spec.name == "schema" || spec.name == "exclude-schema") &&
        argument.value.find_first_of("*?") != std::string::npos)
        return spec.name == "schema"
                   ? ": it takes a plain name, as pg_restore does; include-schema takes patterns"
                   : ": it takes a plain name, as pg_restore does";
    return "";
}

std::string describe_unmatched(const RuleReport& report, std::size_t number) {
    const RuleSpec& spec = report.spec;
    const RuleArgument& argument = spec.arguments[number];
    const auto outdone = report.outdone.find(number);
    if (outdone != report.outdone.end())
        return full_name(spec) + " " + argument_name(argument) + " does nothing: " + outdone->second;
    if (spec.name == "use-list") return spec.origin + ": line ignored: " + argument.value;
    return full_name(spec) + " " + argument_name(argument) + " matched nothing" +
           likely_cause(spec, argument);
}

}  // namespace

std::string identity(const TocEntry& entry) {
    const std::string label = entry.label();
    const std::size_t open = label.find('(') + 1;
    return std::to_string(entry.dump_id()) + "; " + label.substr(open, label.size() - 1 - open);
}

std::string name_and_reason(const RuleSpec& spec) {
    return spec.because.empty() ? spec.name : spec.name + ": " + harmless(spec.because);
}

std::string unhandled_text(const Plan& plan, const Unhandled& place) {
    std::string name = place.name;
    if (name.empty() && place.argument) {
        const RuleArgument& argument = plan.reports[place.spec].spec.arguments[*place.argument];
        name = argument.key.empty() ? argument.value : argument.key;
    }
    if (name.empty()) return place.reason;
    return visible(name) + " occurs " + plural(place.count, "time", "times") + " " + place.reason;
}

void describe_plan(const Plan& plan, ByteSink& output) {
    const Toc& toc = plan.prologue.toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const TocEntry& entry = toc[toc.at(i)];
        if (entry.dropped()) {
            output.write("drop " + identity(entry) + "  [" + editor_name(plan, entry.dropped_by()) + "]\n");
            continue;
        }
        bool named = entry.changed() || entry.added();
        if (entry.added()) {
            output.write("add " + identity(entry) + "  [" + editor_name(plan, entry.added_by()) + "]\n");
        } else if (named) {
            output.write("change " + identity(entry) + "\n");
            write_changes(plan, entry, output);
        }
        find_unhandled(plan, entry, false, [&](const Unhandled& place) {
            if (!named) output.write("keep " + identity(entry) + "\n");
            named = true;
            write_unhandled(plan, place, output);
        });
    }
    output.write("entries: " + std::to_string(toc.read_size()) + " read, " +
                 std::to_string(toc.size() - toc.dropped_count()) + " would be written\n");
}

std::string describe_rules(const Plan& plan) {
    const UnhandledTotals unhandled(plan);
    std::string text;
    for (std::size_t spec = 0; spec < plan.reports.size(); ++spec) {
        const RuleReport& report = plan.reports[spec];
        const auto& arguments = report.spec.arguments;
        const std::size_t described = report.spec.name == "use-list" ? 0 : arguments.size();
        for (std::size_t i = 0; i < described; ++i) {
            text += report.spec.name + " " + argument_name(arguments[i]) + ": " +
                    (report.maps_names ? plural(report.per_argument[i], "place", "places") + " changed"
                                       : std::to_string(report.per_argument[i]) + " found") +
                    unhandled.describe(spec, i) + "\n";
        }
        const std::string by_itself = unhandled.describe(spec, std::nullopt);
        const std::string& because = report.spec.because;
        if (report.maps_names && report.dropped == 0 && by_itself.empty() && because.empty()) continue;
        text += report.spec.name + ": " + describe_counts(report) + by_itself +
                (because.empty() ? "" : "; " + harmless(because)) + "\n";
    }
    if (plan.bridged > 0)
        text +=
            "dependencies of " + plural(plan.bridged, "entry", "entries") + " lead past dropped entries\n";
    return text;
}

std::string describe_summary(const Summary& summary) {
    return "entries: " + std::to_string(summary.entries_read) + " read, " +
           std::to_string(summary.entries_written) +
           " written; data blocks: " + std::to_string(summary.blocks_read) + " read, " +
           std::to_string(summary.blocks_written) + " written; bytes: " + std::to_string(summary.bytes_read) +
           " read, " + std::to_string(summary.bytes_written) + " written\n";
}

std::vector<std::string> unmatched_rules(const Plan& plan) {
    std::vector<std::string> lines;
    for (const RuleReport& report : plan.reports) {
        if (!report.expected_to_match || report.spec.of_target) continue;
        const auto& arguments = report.spec.arguments;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            if (report.per_argument[i] == 0) lines.push_back(describe_unmatched(report, i));
        }
        // A flag that a rule file has as well finds nothing left to do.
        const auto did_it = [&](const RuleReport& other) {
            return other.spec.name == report.spec.name && !other.matched_nothing();
        };
        if (arguments.empty() && std::none_of(plan.reports.begin(), plan.reports.end(), did_it))
            lines.push_back(full_name(report.spec) + " matched nothing");
    }
    if (nothing_is_left(plan.prologue.toc)) lines.emplace_back("nothing is left of what the archive holds");
    return lines;
}

std::vector<std::string> unhandled_places(const Plan& plan, bool quick) {
    struct Total {
        std::size_t entries = 0;
        std::string first;
        std::string hint;
    };
    std::vector<Total> totals(plan.reports.size());
    const Toc& toc = plan.prologue.toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        std::size_t latest = totals.size();
        find_unhandled(plan, toc[i], quick, [&](const Unhandled& place) {
            Total& total = totals[place.spec];
            if (total.entries == 0) {
                total.first = toc[i].label() + ": " + unhandled_text(plan, place);
                total.hint = place.hint;
            }
            total.entries += std::exchange(latest, place.spec) == place.spec ? 0U : 1U;
        });
    }
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < totals.size(); ++i) {
        if (totals[i].entries == 0) continue;
        lines.push_back(full_name(plan.reports[i].spec) + ": " +
                        plural(totals[i].entries, "entry", "entries") +
                        " left with what it could not handle; " + totals[i].first +
                        (totals[i].entries > 1 ? "; --dry-run tells them all" : "") +
                        (totals[i].hint.empty() ? "" : "; " + totals[i].hint));
    }
    return lines;
}

namespace {

void describe_names(const char* what, const Needs& needs, Needs::Kind kind, ByteSink& output) {
    bool first = true;
    needs.for_each(kind, [&](Bytes name, std::size_t entries) {
        if (std::exchange(first, false)) output.write(std::string(what) + ":\n");
        output.write("  " + visible(name) + "  (" + plural(entries, "entry", "entries") + ")\n");
    });
}

}  // namespace

void describe_needs(const Plan& plan, ByteSink& output) {
    using Kind = Needs::Kind;
    const Needs needs(plan.prologue);
    describe_names("roles", needs, Kind::roles, output);
    bool first = true;
    needs.for_each_extension([&](const Needs::Extension& extension) {
        if (std::exchange(first, false)) output.write("extensions:\n");
        output.write("  " + visible(extension.name) +
                     (extension.schema.empty() ? "" : " in schema " + visible(extension.schema)) +
                     (extension.version.empty() ? "" : ", version " + visible(extension.version)) + "\n");
    });
    describe_names("schemas", needs, Kind::schemas, output);
    describe_names("tables, views and sequences", needs, Kind::tables, output);
    describe_names("types", needs, Kind::types, output);
    describe_names("functions", needs, Kind::functions, output);
    describe_names("tablespaces", needs, Kind::tablespaces, output);
    describe_names("access methods", needs, Kind::access_methods, output);
    describe_names("languages", needs, Kind::languages, output);
    describe_names("security label providers", needs, Kind::label_providers, output);
    describe_names("C libraries", needs, Kind::libraries, output);
    describe_names("collations", needs, Kind::collations, output);
    describe_names("locales", needs, Kind::locales, output);
    describe_names("ICU locales", needs, Kind::icu_locales, output);
    const Needs::Oldest oldest = needs.oldest();
    std::string text = "PostgreSQL " + oldest.version + " or later";
    const char* before = ", or a minor release from ";
    for (const std::string& release : oldest.patched)
        text.append(std::exchange(before, ", ")).append(release).append(" on");
    if (!oldest.because.empty()) text.append(": ").append(oldest.because);
    output.write(text + "\n");
}

}  // namespace pgfilter::cli
