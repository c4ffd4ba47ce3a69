// SPDX-License-Identifier: PostgreSQL
#include "rules/closure.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace pgfilter {
namespace {

constexpr EntryKinds leaves = kinds_with(trait::leaf);
constexpr EntryKinds rows = kinds_with(trait::rows);
constexpr EntryKinds passing = kinds_with(trait::passing);

constexpr bool reaches_parts(Reach reach) {
    return reach == Reach::object || reach == Reach::dependents;
}

}  // namespace

void Closure::choose(const TocEntry& entry, std::size_t spec, Reach reach) {
    if (leaves.has(entry.kind())) return;
    if (rows.has(entry.kind())) {
        lacks_data_ = true;
        return;
    }
    const auto index = toc().find(entry.dump_id());
    if (!index) return;
    if (reach == Reach::dependents) cascades_alone_ = true;
    const Dropped dropped = chosen(*index, spec, reach);
    if (!takes_parts(dropped)) {
        if (!entry.dropped()) left_out_.push_back(dropped);
        return;
    }
    if (seen_.size() <= *index) seen_.resize(toc().size());
    if (seen_[*index]) return;
    seen_[*index] = true;
    dropped_.push_back(dropped);
}

void Closure::lose_rows(std::size_t relation, std::size_t spec) {
    lacking_.push_back({static_cast<std::uint32_t>(relation), static_cast<EditorId>(spec)});
}

void Closure::drop_constraint(std::size_t entry, const std::string& constraint, std::size_t spec) {
    unbound_.push_back({entry, constraint, spec});
}

void Closure::cascade(std::size_t spec) {
    (reports_[spec].spec.of_target ? cascades_of_targets_ : cascades_) = true;
}

const DependencyGraph& Closure::graph() {
    if (!graph_) graph_.emplace(toc());
    return *graph_;
}

Consequences Closure::complete() {
    if (dropped_.empty() && left_out_.empty() && lacking_.empty() && unbound_.empty() && !lacks_data_)
        return {};
    graph();
    cuts_.emplace(toc(), *graph_);
    seen_.resize(toc().size());
    for (const Unbound& part : unbound_) cuts_->unbind(part.entry, part.constraint, part.spec);
    for (const Dropped& dropped : dropped_) note_partition(dropped.entry, dropped.spec);
    follow();
    // What a selection leaves out leads on to less than what goes with a dropped object.
    for (const Dropped& dropped : std::exchange(left_out_, {})) {
        if (seen_[dropped.entry]) continue;
        seen_[dropped.entry] = true;
        dropped_.push_back(dropped);
        note_partition(dropped.entry, dropped.spec);
    }
    follow();
    drop_foundlings();
    drop_derived_statistics();
    // Statistics of tables whose data is dropped by kind are a kind of their own.
    if (lacks_data_) find_lacking();
    if (cascades_ || cascades_of_targets_ || cascades_alone_) {
        find_unfounded_references(toc(), *graph_, lacking_, [&](std::size_t key, const Lacking& table) {
            const Dropped cause = chosen(table.relation, table.spec, reports_[table.spec].reach);
            if (is_cascading(cause)) drop(key, cause, Route::references);
        });
        follow();
    }
    Consequences consequences;
    consequences.broken = find_broken();
    cut(consequences);
    for (const Dropped& dropped : dropped_) {
        if (dropped.route == by_rule) continue;
        consequences.dropped.push_back(
            {dropped.entry, dropped.cause, dropped.spec, static_cast<Route>(dropped.route)});
    }
    std::sort(consequences.dropped.begin(), consequences.dropped.end(),
              [](const Consequence& a, const Consequence& b) { return a.entry < b.entry; });
    return consequences;
}

/// An entry that is dropped as a part of the archive only, as by data-only, is still there to what needs it.
bool Closure::is_gone(std::size_t entry) const {
    const TocEntry& e = toc()[entry];
    return seen_[entry] || (e.dropped() && reports_[e.dropped_by()].reach != Reach::none);
}

bool Closure::is_cascading(const Dropped& dropped) const {
    return cascades_ || static_cast<Reach>(dropped.reach) == Reach::dependents ||
           (cascades_of_targets_ && reports_[dropped.spec].spec.of_target);
}

bool Closure::takes_parts(const Dropped& dropped) {
    return dropped.route != by_rule || reaches_parts(static_cast<Reach>(dropped.reach));
}

// The schema of what is selected is there beforehand, as for pg_restore.
bool Closure::takes_users(const Dropped& dropped) const {
    return is_cascading(dropped) &&
           (takes_parts(dropped) || graph_->kind(dropped.entry) != EntryKind::schema);
}

// A foreign key depends on all indexes of partitions being attached.  One that goes with its partition leaves
// the others complete.
bool Closure::is_missed(const Dropped& dropped, Bond bond) const {
    return bond == Bond::belongs || graph_->kind(dropped.entry) != EntryKind::index_attach ||
           (dropped.route == by_rule && takes_parts(dropped));
}

