#include "cli/target_report.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "bytes/harmless.hpp"
#include "cli/loss_report.hpp"
#include "cli/plural.hpp"
#include "cli/public_schema.hpp"
#include "rules/kind_name.hpp"

namespace pgfilter::cli {
namespace {

constexpr std::size_t longest_text = 100;  // of a name or a kind

/// What a rule dropped.
struct Work {
    std::map<std::string, std::size_t, std::less<>> kinds;
    std::vector<std::string> names;  // the first ones, of objects if there are any
    std::size_t dropped = 0;
};

std::string kind_of(const TocEntry& entry) {
    return harmless(std::string(entry.desc().substr(0, longest_text)));
}

std::string reason_of(const RuleSpec& rule) {
    return rule.because.empty() ? "" : ": " + harmless(rule.because);
}

void count(Work& loss, const TocEntry& entry) {
    constexpr std::size_t most_names = 3;
    constexpr std::size_t most_kinds = 100;  // more than there are
    constexpr EntryKinds rows = EntryKind::table_data | EntryKind::blobs;
    if (rows.has(entry.kind())) return;  // what describe_lost_rows() tells
    ++loss.dropped;
    if (loss.names.size() < most_names) loss.names.push_back(short_name(entry));
    const std::string kind = kind_of(entry);
    ++loss.kinds[loss.kinds.size() < most_kinds || loss.kinds.contains(kind) ? kind : "of other kinds"];
}

std::string describe(const Work& loss) {
    std::string text;
    const char* before = "dropped ";
    for (const auto& [kind, number] : loss.kinds)
        text += std::exchange(before, ", ") + std::to_string(number) + " " + kind;
    before = " (";
    for (const std::string& name : loss.names) text += std::exchange(before, ", ") + name;
    const std::size_t unnamed = loss.dropped - loss.names.size();
    return text + (unnamed > 0 ? " and " + std::to_string(unnamed) + " more)" : ")");
}

std::string remedy_of(const RuleSpec& rule, const Work& work) {
    for (const auto& [kind, number] : work.kinds) {
        if (std::string remedy = keep_kind_remedy(rule, kind); !remedy.empty()) return remedy;
    }
    return {};
}

using Tell = std::function<void(const std::string&)>;

/// A line for each optional rule that did anything: what it changed and, with `dropped`, what it dropped.
void tell_work(const Plan& plan, const std::vector<Work>& losses, bool dropped, const Tell& tell) {
    for (std::size_t i = 0; i < losses.size(); ++i) {
        const RuleReport& report = plan.reports[i];
        if (!report.spec.of_target) continue;
        std::string done = dropped && losses[i].dropped > 0 ? describe(losses[i]) : std::string();
        if (report.changed > 0 && !report.is_precaution)
            done.append(done.empty() ? "" : ", ")
                .append("changed ")
                .append(plural(report.changed, "field", "fields"));
        if (!done.empty())
            tell(full_name(report.spec) + ": " + done + reason_of(report.spec) +
                 remedy_of(report.spec, losses[i]));
    }
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

void tell_losses(const Plan& plan, const Options& options, bool all,
                 const std::function<void(const std::string&)>& tell) {
    const Toc& toc = plan.prologue.toc;
    std::vector<Work> losses(plan.reports.size());
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (!toc[i].dropped() || toc[i].dropped_by() >= losses.size()) continue;
        const RuleSpec& rule = plan.reports[toc[i].dropped_by()].spec;
        if (!rule.of_target) continue;
        count(losses[toc[i].dropped_by()], toc[i]);
        if (all)
            tell(full_name(rule) + ": dropped " + kind_of(toc[i]) + " " + short_name(toc[i]) +
                 reason_of(rule));
    }
    tell_work(plan, losses, !all, tell);
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
