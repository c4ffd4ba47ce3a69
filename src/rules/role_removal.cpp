// SPDX-License-Identifier: PostgreSQL
#include "rules/role_removal.hpp"

#include <algorithm>
#include <utility>

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/role_places.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

bool is_routine(EntryKind kind) {
    return kind == EntryKind::function || kind == EntryKind::procedure;
}

}  // namespace

void RoleRemoval::begin(RuleContext& context) {
    dialect_ = dialect_of(context.toc());
    knows_maintain_ = knows_maintain(context.header());
    patterns_.begin(context.toc());
}

void RoleRemoval::visit(RuleContext& context, TocEntry& entry, const std::optional<std::string>& heir) {
    remove_owner(context, entry);
    if (names_roles(entry.kind())) remove_from_sql(context, entry, heir);
    if (entry.kind() == EntryKind::comment) drop_with_policy(context, entry);
}

void RoleRemoval::end(RuleContext& context) {
    // Those that stand in front of their policies, as in no archive of pg_dump's.
    if (!policies_.empty())
        context.for_each_entry(EntryKind::comment,
                               [&](TocEntry& entry, std::size_t) { drop_with_policy(context, entry); });
    const auto& verdicts = patterns_.verdicts();
    const auto goes = [](const auto& role) { return role.second.goes; };
    std::vector<Bytes> removed;
    removed.reserve(static_cast<std::size_t>(std::count_if(verdicts.begin(), verdicts.end(), goes)));
    for (const auto& [role, verdict] : verdicts) {
        if (verdict.goes) removed.push_back(role);
    }
    mentions_.emplace(std::move(removed));
}

std::optional<std::size_t> RoleRemoval::remover_of(const std::string& role) const {
    const auto found = patterns_.verdicts().find(role);
    const bool goes = found != patterns_.verdicts().end() && found->second.goes;
    return goes ? std::optional<std::size_t>(found->second.spec) : std::nullopt;
}

void RoleRemoval::find_unhandled(const TocEntry& entry,
                                 const std::function<void(const Unhandled&)>& found) const {
    const EntryKind kind = entry.kind();
    if (has_no_mentions(kind)) return;
    const Bytes defn = entry.original_text(Field::defn).value_or("");
    if (is_routine(kind)) find_settings(defn, found);
    const auto report = [&](std::size_t role, std::size_t count) {
        std::string name(mentions_->name(role));
        const RoleVerdict verdict = patterns_.judge(name);
        found({verdict.spec, verdict.argument, count, "in text that cannot be rewritten", std::move(name),
               false});
    };
    sql::count_mentions(defn, *mentions_, names_roles(kind), dialect_, report);
}

/// Counts the place for the argument that decides.
RoleVerdict RoleRemoval::judge_place(RuleContext& context, Bytes role) {
    const RoleVerdict verdict = patterns_.about(role);
    if (verdict.argument) context.matched_argument(*verdict.argument, 1, verdict.spec);
    return verdict;
}

void RoleRemoval::remove_owner(RuleContext& context, TocEntry& entry) {
    const Text owner = entry.owner();
    if (!owner || owner->empty()) return;
    const RoleVerdict verdict = judge_place(context, *owner);
    if (verdict.goes && !owners_stay_) clear_owner(context, entry, verdict.spec);
}

void RoleRemoval::remove_from_sql(RuleContext& context, TocEntry& entry,
                                  const std::optional<std::string>& heir) try {
    const Bytes defn = entry.defn().value_or("");
    sql::GrantOptions options(defn.size(), options_of_table(entry));
    std::optional<std::size_t> spec;
    const auto test = [&](const sql::RoleName& name) {
        const RoleVerdict verdict = judge_place(context, name.name);
        const bool goes = verdict.goes && name.name != heir;
        if (goes && !spec) spec = verdict.spec;
        return sql::RoleFate{goes, verdict.number};
    };
    const sql::Removal removal = sql::remove_roles(defn, dialect_, std::cref(test), knows_maintain_, options);
    if (sql::ObjectOptions of_object = options.of_object(); !of_object.empty())
        options_.insert_or_assign(entry.dump_id(), std::move(of_object));
    if (!removal.changed()) return;
    if (removal.left == 0) {
        if (entry.kind() == EntryKind::policy) policies_.emplace(entry.dump_id(), spec.value_or(0));
        return context.drop(entry, spec.value_or(0));
    }
    context.edit_text(entry, Field::defn, removal.splices, spec.value_or(0));
} catch (Error& error) {
    error.in_entry(entry.label());
    throw;
}

// A column's privileges depend on its table's, whose grant options hold for columns too.
const sql::ObjectOptions* RoleRemoval::options_of_table(const TocEntry& entry) const {
    if (options_.empty()) return nullptr;
    for (const DumpId id : entry.dependencies()) {
        const auto found = options_.find(id);
        if (found != options_.end()) return &found->second;
    }
    return nullptr;
}

void RoleRemoval::drop_with_policy(RuleContext& context, TocEntry& comment) {
    if (policies_.empty()) return;
    for (const DumpId id : comment.dependencies()) {
        const auto policy = policies_.find(id);
        if (policy != policies_.end()) context.drop(comment, policy->second);
    }
}

// Without SET role the routine would run with its caller's privileges; with it, the call fails.
void RoleRemoval::find_settings(Bytes defn, const std::function<void(const Unhandled&)>& found) const {
    sql::find_role_names(defn, dialect_, [&](const sql::RoleName& name) {
        const RoleVerdict verdict = patterns_.judge(name.name);
        if (verdict.goes)
            found({verdict.spec, verdict.argument, 1, "as the role that the routine runs as: calls will fail",
                   name.name, false});
    });
}

}  // namespace pgfilter
