// SPDX-License-Identifier: PostgreSQL
#include "cli/report.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "bytes/harmless.hpp"
#include "cli/plural.hpp"
#include "cli/rule_names.hpp"
#include "cli/visible_text.hpp"
#include "rules/likely_cause.hpp"

namespace pgfilter::cli {
namespace {

/// What is left as it is of an argument, or what is due to none.
std::string describe_left(const UnhandledTotals& unhandled, std::size_t rule,
                          std::optional<std::size_t> argument) {
    const UnhandledTotals::Total* const left = unhandled.of(rule, argument);
    if (left == nullptr) return {};
    std::string text = "; " + plural(left->places, "place", "places") + " left as they are";
    const char* separator = " (";
    for (const auto& [kind, entries] : left->kinds)
        text.append(std::exchange(separator, ", "))
            .append(std::to_string(entries))
            .append(" ")
            .append(harmless(kind));
    return text + ")";
}

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

std::string describe_rules(const Plan& plan, const UnhandledTotals& unhandled) {
    std::string text;
    for (std::size_t spec = 0; spec < plan.reports.size(); ++spec) {
        const RuleReport& report = plan.reports[spec];
        const auto& arguments = report.spec.arguments;
        const std::size_t described = report.spec.name == "use-list" ? 0 : arguments.size();
        for (std::size_t i = 0; i < described; ++i) {
            text += report.spec.name + " " + argument_name(arguments[i]) + ": " +
                    (report.maps_names ? plural(report.per_argument[i], "place", "places") + " changed"
                                       : std::to_string(report.per_argument[i]) + " found") +
                    describe_left(unhandled, spec, i) + "\n";
        }
        const std::string by_itself = describe_left(unhandled, spec, std::nullopt);
        const std::string because = reason_after("; ", report.spec);
        if (report.maps_names && report.dropped == 0 && by_itself.empty() && because.empty()) continue;
        text += report.spec.name + ": ";
        text.append(describe_counts(report)).append(by_itself).append(because).append("\n");
    }
    if (plan.bridged > 0)
        text +=
            "dependencies of " + plural(plan.bridged, "entry", "entries") + " lead past dropped entries\n";
    return text;
}

std::string describe_rules(const Plan& plan) {
    return describe_rules(plan, count_unhandled(plan));
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
    if (leaves_nothing(plan)) lines.emplace_back("nothing is left of what the archive holds");
    return lines;
}

}  // namespace pgfilter::cli
