// SPDX-License-Identifier: PostgreSQL
#include "rules/missing_rows.hpp"

#include "rules/foreign_keys.hpp"

namespace pgfilter {
namespace {

/// Which tables have rows in the archive, of their own or in a partition.  Found out for those that are asked
/// about and all below them, each once.
class TablesWithRows {
public:
    TablesWithRows(const Toc& toc, const DependencyGraph& graph)
        : toc_(toc), graph_(graph), explored_(toc.size()), rows_(toc.size()) {}

    bool has(std::size_t table) {
        explore(table);
        return rows_[table];
    }

private:
    void explore(std::size_t top) {
        std::vector<std::size_t> waiting;
        const auto visit = [&](std::size_t table) {
            if (explored_[table]) return;
            explored_[table] = true;
            waiting.push_back(table);
        };
        for (visit(top); !waiting.empty();) {
            const std::size_t table = waiting.back();
            waiting.pop_back();
            if (has_own(table)) tell(table);
            graph_.inheritance().for_each_child(table, visit);
        }
    }

    [[nodiscard]] bool has_own(std::size_t table) const {
        bool found = false;
        graph_.for_each_dependent(table, [&](std::size_t part, Bond) {
            found = found || (graph_.kind(part) == EntryKind::table_data && !toc_[part].dropped());
        });
        return found;
    }

    /// That it has rows, to all that it is a part of.
    void tell(std::size_t part) {
        std::vector<std::size_t> waiting;
        const auto add = [&](std::size_t table) {
            if (rows_[table]) return;
            rows_[table] = true;
            waiting.push_back(table);
        };
        for (add(part); !waiting.empty();) {
            const std::size_t table = waiting.back();
            waiting.pop_back();
            graph_.inheritance().for_each_partitioned(table, add);
        }
    }

    const Toc& toc_;
    const DependencyGraph& graph_;
    std::vector<bool> explored_;
    std::vector<bool> rows_;
};

}  // namespace

void find_unfounded_references(const Toc& toc, const DependencyGraph& graph, std::vector<Lacking> lacking,
                               const std::function<void(std::size_t, const Lacking&)>& found) {
    if (lacking.empty()) return;
    TablesWithRows rows(toc, graph);
    std::vector<bool> visited(toc.size());
    ForeignKeys keys(graph);
    while (!lacking.empty()) {
        const Lacking table = lacking.back();
        lacking.pop_back();
        if (visited[table.relation]) continue;
        visited[table.relation] = true;
        // A partitioned table has the rows of its partitions.
        graph.inheritance().for_each_partitioned(table.relation, [&](std::size_t parent) {
            lacking.push_back({static_cast<std::uint32_t>(parent), table.spec});
        });
        graph.for_each_dependent(table.relation, [&](std::size_t key, Bond) {
            if (graph.kind(key) != EntryKind::fk_constraint) return;
            const auto& sides = keys.sides_of(key);
            if (sides && sides->referenced == table.relation && rows.has(sides->referencing))
                found(key, table);
        });
    }
}

}  // namespace pgfilter
