// SPDX-License-Identifier: PostgreSQL
#include "cli/target_report.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "bytes/harmless.hpp"
#include "cli/plural.hpp"
#include "cli/rule_names.hpp"
#include "cli/visible_text.hpp"
#include "report/entry_names.hpp"
#include "report/public_schema.hpp"
#include "rules/kind_name.hpp"

namespace pgfilter::cli {
namespace {

std::string describe(const Plan& plan, const DroppedByRule& loss) {
    constexpr std::size_t most_names = 3;
    std::string text;
    const char* before = "dropped ";
    for (const auto& [kind, number] : loss.kinds)
        text.append(std::exchange(before, ", "))
            .append(std::to_string(number))
            .append(" ")
            .append(harmless(kind));
    return text + " (" + first_names(plan.prologue.toc, loss.entries, short_name, most_names) + ")";
}

std::string remedy_of(const RuleSpec& rule, const DroppedByRule& loss) {
    for (const auto& [kind, number] : loss.kinds) {
        if (std::string remedy = keep_kind_remedy(rule, kind); !remedy.empty()) return remedy;
    }
    return {};
}

using Tell = std::function<void(const std::string&)>;

/// A line for each optional rule that did anything: what it changed and, with `dropped`, what it dropped.
void tell_work(const Plan& plan, const std::vector<DroppedByRule>& losses, bool dropped, const Tell& tell) {
    for (std::size_t i = 0; i < losses.size(); ++i) {
        const RuleReport& report = plan.reports[i];
        if (!report.spec.of_target) continue;
        std::string done;
        if (dropped && losses[i].entries.count > 0) done = describe(plan, losses[i]);
        if (report.changed > 0 && !report.is_precaution)
            done.append(done.empty() ? "" : ", ")
                .append("changed ")
                .append(plural(report.changed, "field", "fields"));
        if (!done.empty())
            tell(full_name(report.spec) + ": " + done + reason_after(": ", report.spec) +
                 remedy_of(report.spec, losses[i]));
    }
}

/// What each rule of a target file dropped.  With `all`, a line for each entry.
std::vector<DroppedByRule> count_losses(const Plan& plan, bool all, const Tell& tell) {
    std::vector<DroppedByRule> losses(plan.reports.size());
    visit_as_read(plan, [&](const PlannedEntry& planned) {
        if (planned.action() != EntryAction::drop) return;
        const auto rule = planned.rule();
        if (!rule || !plan.reports[*rule].spec.of_target) return;
        losses[*rule].add(planned);
        if (all)
            tell(full_name(plan.reports[*rule].spec) + ": dropped " + kind_and_name(planned.entry()) +
                 reason_after(": ", plan.reports[*rule].spec));
    });
    return losses;
}

}  // namespace

std::string keep_kind_remedy(const RuleSpec& rule, Bytes kind) {
    using K = EntryKind;
    constexpr EntryKinds grantable =
        K::event_trigger | K::publication | K::foreign_data_wrapper | K::blob | K::blobs | K::blob_metadata;
    if (!grantable.has(KindName(kind).kind())) return {};
    for (const std::string& dropped : kinds_dropped_by(rule)) {
        if (dropped != kind) continue;
        const char* const quote = kind.find(' ') == Bytes::npos ? "" : "'";
        return std::string("; if it can be had there, say --keep-kind ")
            .append(quote)
            .append(kind)
            .append(quote);
    }
    return {};
}

std::optional<std::string> describe_lost_create(const Plan& plan) {
    std::string names;
    for (const std::string& role : creators_without_grant(plan))
        names.append(names.empty() ? "" : ", ").append(visible(role));
    if (names.empty()) return std::nullopt;
    return "schema public: " + names +
           " created objects there because everybody could; from PostgreSQL 15 on " +
           "its owner alone can: GRANT CREATE ON SCHEMA public to those who need it";
}

void tell_losses(const Plan& plan, const Options& options, bool all,
                 const std::function<void(const std::string&)>& tell) {
    const auto is_of_target = [](const RuleReport& report) { return report.spec.of_target; };
    if (std::any_of(plan.reports.begin(), plan.reports.end(), is_of_target))
        tell_work(plan, count_losses(plan, all, tell), !all, tell);
    const bool is_for_target =
        std::any_of(plan.reports.begin(), plan.reports.end(), [](const RuleReport& report) {
            return report.spec.of_target && report.spec.name == "no-public-schema";
        });
    if (is_for_target) {
        if (const auto lost = describe_lost_create(plan)) tell(*lost);
    }
    for (const AnsweredRule& answered : options.answered) {
        if (answered.by == answered.rule.name && answered.rule.arguments.empty()) continue;
        tell(full_name(answered.rule) + ": left out, since " + answered.by + " is given");
    }
}

}  // namespace pgfilter::cli
