// SPDX-License-Identifier: PostgreSQL
#include "pipeline/bridging.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "archive/memory_budget.hpp"
#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "rules/entry_set.hpp"

namespace pgfilter {
namespace {

/// What one more dependency takes that comes about by bridging, here and in the Toc.  pg_dump's archives have
/// few; a hostile one could ask for as many as the square of its entries.
constexpr std::size_t size_of_dependency = 24;

/// A set of dump IDs that is emptied and filled again for each of many entries.
class IdSet {
public:
    /// To be cleared before its first use.
    IdSet(const Toc& toc, MemoryBudget& budget) : toc_(toc), budget_(budget), entries_(toc.size()) {}

    void clear() {
        entries_.clear();
        absent_.clear();
    }
    /// False if it is there already.
    bool insert(DumpId id) {
        const auto index = toc_.find(id);
        if (index) return insert_entry(*index);
        constexpr std::size_t node = 48;
        const bool is_new = absent_.insert(id).second;
        if (is_new) budget_.spend(node);
        return is_new;
    }
    bool insert_entry(std::size_t index) { return entries_.insert(index); }

private:
    const Toc& toc_;
    MemoryBudget& budget_;
    EntrySet entries_;
    std::set<DumpId> absent_;  // from the archive
};

/// What the dropped entries lead to beyond all dropped entries.
///
/// Entries that depend on each other in a circle, which pg_dump does not write, lead to the same.  So this is
/// Tarjan's algorithm for strongly connected components, which finds them in the order that is needed: those
/// that a component depends on come before it.  Without recursion, for an archive can hold a chain as long as
/// it likes.
class Beyond {
public:
    Beyond(const Toc& toc, MemoryBudget& budget)
        : toc_(toc), nodes_(toc.size()), known_(toc, budget), budget_(budget) {}

    /// Where the entry stands, if it is dropped.
    [[nodiscard]] std::optional<std::size_t> dropped(DumpId id) const {
        const auto index = toc_.find(id);
        return index && toc_[*index].dropped() ? index : std::nullopt;
    }

    /// The view dies at the next call.  REQUIRES: the entry is dropped.
    std::span<const DumpId> of(std::size_t index) {
        if (nodes_[index].order == 0 && !close_at_once(index)) explore(index, std::exchange(ids_, {}));
        return result(nodes_[index].component);
    }

private:
    static constexpr std::uint32_t open = 0xffffffff;

    struct Node {
        std::uint32_t order = 0;   // in which nodes were entered, from 1
        std::uint32_t lowest = 0;  // order of the first node known to be in the same component
        std::uint32_t component = open;
    };

    struct Step {
        std::size_t index;
        std::vector<DumpId> dependencies;
        std::size_t next = 0;
    };

    /// Most dropped entries depend on kept ones only, and are components by themselves.  If not, ids_ has
    /// what the entry depends on.
    bool close_at_once(std::size_t index) {
        toc_[index].dependencies(ids_);
        if (std::any_of(ids_.begin(), ids_.end(), [&](DumpId id) { return dropped(id).has_value(); }))
            return false;
        nodes_[index] = {++entered_, entered_, static_cast<std::uint32_t>(ends_.size())};
        known_.clear();
        for (const DumpId id : ids_) add_result(id);
        ends_.push_back(results_.size());
        return true;
    }

    void explore(std::size_t root, std::vector<DumpId> dependencies) {
        std::vector<Step> path;
        enter(root, std::move(dependencies), path);
        while (!path.empty()) {
            Step& step = path.back();
            Node& node = nodes_[step.index];
            if (step.next == step.dependencies.size()) {
                if (node.lowest == node.order) close_component(step.index);
                path.pop_back();
                if (!path.empty()) lower(nodes_[path.back().index], node.lowest);
                continue;
            }
            const auto next = dropped(step.dependencies[step.next++]);
            if (!next) continue;
            if (nodes_[*next].order == 0) {
                enter(*next, toc_[*next].dependencies(), path);
            } else if (nodes_[*next].component == open) {
                lower(node, nodes_[*next].order);
            }
        }
    }

    void enter(std::size_t index, std::vector<DumpId> dependencies, std::vector<Step>& path) {
        nodes_[index].order = nodes_[index].lowest = ++entered_;
        unassigned_.push_back(index);
        path.push_back({index, std::move(dependencies)});
    }

    static void lower(Node& node, std::uint32_t order) { node.lowest = std::min(node.lowest, order); }

