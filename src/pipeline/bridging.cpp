#include "pipeline/bridging.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "rules/entry_set.hpp"

namespace pgfilter {
namespace {

/// How many dependencies may come about by bridging.  pg_dump's archives stay far below; a hostile one could
/// ask for as many as the square of its entries.
class Budget {
public:
    explicit Budget(const Toc& toc) : left_(200'000 + 16 * toc.size()) {}

    void spend(std::size_t count) {
        if (count > left_)
            throw Error(
                ErrorCode::limit,
                "dependencies through dropped entries multiply beyond reason; the archive is not one of "
                "pg_dump's");
        left_ -= count;
    }

private:
    std::size_t left_;
};

/// A set of dump IDs that is emptied and filled again for each of many entries.
class IdSet {
public:
    /// To be cleared before its first use.
    explicit IdSet(const Toc& toc) : toc_(toc), entries_(toc.size()) {}

    void clear() {
        entries_.clear();
        absent_.clear();
    }
    /// False if it is there already.
    bool insert(DumpId id) {
        const auto index = toc_.find(id);
        return index ? insert_entry(*index) : absent_.insert(id).second;
    }
    bool insert_entry(std::size_t index) { return entries_.insert(index); }

private:
    const Toc& toc_;
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
    explicit Beyond(const Toc& toc) : toc_(toc), nodes_(toc.size()), known_(toc), budget_(toc) {}

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
        budget_.spend(1);
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
    std::vector<DumpId> results_;    // of one component behind the other
    std::vector<std::size_t> ends_;  // of each component in results_
    IdSet known_;                    // of the component at hand
    std::vector<DumpId> ids_;        // of an entry that may be a component by itself
    Budget budget_;
};

/// Replaces dropped entries in lists of dependencies.
class Bridge {
public:
    explicit Bridge(const Toc& toc) : toc_(toc), beyond_(toc), budget_(toc), met_(toc) {}

    [[nodiscard]] bool is_needed(const std::vector<DumpId>& ids) const {
        return std::any_of(ids.begin(), ids.end(),
                           [&](DumpId id) { return beyond_.dropped(id).has_value(); });
    }

    /// The list with dropped entries replaced; dies at the next call.  Lists can have millions of IDs, of
    /// entries or not; what they are replaced by cannot.
    const std::vector<DumpId>& past_dropped(const std::vector<DumpId>& ids, DumpId self) {
        begin(ids, self);
        for (const DumpId id : ids) {
            const auto index = beyond_.dropped(id);
            if (!index) {
                result_.push_back(id);
            } else if (met_.insert_entry(*index)) {
                for (const DumpId next : beyond_.of(*index)) {
                    budget_.spend(1);
                    if (is_new(next, ids)) result_.push_back(next);
                }
            }
        }
        sorted_ = std::vector<DumpId>();  // given back: a hostile list can be as large as all the rest
        return result_;
    }

private:
    void begin(const std::vector<DumpId>& ids, DumpId self) {
        result_.clear();
        result_.reserve(ids.size());
        met_.clear();
        met_.insert(self);
        for (const DumpId id : ids) {
            const auto index = toc_.find(id);
            if (index && !toc_[*index].dropped()) met_.insert_entry(*index);
        }
    }

    bool is_new(DumpId id, const std::vector<DumpId>& ids) {
        if (toc_.find(id)) return met_.insert(id);
        if (sorted_.empty()) {
            sorted_ = ids;
            std::sort(sorted_.begin(), sorted_.end());
        }
        return !std::binary_search(sorted_.begin(), sorted_.end(), id) && met_.insert(id);
    }

    const Toc& toc_;
    Beyond beyond_;
    Budget budget_;
    IdSet met_;                   // what the list has, or has been given
    std::vector<DumpId> result_;  // kept, as the next, because most lists are short
    std::vector<DumpId> sorted_;  // the list, once it has been searched for IDs that no entry has
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
    constexpr std::size_t large = 4096;  // for which memory is not kept
    Bridge bridge(toc);
    std::size_t changed = 0;
    std::vector<DumpId> ids;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        TocAccess::prefetch(toc, i + TocAccess::ahead);
        if (toc[i].dropped()) continue;
        toc[i].dependencies(ids);
        if (!bridge.is_needed(ids) || names_its_table(toc[i], ids)) continue;
        const std::vector<DumpId>& bridged = bridge.past_dropped(ids, toc[i].dump_id());
        if (ids.size() > large) ids = std::vector<DumpId>();
        toc.set_dependencies(toc[i], bridged, editor);
        ++changed;
    }
    return changed;
}

}  // namespace pgfilter
