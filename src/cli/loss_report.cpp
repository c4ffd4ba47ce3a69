// SPDX-License-Identifier: PostgreSQL
#include "cli/loss_report.hpp"

#include <algorithm>
#include <utility>

#include "archive/dialect.hpp"
#include "bytes/harmless.hpp"
#include "cli/plural.hpp"
#include "cli/rule_names.hpp"
#include "report/entry_names.hpp"
#include "report/totals.hpp"
#include "rules/definition.hpp"

namespace pgfilter::cli {
namespace {

using Route = Consequence::Route;

/// "uses TYPE public.mood, which is dropped".
std::string reason_text(const Plan& plan, const RowLoss& loss) {
    if (!loss.reason) return {};
    const bool one = loss.data.size() == 1;
    const std::string cause = kind_and_name(plan.prologue.toc[loss.reason->cause]);
    switch (loss.reason->route) {
        case Route::uses:
            return (one ? ": it uses " : ": they use ") + cause + ", which is dropped";
        case Route::references:
            return (one ? ": it refers to rows of " : ": they refer to rows of ") + cause +
                   ", which are dropped";
        default:
            return (one ? ": it belongs to " : ": they belong to ") + cause + ", which is dropped";
    }
}

/// The entry that a rule dropped, from which a chain of consequences leads here.
std::size_t first_cause(const Plan& plan, const RowLoss& loss) {
    std::size_t entry = loss.reason->cause;
    while (const Consequence* const next = plan.consequences.find_dropped(entry)) entry = next->cause;
    return entry;
}

/// As a word for the shell: a pattern that is this name alone.
std::string pattern_word(const std::string& name) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (!name.empty() && std::all_of(name.begin(), name.end(), is_plain)) return name;
    std::string word = "'\"";
    for (const char c : name) {
        if (c == '\'')
            word += "'\\''";
        else
            word.append(c == '"' ? 2 : 1, c);
    }
    return harmless(word + "\"'");
}

/// The option for several names.  It answers what the target says of its subject, so that it has to name what
/// the target would have kept, too.
std::string repeated(const std::string& option, const std::string& name, std::vector<std::string> others) {
    constexpr std::size_t most = 20;
    std::string text = option + " " + pattern_word(name);
    for (std::size_t i = 0; i < others.size() && i < most; ++i)
        if (others[i] != name) text += " " + option + " " + pattern_word(others[i]);
    return text + (others.size() > most ? " and so on for all that are to stay" : "");
}

/// The extensions that the plan keeps.
std::vector<std::string> kept_extensions(const Plan& plan) {
    std::vector<std::string> names;
    visit_as_read(plan, [&](const PlannedEntry& planned) {
        const TocEntry& entry = planned.entry();
        if (entry.kind() == EntryKind::extension && !entry.dropped()) names.emplace_back(entry.tag());
    });
    return names;
}

/// Options that keep what the target's rule drops; empty if none does.
std::string keeping_options(const Plan& plan, const TocEntry& dropped) {
    if (!dropped.dropped() || dropped.dropped_by() >= plan.reports.size()) return {};
    const RuleSpec& rule = plan.reports[dropped.dropped_by()].spec;
    if (!rule.of_target) return {};
    const Toc& toc = plan.prologue.toc;
    if (rule.name == "extension" || rule.name == "exclude-extension") {
        const std::string name(dropped.tag());
        return "if " + harmless(name) + " exists there, say " +
               repeated("--extension", name, kept_extensions(plan));
    }
    if (rule.name == "language") {
        const auto language = language_of(dropped, dialect_of(toc));
        std::vector<std::string> others;
        for (const RuleArgument& argument : rule.arguments) others.push_back(argument.value);
        if (language)
            return "if you may use language " + harmless(*language) + " there, say " +
                   repeated("--language", *language, std::move(others));
    }
    return {};
}

/// Whether the user asked for it, which rules of plug-ins need not wait for.
bool has_cascade(const Plan& plan) {
    return std::any_of(plan.reports.begin(), plan.reports.end(),
                       [](const RuleReport& report) { return report.spec.name == "cascade"; });
}

/// What the user can do to keep the rows.
std::string remedy(const Plan& plan, const Options& options, const RowLoss& loss) {
    const RuleSpec& rule = plan.reports[loss.rule].spec;
    if (!rule.of_target) {
        const bool was_left = plan.reports[loss.rule].reach == Reach::selection;
        return loss.reason && (was_left || loss.reason->route != Route::belongs) && has_cascade(plan)
                   ? "; without --cascade it is kept"
                   : "";
    }
    if (rule.name == "no-extension-data" || rule.name == "no-objects-in-extension-schemas")
        return "; --keep-extension-data keeps them";
    if (loss.reason) {
        const TocEntry& cause = plan.prologue.toc[first_cause(plan, loss)];
        // Of the extension's own tables.
        const bool needs_owner = cause.kind() == EntryKind::extension &&
                                 loss.reason->route == Route::belongs &&
                                 loss.reason->cause == *plan.prologue.toc.find(cause.dump_id());
        const std::string keeping = keeping_options(plan, cause);
        if (!keeping.empty())
            return "; " + keeping +
                   (needs_owner ? " --keep-extension-data, if you may write to its tables" : "");
    }
    const std::string option =
        options.target.empty() ? "--from " + options.sources.front() : "--for " + options.target;
    return "; to keep them, write the rules with --print-rules " + option + " and take this one out";
}

std::string names_of_rows(const Toc& toc, const RowLoss& loss) {
    std::string names;
    for (const std::uint32_t data : loss.data)
        names.append(names.empty() ? "" : ", ").append(name_of_rows(toc[data]));
    return names;
}

std::string describe(const Toc& toc, const ByKind<FirstEntries>& taken) {
    std::string text;
    for (const auto& [kind, entries] : taken)
        text.append(text.empty() ? "" : ", ")
            .append(std::to_string(entries.count))
            .append(" ")
            .append(harmless(kind))
            .append(" (")
            .append(first_names(toc, entries, short_name))
            .append(")");
    return text;
}

}  // namespace

std::vector<std::string> describe_lost_rows(const Plan& plan, const Options& options) {
    std::vector<std::string> lines;
    for (const RowLoss& loss : row_losses(plan)) {
        const RuleSpec& rule = plan.reports[loss.rule].spec;
        const std::size_t tables = loss.data.size();
        lines.push_back(full_name(rule) + ": rows are lost of " +
                        (tables == 1 ? "" : plural(tables, "table", "tables") + ", ") +
                        names_of_rows(plan.prologue.toc, loss) + reason_text(plan, loss) +
                        reason_after(": ", rule) + remedy(plan, options, loss));
    }
    return lines;
}

std::vector<std::string> describe_lost_clauses(const Plan& plan) {
    std::vector<std::string> lines;
    for (const LostClause& clause : plan.consequences.clauses)
        lines.push_back(full_name(plan.reports[clause.spec].spec) + ": " + clause.text);
    if (plan.consequences.further_clauses > 0)
        lines.push_back("and " + plural(plan.consequences.further_clauses, "other clause", "other clauses") +
                        " lost; --dry-run shows the definitions");
    return lines;
}

std::vector<std::string> describe_cascades(const Plan& plan) {
    std::vector<std::string> lines;
    const std::vector<ByKind<FirstEntries>> taken = count_cascades(plan);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (!taken[i].empty())
            lines.push_back(full_name(plan.reports[i].spec) +
                            (has_cascade(plan) ? ": cascade drops " : ": it drops what uses that, too: ") +
                            describe(plan.prologue.toc, taken[i]));
    }
    return lines;
}

}  // namespace pgfilter::cli
