// SPDX-License-Identifier: PostgreSQL
#include "rules/expression_cuts.hpp"

#include <algorithm>
#include <array>

#include "archive/dialect.hpp"
#include "bytes/harmless.hpp"
#include "rules/name_index.hpp"
#include "sql/emptied_columns.hpp"
#include "sql/names.hpp"

namespace pgfilter {
namespace {

/// Tables that use dropped tables that use dropped tables …: far more than there are in any database.
constexpr std::size_t most_rounds = 100;

std::string shortened(Bytes text) {
    constexpr std::size_t longest = 200;
    return harmless(text.size() > longest ? std::string(text.substr(0, longest)) + " ..."
                                          : std::string(text));
}

std::string full_name(const TocEntry& entry) {
    const Bytes schema = schema_of(entry);
    return (schema.empty() ? "" : shortened(schema) + ".") + shortened(entry.tag());
}

}  // namespace

bool ExpressionCuts::note(std::size_t entry, std::size_t cause, std::size_t spec) {
    if (!CutDecider::kinds.has(graph_.kind(entry)) || rounds_ == most_rounds) return false;
    notes_.push_back({static_cast<Index>(entry), static_cast<Index>(cause), static_cast<Index>(spec)});
    return true;
}

void ExpressionCuts::unbind(std::size_t entry, const std::string& constraint, std::size_t spec) {
    const auto index = static_cast<Index>(entry);
    if (!unbound_.insert({index, constraint}).second) return;
    relatives_.push_back({index, index, static_cast<Index>(spec)});
    unbinding_.push_back(relatives_.back());
}

bool ExpressionCuts::is_unbound_from(std::size_t entry, std::size_t cause) {
    const auto index = static_cast<Index>(entry);
    const std::vector<std::string> unbound = names_in(unbound_, index);
    if (unbound.empty()) return false;
    const std::array<Index, 1> causes{static_cast<Index>(cause)};
    const CutDecision decision = decider().decide(index, causes, {}, {});
    if (!decision.is_possible) return false;
    for (std::size_t i = 0; i < decision.chosen.size(); ++i) {
        const std::string name = sql::decode_name(decision.all.clauses[i].constraint);
        if (decision.chosen[i] && std::find(unbound.begin(), unbound.end(), name) == unbound.end())
            return false;
    }
    return true;
}

std::vector<std::string> ExpressionCuts::names_in(const std::set<Name>& names, Index entry) {
    std::vector<std::string> found;
    for (auto at = names.lower_bound({entry, ""}); at != names.end() && at->first == entry; ++at)
        found.push_back(at->second);
    return found;
}

CutDecider& ExpressionCuts::decider() {
    if (!decider_) decider_.emplace(toc_, graph_);
    return *decider_;
}

std::pair<std::size_t, std::size_t> ExpressionCuts::notes_of(std::size_t entry) const {
    const auto is_before = [](const Note& a, std::size_t b) { return a.entry < b; };
    const auto is_after = [](std::size_t a, const Note& b) { return a < b.entry; };
    return {std::lower_bound(notes_.begin(), notes_.end(), entry, is_before) - notes_.begin(),
            std::upper_bound(notes_.begin(), notes_.end(), entry, is_after) - notes_.begin()};
}

void ExpressionCuts::resolve(const Drop& drop, const std::function<bool(std::size_t)>& is_gone) {
    if (resolved_ == notes_.size() && unbinding_.empty()) return;
    ++rounds_;
    std::vector<Note> waiting(notes_.begin() + static_cast<std::ptrdiff_t>(resolved_), notes_.end());
    waiting.insert(waiting.end(), unbinding_.begin(), unbinding_.end());
    unbinding_.clear();
    std::sort(notes_.begin(), notes_.end());
    resolved_ = notes_.size();
    const auto is_same = [](const Note& a, const Note& b) { return a.entry == b.entry; };
    std::stable_sort(waiting.begin(), waiting.end(),
                     [](const Note& a, const Note& b) { return a.entry < b.entry; });
    waiting.erase(std::unique(waiting.begin(), waiting.end(), is_same), waiting.end());
    while (!waiting.empty()) {
        const Note first = waiting.back();
        waiting.pop_back();
        if (!is_gone(first.entry)) resolve(first.entry, first, drop, waiting);
    }
}

CutDecision ExpressionCuts::decide(Index entry) {
    std::vector<Index> causes;
    const auto [from, to] = notes_of(entry);
    for (std::size_t i = from; i < to; ++i) causes.push_back(notes_[i].cause);
    return decider().decide(entry, causes, names_in(emptied_, entry), names_in(unbound_, entry));
}

void ExpressionCuts::resolve(Index entry, const Note& first, const Drop& drop, std::vector<Note>& waiting) {
    const CutDecision decision = decide(entry);
    if (!decision.is_possible) {
        const auto [from, to] = notes_of(entry);
        if (from != to) drop(entry, first);
        return;
    }
    drop_dependents(entry, decision, [&](std::size_t part) { drop(part, first); });
    for (const std::string& column : decision.emptied) empty_relatives(entry, first, column, waiting);
}

/// Comments of constraints that are no more, and constraints that an empty column would break.
void ExpressionCuts::drop_dependents(Index entry, const CutDecision& decision,
                                     const std::function<void(std::size_t)>& drop) {
    if (decision.unbound.empty() && decision.emptied.empty()) return;
    const sql::Dialect dialect = dialect_of(toc_);
    constexpr EntryKinds keys = EntryKind::constraint | EntryKind::index | EntryKind::fk_constraint;
    const auto has = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    graph_.for_each_dependent(entry, [&](std::size_t part, Bond) {
        if (toc_[part].dropped()) return;
        const Bytes defn = toc_[part].defn().value_or("");
        if (graph_.kind(part) == EntryKind::comment && !decision.unbound.empty()) {
            const auto constraint = sql::find_commented_constraint(defn, dialect);
            if (constraint && has(decision.unbound, *constraint)) drop(part);
        }
        if (!keys.has(graph_.kind(part))) return;
        for (const std::string& column : decision.emptied) {
            if (sql::needs_values(defn, toc_[entry].tag(), column, dialect)) drop(part);
        }
    });
}

/// What is generated in a table is so in its partitions and children.
void ExpressionCuts::empty_relatives(Index entry, const Note& first, const std::string& column,
                                     std::vector<Note>& waiting) {
    const auto empty = [&](std::size_t relative) {
        const auto index = static_cast<Index>(relative);
        if (toc_[index].dropped() || !CutDecider::kinds.has(graph_.kind(index))) return;
        if (!emptied_.insert({index, column}).second) return;
        relatives_.push_back({index, first.cause, first.spec});
        waiting.push_back(relatives_.back());
    };
    graph_.inheritance().for_each_child(entry, empty);
    graph_.inheritance().for_each_parent(entry, empty);
}

bool ExpressionCuts::frees(std::size_t entry, std::size_t cause) const {
    const Note wanted{static_cast<Index>(entry), static_cast<Index>(cause), 0};
    return !toc_[entry].dropped() && std::binary_search(notes_.begin(), notes_.end(), wanted);
}

void ExpressionCuts::for_each_cut(const std::function<void(const Cut&)>& found) {
    std::vector<Note> all = notes_;
    all.insert(all.end(), relatives_.begin(), relatives_.end());
    std::stable_sort(all.begin(), all.end(), [](const Note& a, const Note& b) { return a.entry < b.entry; });
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Index entry = all[i].entry;
        if ((i > 0 && all[i - 1].entry == entry) || toc_[entry].dropped()) continue;
        const CutDecision decision = decide(entry);
        Cut cut{entry, all[i].spec, sql::splices_without(decision.all, decision.chosen),
                toc_[entry].dependencies(), losses_of(entry, decision)};
        std::erase_if(cut.dependencies, [&](DumpId id) {
            const auto index = toc_.find(id);
            return index && frees(entry, *index);
        });
        found(cut);
    }
}

std::vector<std::string> ExpressionCuts::losses_of(Index entry, const CutDecision& decision) const {
    std::vector<std::string> losses;
    const TocEntry& e = toc_[entry];
    const Bytes defn = e.defn().value_or("");
    for (std::size_t i = 0; i < decision.chosen.size(); ++i) {
        if (!decision.chosen[i]) continue;
        const sql::ColumnClause& clause = decision.all.clauses[i];
        if (unbound_.contains({entry, sql::decode_name(clause.constraint)})) continue;
        Bytes text = defn.substr(clause.clause.begin, clause.clause.end - clause.clause.begin);
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        std::string loss = full_name(e);
        if (!clause.column.empty()) loss.append(".").append(shortened(clause.column));
        loss.append(" loses its ").append(shortened(text));
        if (clause.kind == sql::ColumnClause::Kind::generated) loss += " and becomes a plain column, empty";
        losses.push_back(std::move(loss));
    }
    return losses;
}

}  // namespace pgfilter