    void close_component(std::size_t first) {
        const auto begin = std::find(unassigned_.rbegin(), unassigned_.rend(), first).base() - 1;
        const auto component = static_cast<std::uint32_t>(ends_.size());
        for (auto member = begin; member != unassigned_.end(); ++member)
            nodes_[*member].component = component;
        known_.clear();
        for (auto member = begin; member != unassigned_.end(); ++member) {
            for (const DumpId id : toc_[*member].dependencies()) {
                const auto index = dropped(id);
                if (!index) {
                    add_result(id);
                } else if (nodes_[*index].component != component) {
                    const auto [from, to] = extent(nodes_[*index].component);
                    for (std::size_t i = from; i < to; ++i) add_result(results_[i]);
                }
            }
        }
        ends_.push_back(results_.size());
        unassigned_.erase(begin, unassigned_.end());
    }

    /// To those of the component at hand.
    void add_result(DumpId id) {
        budget_.spend(size_of_dependency);
        if (known_.insert(id)) results_.push_back(id);
    }

    [[nodiscard]] std::pair<std::size_t, std::size_t> extent(std::uint32_t component) const {
        return {component == 0 ? 0 : ends_[component - 1], ends_[component]};
    }
    [[nodiscard]] std::span<const DumpId> result(std::uint32_t component) const {
        const auto [from, to] = extent(component);
        return std::span(results_).subspan(from, to - from);
    }

    const Toc& toc_;
    std::vector<Node> nodes_;  // per entry
    std::uint32_t entered_ = 0;
    std::vector<std::size_t>
        unassigned_;                 // entries whose component is still open, in the order they were entered
    std::vector<DumpId> results_;    // of one component after the other
    std::vector<std::size_t> ends_;  // of each component in results_
    IdSet known_;                    // of the component at hand
    std::vector<DumpId> ids_;        // of an entry that may be a component by itself
    MemoryBudget& budget_;
};

/// Replaces dropped entries in lists of dependencies.
class Bridge {
public:
    explicit Bridge(const Toc& toc)
        : budget_(toc, "dependencies through dropped entries"), beyond_(toc, budget_), met_(toc, budget_) {}

    [[nodiscard]] bool is_needed(const std::vector<DumpId>& ids) const {
        return std::any_of(ids.begin(), ids.end(),
                           [&](DumpId id) { return beyond_.dropped(id).has_value(); });
    }

    /// The list with dropped entries replaced; dies at the next call.
    const std::vector<DumpId>& past_dropped(const std::vector<DumpId>& ids, DumpId self) {
        result_.clear();
        met_.clear();
        met_.insert(self);
        for (const DumpId id : ids) {
            if (!beyond_.dropped(id)) met_.insert(id);
        }
        for (const DumpId id : ids) {
            const auto index = beyond_.dropped(id);
            if (!index) {
                result_.push_back(id);
            } else if (met_.insert_entry(*index)) {
                for (const DumpId next : beyond_.of(*index)) {
                    budget_.spend(size_of_dependency);
                    if (met_.insert(next)) result_.push_back(next);
                }
            }
        }
        return result_;
    }

private:
    MemoryBudget budget_;
    Beyond beyond_;
    IdSet met_;                   // what the list has, or has been given
    std::vector<DumpId> result_;  // kept, as the next, because most lists are short
};

/// pg_restore takes what a TABLE DATA entry depends on first for its table, and with several jobs it
/// truncates the target of the data if it has created that one.  So no other table may come to stand there.
/// The ID of a dropped one may stay, as in data-only dumps, but must not be larger than all that are left.
bool names_its_table(const TocEntry& entry, const std::vector<DumpId>& ids) {
    return entry.kind() == EntryKind::table_data && ids.size() == 1 && ids.front() < entry.dump_id();
}

}  // namespace

std::size_t bridge_dependencies(Toc& toc, EditorId editor) {
    if (toc.dropped_count() == 0) return 0;
    Bridge bridge(toc);
    std::size_t changed = 0;
    std::vector<DumpId> ids;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        TocAccess::prefetch(toc, i + TocAccess::ahead);
        if (toc[i].dropped()) continue;
        toc[i].dependencies(ids);
        if (!bridge.is_needed(ids) || names_its_table(toc[i], ids)) continue;
        const std::vector<DumpId>& bridged = bridge.past_dropped(ids, toc[i].dump_id());
        toc.set_dependencies(toc[i], bridged, editor);
        ++changed;
    }
    return changed;
}

}  // namespace pgfilter
