// SPDX-License-Identifier: PostgreSQL
#include "cli/unhandled_report.hpp"

#include "cli/plural.hpp"
#include "cli/rule_names.hpp"
#include "cli/visible_text.hpp"
#include "report/entry_names.hpp"
#include "report/left_undone.hpp"

namespace pgfilter::cli {
namespace {

/// What the first of the entries is and what is wrong with it.
std::string example_text(const Plan& plan, const LeftEntries& left) {
    return plan.prologue.toc[left.entries.first.front()].label() + ": " + unhandled_text(plan, left.example);
}

/// What else there is to know of the entries.
std::string end_text(const LeftEntries& left) {
    std::string text;
    if (left.others > 0)
        text += "; " + plural(left.others, "other entry needs", "other entries need") + " what would fail";
    const std::string hint = hint_text(left.example);
    return text + (hint.empty() ? "" : "; " + hint);
}

std::string describe_cause(const Plan& plan, const std::string& cause, const LeftEntries& left) {
    constexpr std::size_t most_names = 3;
    const std::size_t entries = left.entries.count;
    if (entries == 0) return plural(left.others, "entry needs", "entries need") + " what " + cause;
    if (entries == 1) return example_text(plan, left) + end_text(left);
    return plural(entries, "entry", "entries") + " (" +
           first_names(plan.prologue.toc, left.entries, kind_and_name, most_names) +
           (entries > most_names ? ", which --dry-run lists" : "") + "): each " + cause + end_text(left);
}

void describe(const Plan& plan, std::size_t rule, const LeftByRule& left, std::vector<std::string>& lines) {
    const std::string name = full_name(plan.reports[rule].spec) + ": ";
    for (const auto& [cause, entries] : left.by_cause)
        lines.push_back(name + describe_cause(plan, cause, entries));
    const std::size_t others = left.others.entries.count;
    if (others == 0) return;
    lines.push_back(name + plural(others, "entry", "entries") + " left with what it could not handle; " +
                    example_text(plan, left.others) + (others > 1 ? "; --dry-run lists them all" : "") +
                    end_text(left.others));
}

}  // namespace

std::string unhandled_text(const Plan& plan, const Unhandled& place) {
    std::string name = place.name;
    if (name.empty() && place.argument) {
        const RuleArgument& argument = plan.reports[place.spec].spec.arguments[*place.argument];
        name = argument.key.empty() ? argument.value : argument.key;
    }
    if (name.empty()) return place.reason;
    return visible(name) + " occurs " + plural(place.count, "time", "times") + " " + place.reason;
}

std::string hint_text(const Unhandled& place) {
    std::string beforehand =
        "as in pg_restore, the schema itself is not selected: it has to be there beforehand";
    switch (place.remedy) {
        case Unhandled::Remedy::cascade:
            return "--cascade drops such entries too";
        case Unhandled::Remedy::exclude_table_data:
            return "--exclude-table-data leaves its rows out";
        case Unhandled::Remedy::schema_beforehand:
            return beforehand;
        case Unhandled::Remedy::include_schema:
            return beforehand +
                   "; --include-schema selects schemas with all that is in them, as pg_dump -n does";
        case Unhandled::Remedy::none:
            break;
    }
    return {};
}

std::vector<std::string> unhandled_places(const Plan& plan, bool quick) {
    std::vector<std::string> lines;
    const std::vector<LeftByRule> left = find_left_undone(plan, quick);
    for (std::size_t rule = 0; rule < left.size(); ++rule) describe(plan, rule, left[rule], lines);
    return lines;
}

}  // namespace pgfilter::cli