void Closure::drop(std::size_t entry, const Dropped& cause, Route route) {
    if (seen_[entry]) return;
    seen_[entry] = true;
    dropped_.push_back({static_cast<std::uint32_t>(entry), cause.entry, cause.spec,
                        static_cast<std::uint8_t>(route), cause.reach});
    note_partition(entry, cause.spec);
    TocEntry& e = prologue_.toc[entry];
    if (e.dropped()) return;
    prologue_.toc.drop(e, cause.spec);
    ++reports_[cause.spec].dropped;
}

// A partitioned table has the rows of its partitions.
void Closure::note_partition(std::size_t entry, std::size_t spec) {
    graph_->inheritance().for_each_partitioned(entry, [&](std::size_t parent) { lose_rows(parent, spec); });
}

// Whatever rule dropped the rows of tables that stay.
void Closure::find_lacking() {
    for (std::size_t i = 0; i < toc().size(); ++i) {
        if (!relations.has(graph_->kind(i)) || seen_[i]) continue;
        graph_->for_each_dependent(i, [&](std::size_t part, Bond bond) {
            const TocEntry& data = toc()[part];
            if (bond != Bond::belongs || !rows.has(graph_->kind(part)) || !data.dropped()) return;
            if (reports_[data.dropped_by()].reach != Reach::none) lose_rows(i, data.dropped_by());
        });
    }
}

void Closure::follow() {
    do {
        follow_dropped();
        const auto drop_user = [&](std::size_t entry, const ExpressionCuts::Note& use) {
            drop(entry, chosen(use.cause, use.spec, Reach::dependents), Route::uses);
        };
        // Another rule may have left out the definition alone: what becomes of the rows is still to be
        // decided.
        cuts_->resolve(drop_user, [&](std::size_t entry) { return bool{seen_[entry]}; });
    } while (followed_ < dropped_.size());
}

// What only its expressions bind to dropped entries is kept without them.
void Closure::cut(Consequences& consequences) {
    constexpr std::size_t most = 1000;
    cuts_->for_each_cut([&](const ExpressionCuts::Cut& cut) {
        const auto spec = static_cast<EditorId>(cut.spec);
        TocEntry& entry = prologue_.toc[cut.entry];
        Splices splices;
        for (const sql::Clause& clause : cut.splices) splices.cut(clause.begin, clause.end);
        if (prologue_.toc.edit_text(entry, Field::defn, splices, spec)) ++reports_[spec].changed;
        prologue_.toc.set_dependencies(entry, cut.dependencies, spec);
        for (const std::string& loss : cut.losses) {
            if (consequences.clauses.size() < most)
                consequences.clauses.push_back({static_cast<std::uint32_t>(cut.entry), spec, loss});
            else
                ++consequences.further_clauses;
        }
    });
}

void Closure::follow_dropped() {
    for (; followed_ < dropped_.size(); ++followed_) {
        const Dropped cause = dropped_[followed_];
        const bool users = takes_users(cause);
        const bool parts = users || takes_parts(cause);
        if (!parts) continue;
        graph_->for_each_dependent(cause.entry, [&](std::size_t dependent, Bond bond) {
            if (bond == Bond::belongs) drop(dependent, cause, Route::belongs);
            if (bond != Bond::uses || !users || !is_missed(cause, bond) || seen_[dependent]) return;
            if (!cuts_->note(dependent, cause.entry, cause.spec)) drop(dependent, cause, Route::uses);
        });
    }
}

// Histogram bounds and most common values are values of columns, those of indexes of expressions too.
void Closure::drop_values(const Dropped& relation) {
    graph_->for_each_dependent(relation.entry, [&](std::size_t part, Bond bond) {
        if (bond != Bond::belongs) return;
        if (statistics_with_values.has(graph_->kind(part))) drop(part, relation, Route::holds_values);
        if (!with_statistics.has(graph_->kind(part))) return;
        graph_->for_each_dependent(part, [&](std::size_t values, Bond) {
            if (statistics_with_values.has(graph_->kind(values))) drop(values, relation, Route::holds_values);
        });
    });
}

// Partitioned and inherited tables have statistics of the rows of their children, materialized views of those
// that they were made from.
void Closure::drop_derived_statistics() {
    std::vector<bool> visited(toc().size());
    std::vector<Dropped> waiting;
    const auto add = [&](std::size_t entry, EditorId spec) {
        if (visited[entry]) return;
        visited[entry] = true;
        waiting.push_back(chosen(entry, spec, reports_[spec].reach));
    };
    // A partitioned table comes once for each of its partitions.
    for (const Lacking& table : lacking_) {
        if (reaches_parts(reports_[table.spec].reach)) add(table.relation, table.spec);
    }
    for (const Dropped& dropped : dropped_) {
        if (takes_parts(dropped) && relations.has(graph_->kind(dropped.entry)))
            add(dropped.entry, dropped.spec);
    }
    while (!waiting.empty()) {
        const Dropped source = waiting.back();
        waiting.pop_back();
        const auto pass_on = [&](std::size_t entry) { add(entry, source.spec); };
        if (relations.has(graph_->kind(source.entry))) drop_values(source);
        graph_->inheritance().for_each_parent(source.entry, pass_on);
        graph_->for_each_dependent(source.entry, [&](std::size_t dependent, Bond) {
            if (passing.has(graph_->kind(dependent))) pass_on(dependent);
        });
    }
}

