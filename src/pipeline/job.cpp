// SPDX-License-Identifier: PostgreSQL
// From the rules of a job to a plan, and from a plan to an archive.
#include "pgfilter/job.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "pipeline/bridging.hpp"
#include "pipeline/execution.hpp"
#include "pipeline/passes.hpp"
#include "pipeline/planning.hpp"
#include "rules/large_object_acl.hpp"
#include "rules/name_encoding.hpp"

namespace pgfilter {
namespace {

/// So that what is wrong with a rule is said with its origin.
void check_alone(const RuleSpec& spec, const RuleRegistry& registry) try {
    if (!spec.origin.empty()) static_cast<void>(registry.make({spec}));
} catch (const Error& error) {
    if (error.code() != ErrorCode::usage) throw;
    throw Error(ErrorCode::usage, spec.origin + ": " + error.message());
}

/// From the archive as it was read to what is to be written.  Each step needs what those before it did.
void take_steps(Plan& plan) {
    Closure closure(plan.prologue, plan.reports);
    apply_rules(plan, closure);
    plan.consequences = closure.complete();
    split_changed_group_acls(plan.prologue, plan.reports, closure);
    TocAccess::place_copies(plan.prologue.toc);
    plan.bridged = bridge_dependencies(plan.prologue.toc, static_cast<EditorId>(plan.reports.size()));
}

}  // namespace

std::vector<AppliedRule> make_rules(const std::vector<RuleSpec>& specs, const RuleRegistry& registry) {
    // One more stands for what bridges.
    if (specs.size() >= last_editor) throw Error(ErrorCode::usage, "too many rules");
    std::vector<std::vector<std::size_t>> groups;
    std::map<std::string, std::size_t> families;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const RuleInfo* info = registry.find(specs[i].name);
        if (info == nullptr || info->family.empty()) {
            groups.push_back({i});
            continue;
        }
        const auto [family, fresh] = families.emplace(info->family, groups.size());
        if (fresh) groups.emplace_back();
        groups[family->second].push_back(i);
    }
    const auto turn_of = [&](const std::vector<std::size_t>& group) {
        const RuleInfo* const info = registry.find(specs[group.front()].name);
        return info == nullptr ? Turn::objects : info->turn;
    };
    std::stable_sort(groups.begin(), groups.end(),
                     [&](const auto& a, const auto& b) { return turn_of(a) < turn_of(b); });
    std::vector<AppliedRule> rules;
    for (std::vector<std::size_t>& group : groups) {
        std::vector<RuleSpec> of_group;
        for (const std::size_t i : group) {
            check_alone(specs[i], registry);
            of_group.push_back(specs[i]);
        }
        rules.push_back({registry.make(std::move(of_group)), std::move(group)});
    }
    return rules;
}

void check_rules(const std::vector<RuleSpec>& rules, const RuleRegistry& registry) {
    make_rules(rules, registry);
}

Plan make_plan(const Job& job, const RuleRegistry& registry, ByteSource& source) {
    std::vector<AppliedRule> rules = make_rules(job.rules, registry);
    return make_plan(job, registry, std::move(rules), read_prologue(source, job.limits));
}

Plan make_plan(const Job& job, const RuleRegistry& registry, std::vector<AppliedRule> rules,
               Prologue prologue) {
    Plan plan{std::move(prologue), {}, std::move(rules), {}, 0};
    if (const auto encoded = encode_names(job.rules, registry, plan.prologue.toc, job.other_encoding))
        plan.rules = make_rules(*encoded, registry);
    for (const RuleSpec& spec : job.rules) {
        plan.reports.emplace_back().spec = spec;
        plan.reports.back().per_argument.resize(spec.arguments.size());
        const RuleInfo& info = *registry.find(spec.name);
        plan.reports.back().maps_names = !info.keys.empty() && info.keys.front().name.empty();
        plan.reports.back().takes_patterns = !info.keys.empty() && info.keys.front().value == "PATTERN";
        plan.reports.back().reach = info.reach;
        plan.reports.back().is_precaution = info.is_precaution;
    }
    take_steps(plan);
    return plan;
}

namespace {

/// The schema of what is selected is taken to be there beforehand.
bool is_schema_of_selection(const Plan& plan, const BrokenEntry& broken) {
    const TocEntry& cause = plan.prologue.toc[broken.cause];
    return cause.kind() == EntryKind::schema && cause.dropped() &&
           plan.reports[cause.dropped_by()].reach == Reach::selection;
}

Unhandled::Remedy remedy_for(const Plan& plan, const BrokenEntry& broken, EntryKind kind) {
    using Reason = BrokenEntry::Reason;
    using Remedy = Unhandled::Remedy;
    if (is_schema_of_selection(plan, broken))
        return plan.reports[broken.spec].spec.name == "schema" ? Remedy::include_schema
                                                               : Remedy::schema_beforehand;
    if (broken.reason == Reason::may_belong)
        return kind == EntryKind::table_data ? Remedy::exclude_table_data : Remedy::none;
    return broken.reason == Reason::may_use ? Remedy::none : Remedy::cascade;
}

}  // namespace

void find_unhandled(const Plan& plan, const TocEntry& entry, bool quick,
                    const std::function<void(const Unhandled&)>& found) {
    if (entry.dropped()) return;
    for (const AppliedRule& applied : plan.rules) {
        const auto found_by_rule = [&](Unhandled unhandled) {
            unhandled.spec = applied.specs[unhandled.spec];
            found(unhandled);
        };
        if (quick) {
            applied.rule->find_unhandled_quickly(plan.prologue.toc, entry, found_by_rule);
        } else {
            applied.rule->find_unhandled(plan.prologue.toc, entry, found_by_rule);
        }
    }
    const BrokenEntry* const broken = plan.consequences.find_broken(*plan.prologue.toc.find(entry.dump_id()));
    if (broken == nullptr) return;
    Unhandled unhandled{broken->spec, std::nullopt, 1, describe(plan.prologue.toc, *broken)};
    unhandled.remedy = remedy_for(plan, *broken, entry.kind());
    found(unhandled);
}

void find_redacted(const Plan& plan, const TocEntry& entry,
                   const std::function<void(const std::string&)>& found) {
    for (const AppliedRule& applied : plan.rules)
        applied.rule->find_redacted(plan.prologue.toc, entry, found);
}

void check_plan(const Plan& plan) {
    for (const AppliedRule& applied : plan.rules) applied.rule->refuse(plan.prologue);
}

Summary execute(const Plan& plan, ByteSource& source, ByteSink& sink) {
    check_plan(plan);
    return execute_checked(plan, source, sink);
}

Summary execute_checked(const Plan& plan, ByteSource& source, ByteSink& sink) {
    Execution execution(plan, source, sink);
    while (execution.step()) continue;
    return execution.summary();
}

Summary run(const Job& job, const RuleRegistry& registry, ByteSource& source, ByteSink& sink) {
    return execute(make_plan(job, registry, source), source, sink);
}

}  // namespace pgfilter
