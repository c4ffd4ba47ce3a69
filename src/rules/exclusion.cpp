#include "rules/exclusion.hpp"

#include <algorithm>

namespace pgfilter {
namespace {

constexpr EntryKinds data_kinds = EntryKind::table_data | EntryKind::sequence_set |
                                  EntryKind::materialized_view_data | EntryKind::statistics_data;
constexpr EntryKinds index_kinds = EntryKind::index | EntryKind::constraint;

}  // namespace

Exclusion::Exclusion(RuleContext& context, const DependencyGraph& graph)
    : context_(context), graph_(graph), seen_(context.toc().size()) {}

void Exclusion::drop(std::size_t entry, std::size_t spec) {
    if (seen_[entry]) return;
    seen_[entry] = true;
    dropped_.push_back({static_cast<std::uint32_t>(entry), static_cast<std::uint32_t>(spec)});
    context_.drop(context_.entry(entry), spec);
}

// Histogram bounds and most common values are values of columns, those of indexes of expressions too.
void Exclusion::drop_data(std::size_t relation, std::size_t spec) {
    emptied_.push_back({static_cast<std::uint32_t>(relation), static_cast<std::uint32_t>(spec)});
    graph_.for_each_dependent(relation, [&](std::size_t part, Bond bond) {
        if (bond != Bond::belongs) return;
        const EntryKind kind = graph_.kind(part);
        if (data_kinds.has(kind)) drop(part, spec);
        if (!index_kinds.has(kind) && kind != EntryKind::statistics) return;
        graph_.for_each_dependent(part, [&](std::size_t values, Bond) {
            const EntryKind kind_of_values = graph_.kind(values);
            if (kind_of_values == EntryKind::statistics_data ||
                kind_of_values == EntryKind::extended_statistics_data)
                drop(values, spec);
        });
    });
}

void Exclusion::spread(bool cascade) {
    if (cascade) {
        find_unfounded_references([&](std::size_t key, Dropped emptied) { drop(key, emptied.spec); });
    }
    for (; spread_ < dropped_.size(); ++spread_) {
        const Dropped cause = dropped_[spread_];
        graph_.for_each_dependent(cause.entry, [&](std::size_t dependent, Bond bond) {
            if (cascade || bond == Bond::belongs) drop(dependent, cause.spec);
        });
    }
}

std::vector<Exclusion::Broken> Exclusion::find_broken() const {
    using Reason = Broken::Reason;
    std::vector<bool> seen(context_.toc().size());
    std::vector<Broken> broken;
    const auto add = [&](std::size_t entry, std::size_t cause, std::uint32_t spec, Reason reason) {
        if (seen[entry] || is_dropped(entry)) return;
        seen[entry] = true;
        broken.push_back(
            {static_cast<std::uint32_t>(entry), static_cast<std::uint32_t>(cause), spec, reason});
    };
    const auto follow = [&](std::uint32_t cause, std::uint32_t spec) {
        graph_.for_each_dependent(cause, [&](std::size_t dependent, Bond bond) {
            add(dependent, cause, spec, bond == Bond::uses ? Reason::uses : Reason::belongs);
        });
    };
    for (const Dropped& dropped : dropped_) follow(dropped.entry, dropped.spec);
    find_unfounded_references(
        [&](std::size_t key, Dropped emptied) { add(key, emptied.entry, emptied.spec, Reason::references); });
    for (std::size_t next = 0; next < broken.size(); ++next) {
        const Broken cause = broken[next];
        follow(cause.entry, cause.spec);
    }
    std::sort(broken.begin(), broken.end(),
              [](const Broken& a, const Broken& b) { return a.entry < b.entry; });
    return broken;
}

// Rows that are kept refer to rows that are not.
void Exclusion::find_unfounded_references(const std::function<void(std::size_t, Dropped)>& found) const {
    if (emptied_.empty()) return;
    const std::vector<bool> rows = with_rows();
    std::vector<bool> visited(rows.size());
    // A partitioned table lacks the rows of its partitions.
    std::vector<Dropped> lacking = emptied_;
    while (!lacking.empty()) {
        const Dropped table = lacking.back();
        lacking.pop_back();
        if (visited[table.entry]) continue;
        visited[table.entry] = true;
        graph_.for_each_parent(table.entry, [&](std::size_t parent) {
            lacking.push_back({static_cast<std::uint32_t>(parent), table.spec});
        });
        graph_.for_each_dependent(table.entry, [&](std::size_t key, Bond) {
            if (graph_.kind(key) != EntryKind::foreign_key) return;
            const auto sides = graph_.foreign_key(key);
            if (sides && sides->referenced == table.entry && rows[sides->referencing]) found(key, table);
        });
    }
}

/// Which tables have rows in the archive, of their own or in a partition.
std::vector<bool> Exclusion::with_rows() const {
    std::vector<bool> rows(context_.toc().size());
    std::vector<std::size_t> waiting;
    const auto add = [&](std::size_t table) {
        if (rows[table]) return;
        rows[table] = true;
        waiting.push_back(table);
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        graph_.for_each_dependent(i, [&](std::size_t part, Bond) {
            if (graph_.kind(part) == EntryKind::table_data && !is_dropped(part)) add(i);
        });
    }
    while (!waiting.empty()) {
        const std::size_t table = waiting.back();
        waiting.pop_back();
        graph_.for_each_parent(table, add);
    }
    return rows;
}

}  // namespace pgfilter
