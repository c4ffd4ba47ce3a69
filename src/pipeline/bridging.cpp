#include "pipeline/bridging.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

/// How many dependencies may come about by bridging.  pg_dump's archives stay far below; a hostile one could
/// ask for as many as the square of its entries.
class Budget {
public:
    explicit Budget(const Toc& toc) : left_(1'000'000 + 16 * toc.size()) {}

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

/// What the dropped entries lead to beyond all dropped entries.
///
/// Entries that depend on each other in a circle, which pg_dump does not write, lead to the same.  So this is
/// Tarjan's algorithm for strongly connected components, which finds them in the order that is needed: those
/// that a component depends on come before it.  Without recursion, for an archive can hold a chain as long as
/// it likes.
class Beyond {
public:
    explicit Beyond(const Toc& toc) : toc_(toc), budget_(toc) {}

    [[nodiscard]] bool is_dropped(DumpId id) const {
        const auto index = toc_.find(id);
        return index && toc_[*index].dropped();
    }

    /// REQUIRES: the entry is dropped.
    const std::vector<DumpId>& of(DumpId id) {
        if (!nodes_.contains(id)) explore(id);
        return results_[nodes_.at(id).component];
    }

private:
    static constexpr std::size_t open = static_cast<std::size_t>(-1);

    struct Node {
        std::size_t order;   // in which nodes were entered
        std::size_t lowest;  // order of the first node known to be in the same component
        std::vector<DumpId> dependencies;
        std::size_t next = 0;
        std::size_t component = open;
    };

    void explore(DumpId root) {
        std::vector<DumpId> path{enter(root)};
        while (!path.empty()) {
            Node& node = nodes_.at(path.back());
            if (node.next == node.dependencies.size()) {
                const DumpId done = path.back();
                path.pop_back();
                if (!path.empty())
                    nodes_.at(path.back()).lowest = std::min(nodes_.at(path.back()).lowest, node.lowest);
                if (node.lowest == node.order) close_component(done);
                continue;
            }
            const DumpId next = node.dependencies[node.next++];
            if (!is_dropped(next)) continue;
            const auto known = nodes_.find(next);
            if (known == nodes_.end()) {
                path.push_back(enter(next));
            } else if (known->second.component == open) {
                node.lowest = std::min(node.lowest, known->second.order);
            }
        }
    }

    DumpId enter(DumpId id) {
        const std::size_t order = nodes_.size();
        nodes_.emplace(id, Node{order, order, toc_[*toc_.find(id)].dependencies()});
        unassigned_.push_back(id);
        return id;
    }

    void close_component(DumpId first) {
        const auto begin = std::find(unassigned_.rbegin(), unassigned_.rend(), first).base() - 1;
        const std::vector<DumpId> members(begin, unassigned_.end());
        unassigned_.erase(begin, unassigned_.end());
        for (const DumpId member : members) nodes_.at(member).component = results_.size();
        std::vector<DumpId> result;
        std::unordered_set<DumpId> known;
        const auto add = [&](DumpId id) {
            budget_.spend(1);
            if (known.insert(id).second) result.push_back(id);
        };
        for (const DumpId member : members) {
            Node& node = nodes_.at(member);
            for (const DumpId id : std::exchange(node.dependencies, {})) {
                if (!is_dropped(id)) {
                    add(id);
                } else if (nodes_.at(id).component != results_.size()) {
                    for (const DumpId beyond : results_[nodes_.at(id).component]) add(beyond);
                }
            }
        }
        results_.push_back(std::move(result));
    }

    const Toc& toc_;
    std::unordered_map<DumpId, Node> nodes_;
    std::vector<DumpId> unassigned_;  // nodes whose component is still open, in the order they were entered
    std::vector<std::vector<DumpId>> results_;
    Budget budget_;
};

/// The dependencies with dropped entries replaced.
std::vector<DumpId> past_dropped(Beyond& beyond, const std::vector<DumpId>& ids, DumpId self) {
    std::unordered_set<DumpId> known(ids.begin(), ids.end());
    known.insert(self);
    std::vector<DumpId> result;
    for (const DumpId id : ids) {
        if (!beyond.is_dropped(id)) {
            result.push_back(id);
            continue;
        }
        for (const DumpId next : beyond.of(id)) {
            if (known.insert(next).second) result.push_back(next);
        }
    }
    return result;
}

}  // namespace

std::size_t bridge_dependencies(Toc& toc, EditorId editor) {
    if (toc.dropped_count() == 0) return 0;
    Beyond beyond(toc);
    std::size_t changed = 0;
    Budget budget(toc);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        const std::vector<DumpId> ids = toc[i].dependencies();
        if (std::none_of(ids.begin(), ids.end(), [&](DumpId id) { return beyond.is_dropped(id); })) continue;
        const std::vector<DumpId> bridged = past_dropped(beyond, ids, toc[i].dump_id());
        budget.spend(bridged.size());
        toc.set_dependencies(toc[i], bridged, editor);
        ++changed;
    }
    return changed;
}

}  // namespace pgfilter
