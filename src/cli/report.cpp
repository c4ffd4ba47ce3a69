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
#include "cli/unhandled_report.hpp"
#include "cli/visible_text.hpp"
#include "pgfilter/needs.hpp"
#include "rules/likely_cause.hpp"

namespace pgfilter::cli {
namespace {

/// What rules left as it is, in all kept entries, per argument.
class UnhandledTotals {
public:
    explicit UnhandledTotals(const Plan& plan) {
        const Toc& toc = plan.prologue.toc;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            find_unhandled(plan, toc[i], false, [&](const Unhandled& place) {
                Total& total = totals_[{place.spec, place.argument}];
                total.count += place.count;
                ++of_kind(total.kinds, toc[i].desc());
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
    using Kinds = std::map<std::string, std::size_t, std::less<>>;  // and how many entries of each

    struct Total {
        std::size_t count = 0;
        Kinds kinds;
    };

    /// A hostile archive can have as many kinds as entries, and of any length.
    static std::size_t& of_kind(Kinds& kinds, Bytes kind) {
        constexpr std::size_t longest = 60;
        constexpr std::size_t most = 100;  // twice as many as pg_dump has
        const auto known = kinds.find(kind.substr(0, longest));
        if (known != kinds.end()) return known->second;
        return kinds[kinds.size() < most ? std::string(kind.substr(0, longest)) : "other kinds"];
    }

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

std::string describe_unmatched(const RuleReport& report, std::size_t number) {
    const RuleArgument& argument = report.spec.arguments[number];
    const std::string what = full_name(report.spec) + " " + argument_name(argument);
    const auto outdone = report.outdone.find(number);
    if (outdone != report.outdone.end()) return what + " does nothing: " + outdone->second;
    const ArgumentForm form = report.maps_names       ? ArgumentForm::mapping
                              : report.takes_patterns ? ArgumentForm::pattern
                                                      : ArgumentForm::name;
    return what + " matched nothing" + likely_cause(report.spec.name, form, argument);
}

/// A file that is no list at all would fill the screen.
void add_ignored_lines(const RuleReport& report, std::vector<std::string>& lines) {
    constexpr std::size_t most_told = 20;
    std::size_t ignored = 0;
    for (std::size_t i = 0; i < report.spec.arguments.size(); ++i) {
        if (report.per_argument[i] > 0 || ++ignored > most_told) continue;
        lines.push_back(report.spec.origin + ": line ignored: " + report.spec.arguments[i].value);
    }
    if (ignored > most_told)
        lines.push_back(report.spec.origin + ": " + plural(ignored - most_told, "other line", "other lines") +
                        " ignored; it takes what -l prints of this archive");
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
        if (report.spec.name == "use-list") add_ignored_lines(report, lines);
        const auto& arguments = report.spec.arguments;
        for (std::size_t i = 0; i < arguments.size() && report.spec.name != "use-list"; ++i) {
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
