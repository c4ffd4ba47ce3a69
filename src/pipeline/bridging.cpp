#include "pipeline/bridging.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

class Bridge {
public:
    explicit Bridge(const Toc& toc) : toc_(toc), budget_(1'000'000 + 16 * toc.size()) {}

    [[nodiscard]] bool is_dropped(DumpId id) const {
        const auto index = toc_.find(id);
        return index && toc_[*index].dropped();
    }

    /// The dependencies with dropped entries replaced.
    std::vector<DumpId> past_dropped(const std::vector<DumpId>& ids, DumpId self) {
        std::unordered_set<DumpId> known(ids.begin(), ids.end());
        known.insert(self);
        std::vector<DumpId> result;
        for (const DumpId id : ids) {
            if (!is_dropped(id)) {
                result.push_back(id);
                continue;
            }
            for (const DumpId beyond : resolve(id)) {
                spend();
                if (known.insert(beyond).second) result.push_back(beyond);
            }
        }
        return result;
    }

private:
    struct Frame {
        DumpId id;
        std::vector<DumpId> dependencies;
        std::size_t next = 0;
    };

    // All that a dropped entry leads to beyond dropped entries, depth first and without recursion: an archive
    // can hold a chain as long as it likes, or a circle, whose entries are left out where it closes.
    const std::vector<DumpId>& resolve(DumpId id) {
        if (const auto known = resolved_.find(id); known != resolved_.end()) return known->second;
        std::vector<Frame> stack;
        push(stack, id);
        while (!stack.empty()) {
            Frame& top = stack.back();
            if (top.next == top.dependencies.size()) {
                remove_repetitions(resolved_[top.id]);
                stack.pop_back();
                continue;
            }
            const DumpId next = top.dependencies[top.next];
            if (is_dropped(next) && !resolved_.contains(next)) {
                push(stack, next);
                continue;
            }
            ++top.next;
            if (is_dropped(next)) {
                if (next != top.id) append(resolved_[top.id], resolved_[next]);
            } else {
                append(resolved_[top.id], {next});
            }
        }
        return resolved_[id];
    }

    void push(std::vector<Frame>& stack, DumpId id) {
        resolved_[id];
        stack.push_back({id, toc_[*toc_.find(id)].dependencies()});
    }

    void append(std::vector<DumpId>& to, const std::vector<DumpId>& ids) {
        for (const DumpId id : ids) {
            spend();
            to.push_back(id);
        }
    }

    static void remove_repetitions(std::vector<DumpId>& ids) {
        std::unordered_set<DumpId> known;
        std::erase_if(ids, [&](DumpId id) { return !known.insert(id).second; });
    }

    void spend() {
        if (budget_-- == 0)
            throw Error(
                ErrorCode::limit,
                "dependencies through dropped entries multiply beyond reason; the archive is not one of "
                "pg_dump's");
    }

    const Toc& toc_;
    std::unordered_map<DumpId, std::vector<DumpId>> resolved_;
    std::size_t budget_;
};

}  // namespace

std::size_t bridge_dependencies(Toc& toc, EditorId editor) {
    if (toc.dropped_count() == 0) return 0;
    Bridge bridge(toc);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        const std::vector<DumpId> ids = toc[i].dependencies();
        if (std::none_of(ids.begin(), ids.end(), [&](DumpId id) { return bridge.is_dropped(id); })) continue;
        toc.set_dependencies(toc[i], bridge.past_dropped(ids, toc[i].dump_id()), editor);
        ++changed;
    }
    return changed;
}

}  // namespace pgfilter