std::vector<BrokenEntry> Closure::find_broken() {
    using Reason = BrokenEntry::Reason;
    std::vector<bool> seen(toc().size());
    std::vector<BrokenEntry> broken;
    std::vector<Lacking> lacking = lacking_;
    const auto add = [&](std::size_t entry, std::uint32_t cause, EditorId spec, Reason reason) {
        if (seen[entry] || is_gone(entry)) return;
        seen[entry] = true;
        broken.push_back({static_cast<std::uint32_t>(entry), cause, spec & last_editor, reason});
        graph_->inheritance().for_each_partitioned(entry, [&](std::size_t parent) {
            lacking.push_back({static_cast<std::uint32_t>(parent), spec});
        });
    };
    const auto reason_of = [](Bond bond) { return bond == Bond::uses ? Reason::uses : Reason::belongs; };
    for (const Dropped& cause : dropped_) {
        graph_->for_each_dependent(cause.entry, [&](std::size_t dependent, Bond bond) {
            const bool is_free = bond == Bond::uses && (cuts_->frees(dependent, cause.entry) ||
                                                        cuts_->is_unbound_from(dependent, cause.entry));
            if (is_missed(cause, bond) && !is_free) add(dependent, cause.entry, cause.spec, reason_of(bond));
        });
    }
    std::size_t next = 0;
    const auto follow_broken = [&] {
        for (; next < broken.size(); ++next) {
            const BrokenEntry cause = broken[next];
            graph_->for_each_dependent(cause.entry, [&](std::size_t dependent, Bond bond) {
                add(dependent, cause.entry, cause.spec, reason_of(bond));
            });
        }
    };
    follow_broken();
    find_unfounded_references(toc(), *graph_, lacking, [&](std::size_t key, const Lacking& table) {
        add(key, table.relation, table.spec, Reason::references);
    });
    follow_broken();
    find_foundlings([&](std::size_t entry, const Dropped& extension) {
        add(entry, extension.entry, extension.spec,
            constraints.has(graph_->kind(entry)) ? Reason::may_use : Reason::may_belong);
    });
    std::sort(broken.begin(), broken.end(),
              [](const BrokenEntry& a, const BrokenEntry& b) { return a.entry < b.entry; });
    return broken;
}

std::map<std::size_t, Closure::Dropped> Closure::dropped_extensions() const {
    std::map<std::size_t, Dropped> extensions;
    for (const Dropped& dropped : dropped_) {
        if (graph_->kind(dropped.entry) == EntryKind::extension) extensions.emplace(dropped.entry, dropped);
    }
    return extensions;
}

// What is known to be of one extension hangs on it.  What can be of several goes when none of them is left.
void Closure::drop_foundlings() {
    const auto extensions = dropped_extensions();
    if (extensions.empty()) return;
    const auto is_gone = [&](std::size_t extension) {
        const auto found = extensions.find(extension);
        return found != extensions.end() && takes_parts(found->second);
    };
    std::map<const Makers::Index*, bool> all_gone;  // of several, which many share
    graph_->for_each_foundling([&](std::size_t entry, Makers::Candidates makers) {
        if (makers.size() < 2) return;
        const auto [gone, fresh] = all_gone.try_emplace(makers.data());
        if (fresh) gone->second = std::all_of(makers.begin(), makers.end(), is_gone);
        if (gone->second) drop(entry, extensions.at(makers.front()), Route::belongs);
    });
    follow();
}

// What can be of several extensions, some of which are kept.
void Closure::find_foundlings(const std::function<void(std::size_t, const Dropped&)>& found) const {
    const auto extensions = dropped_extensions();
    if (extensions.empty()) return;
    std::map<const Makers::Index*, const Dropped*> first_gone;
    const auto tell = [&](std::size_t entry, Makers::Candidates makers) {
        const auto [gone, fresh] = first_gone.try_emplace(makers.data());
        for (auto maker = makers.begin(); fresh && gone->second == nullptr && maker != makers.end();
             ++maker) {
            const auto at = extensions.find(*maker);
            if (at != extensions.end()) gone->second = &at->second;
        }
        if (gone->second != nullptr) found(entry, *gone->second);
    };
    graph_->for_each_foundling(tell);
    graph_->for_each_user_of_foundlings(tell);
}

}  // namespace pgfilter
