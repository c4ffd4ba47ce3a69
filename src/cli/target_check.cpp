// SPDX-License-Identifier: PostgreSQL
#include "cli/target_check.hpp"

#include "cli/json_report.hpp"
#include "cli/loss_report.hpp"
#include "cli/plural.hpp"
#include "cli/rule_names.hpp"
#include "cli/target_report.hpp"
#include "cli/unhandled_report.hpp"
#include "report/entry_names.hpp"
#include "report/target_failures.hpp"

namespace pgfilter::cli {
namespace {

void tell(const Plan& plan, const PlannedEntry& planned, const TargetFailure& failure, ByteSink& output) {
    const TocEntry& entry = planned.entry();
    output.write((failure.fails() ? "fails " : "look at ") + identity(entry) + "\n");
    for (const std::size_t rule : failure.rules) {
        const RuleSpec& spec = plan.reports[rule].spec;
        output.write(std::string(entry.dropped() ? "    dropped" : "    changed") + " by " +
                     name_and_reason(spec) + (entry.dropped() ? keep_kind_remedy(spec, entry.desc()) : "") +
                     "\n");
    }
    if (!failure.has_places) return;
    planned.for_each_unhandled([&](const Unhandled& place) {
        const std::string hint = hint_text(place);
        output.write((place.fails ? "    no rule handles it: " : "    left as it is: ") +
                     unhandled_text(plan, place) + (hint.empty() ? "" : "; " + hint) + "\n");
    });
}

/// The entries that are not listed since they only change their owner.
void tell_of_owners(const Plan& plan, const FailureTotals& totals, ByteSink& output) {
    for (const auto& [rule, entries] : totals.of_owner) {
        output.write("fails " + plural(entries, "entry", "entries") +
                     " for the owner alone; -v lists them\n    changed by " +
                     name_and_reason(plan.reports[rule].spec) + "\n");
    }
}

FailureTotals describe_failures(const Plan& plan, const Options& options, ByteSink& output) {
    for (const std::string& line : describe_lost_rows(plan, options)) output.write(line + "\n");
    FailureTotals totals =
        find_target_failures(plan, [&](const PlannedEntry& planned, const TargetFailure& failure) {
            if (!failure.is_of_owner || options.verbose) tell(plan, planned, failure, output);
        });
    if (!options.verbose) tell_of_owners(plan, totals, output);
    if (const auto lost = describe_lost_create(plan)) output.write("look at " + *lost + "\n");
    std::string text = "entries: " + std::to_string(plan.prologue.toc.read_size()) + " read, " +
                       std::to_string(totals.failing) + " would fail on " + options.target;
    if (totals.unhandled > 0) text += ", " + std::to_string(totals.unhandled) + " of them whatever rules do";
    if (totals.noted > 0) text += "; " + std::to_string(totals.noted) + " to look at";
    output.write(text + "\n");
    return totals;
}

void write(const Plan& plan, const PlannedEntry& planned, const TargetFailure& failure, JsonWriter& json) {
    json.begin_object();
    write_identity(planned.entry(), json);
    json.members({{"fails", failure.fails()}});
    json.begin_list("rules");
    for (const std::size_t rule : failure.rules) {
        const RuleSpec& spec = plan.reports[rule].spec;
        json.object({{"rule", spec.name},
                     {"origin", spec.origin},
                     {"because", or_null(spec.because)},
                     {"action", planned.entry().dropped() ? "drop" : "change"}});
    }
    json.end();
    json.begin_list("unhandled");
    const auto write_place = [&](const Unhandled& place) {
        json.object({{"rule", plan.reports[place.spec].spec.name},
                     {"fails", place.fails},
                     {"reason", unhandled_text(plan, place)},
                     {"hint", or_null(hint_text(place))}});
    };
    // Found again, for a text can mention every role there is.
    if (failure.has_places) planned.for_each_unhandled(write_place);
    json.end();
    json.end();
}

FailureTotals write_failures(const Plan& plan, const Options& options, ByteSink& output) {
    JsonWriter json(output);
    json.members({{"target", options.target}});
    write_lost_rows(plan, json);
    json.begin_list("entries");
    FailureTotals totals =
        find_target_failures(plan, [&](const PlannedEntry& planned, const TargetFailure& failure) {
            write(plan, planned, failure, json);
        });
    json.end();
    json.members({{"entries_read", plan.prologue.toc.read_size()},
                  {"would_fail", totals.failing},
                  {"unhandled", totals.unhandled},
                  {"to_look_at", totals.noted}});
    json.end();
    return totals;
}

}  // namespace

bool check_target(const Plan& plan, const Options& options, ByteSink& output) {
    FailureTotals totals =
        options.json ? write_failures(plan, options, output) : describe_failures(plan, options, output);
    return totals.failing == 0;
}

}  // namespace pgfilter::cli
