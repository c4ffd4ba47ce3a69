#include "rules/exclusion.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

namespace pgfilter {
namespace {

constexpr EntryKinds data_kinds = EntryKind::table_data | EntryKind::sequence_set |
                                  EntryKind::materialized_view_data | statistics_with_values;
/// What can hand on the rows of a table: queries, and all that is made of functions.
constexpr EntryKinds passing =
    EntryKind::view | EntryKind::materialized_view | EntryKind::rule | EntryKind::function |
    EntryKind::procedure | EntryKind::aggregate | EntryKind::operator_ | EntryKind::cast |
    EntryKind::transform | EntryKind::conversion | EntryKind::collation | EntryKind::procedural_language |
    EntryKind::foreign_data_wrapper | EntryKind::event_trigger | EntryKind::text_search_configuration |
    EntryKind::text_search_dictionary | EntryKind::text_search_parser | EntryKind::text_search_template |
    EntryKind::other;
constexpr EntryKinds with_statistics = EntryKind::index | constraints | EntryKind::statistics;

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

Exclusion::Exclusion(RuleContext& context, const DependencyGraph& graph)
    : context_(context), graph_(graph), seen_(context.toc().size()) {}

void Exclusion::drop(std::size_t entry, std::size_t spec) {
    if (seen_[entry]) return;
    seen_[entry] = true;
    graph_.inheritance().for_each_partitioned(entry, [&](std::size_t parent) {
        lacking_.push_back({static_cast<std::uint32_t>(parent), static_cast<std::uint32_t>(spec)});
    });
    dropped_.push_back({static_cast<std::uint32_t>(entry), static_cast<std::uint32_t>(spec)});
    context_.drop(context_.entry(entry), spec);
}

void Exclusion::drop_data(std::size_t relation, std::size_t spec) {
    lacking_.push_back({static_cast<std::uint32_t>(relation), static_cast<std::uint32_t>(spec)});
    drop_values(relation, data_kinds, spec);
}

// Histogram bounds and most common values are values of columns, those of indexes of expressions too.
void Exclusion::drop_values(std::size_t relation, EntryKinds kinds, std::size_t spec) {
    graph_.for_each_dependent(relation, [&](std::size_t part, Bond bond) {
        if (bond != Bond::belongs) return;
        if (kinds.has(graph_.kind(part))) drop(part, spec);
        if (!with_statistics.has(graph_.kind(part))) return;
        graph_.for_each_dependent(part, [&](std::size_t values, Bond) {
            if (statistics_with_values.has(graph_.kind(values))) drop(values, spec);
        });
    });
}

// Partitioned and inherited tables have statistics of the rows of their children, materialized views of those
// that they were made from.
void Exclusion::drop_derived_statistics() {
    std::vector<bool> visited(context_.toc().size());
    std::vector<Dropped> waiting;
    const auto add = [&](std::size_t entry, std::uint32_t spec) {
        if (visited[entry]) return;
        visited[entry] = true;
        waiting.push_back({static_cast<std::uint32_t>(entry), spec});
    };
    // A partitioned table comes once for each of its partitions.
    for (const Dropped& table : lacking_) add(table.entry, table.spec);
    for (const Dropped& dropped : dropped_) {
        if (relations.has(graph_.kind(dropped.entry))) add(dropped.entry, dropped.spec);
    }
    while (!waiting.empty()) {
        const Dropped source = waiting.back();
        waiting.pop_back();
        const auto pass_on = [&](std::size_t entry) { add(entry, source.spec); };
        if (relations.has(graph_.kind(source.entry)))
            drop_values(source.entry, statistics_with_values, source.spec);
        graph_.inheritance().for_each_parent(source.entry, pass_on);
        graph_.for_each_dependent(source.entry, [&](std::size_t dependent, Bond) {
            if (passing.has(graph_.kind(dependent))) pass_on(dependent);
        });
    }
}

void Exclusion::spread(bool cascade) {
    asked_for_ = dropped_.size();
    follow(cascade);
    drop_derived_statistics();
    if (!cascade) return;
    find_unfounded_references(lacking_, [&](std::size_t key, Dropped table) { drop(key, table.spec); });
    follow(cascade);
}

void Exclusion::follow(bool cascade) {
    for (; followed_ < dropped_.size(); ++followed_) {
        const Dropped cause = dropped_[followed_];
        graph_.for_each_dependent(cause.entry, [&](std::size_t dependent, Bond bond) {
            if (bond == Bond::belongs || (cascade && is_missed(followed_, bond))) drop(dependent, cause.spec);
        });
    }
}

// A foreign key depends on all indexes of partitions being attached.  One that goes with its partition leaves
// the others complete.
bool Exclusion::is_missed(std::size_t dropped, Bond bond) const {
    return bond == Bond::belongs || dropped < asked_for_ ||
           graph_.kind(dropped_[dropped].entry) != EntryKind::index_attach;
}

std::vector<Exclusion::Broken> Exclusion::find_broken() const {
    using Reason = Broken::Reason;
    std::vector<bool> seen(context_.toc().size());
    std::vector<Broken> broken;
    std::vector<Dropped> lacking = lacking_;
    const auto add = [&](std::size_t entry, Dropped cause, Reason reason) {
        if (seen[entry] || is_dropped(entry)) return;
        seen[entry] = true;
        broken.push_back({static_cast<std::uint32_t>(entry), cause.entry, cause.spec, reason});
        graph_.inheritance().for_each_partitioned(entry, [&](std::size_t parent) {
            lacking.push_back({static_cast<std::uint32_t>(parent), cause.spec});
        });
    };
    const auto reason_of = [](Bond bond) { return bond == Bond::uses ? Reason::uses : Reason::belongs; };
    for (std::size_t i = 0; i < dropped_.size(); ++i) {
        graph_.for_each_dependent(dropped_[i].entry, [&](std::size_t dependent, Bond bond) {
            if (is_missed(i, bond)) add(dependent, dropped_[i], reason_of(bond));
        });
    }
    std::size_t next = 0;
    const auto follow_broken = [&] {
        for (; next < broken.size(); ++next) {
            const Dropped cause{broken[next].entry, broken[next].spec};
            graph_.for_each_dependent(cause.entry, [&](std::size_t dependent, Bond bond) {
                add(dependent, cause, reason_of(bond));
            });
        }
    };
    follow_broken();
    find_unfounded_references(lacking,
                              [&](std::size_t key, Dropped table) { add(key, table, Reason::references); });
    follow_broken();
    find_foundlings([&](std::size_t entry, Dropped extension) {
        add(entry, extension, constraints.has(graph_.kind(entry)) ? Reason::may_use : Reason::may_belong);
    });
    std::sort(broken.begin(), broken.end(),
              [](const Broken& a, const Broken& b) { return a.entry < b.entry; });
    return broken;
}

// Rows that are kept refer to rows that are not.
void Exclusion::find_unfounded_references(std::vector<Dropped> lacking,
                                          const std::function<void(std::size_t, Dropped)>& found) const {
    if (lacking.empty()) return;
    TablesWithRows rows(context_.toc(), graph_);
    std::vector<bool> visited(context_.toc().size());
    // Kept, for each of a key's dependencies leads to it.
    std::unordered_map<std::size_t, std::optional<DependencyGraph::ForeignKey>> keys;
    const auto sides_of = [&](std::size_t key) {
        const auto [known, fresh] = keys.try_emplace(key);
        if (fresh) known->second = graph_.foreign_key(key);
        return known->second;
    };
    while (!lacking.empty()) {
        const Dropped table = lacking.back();
        lacking.pop_back();
        if (visited[table.entry]) continue;
        visited[table.entry] = true;
        // A partitioned table has the rows of its partitions.
        graph_.inheritance().for_each_partitioned(table.entry, [&](std::size_t parent) {
            lacking.push_back({static_cast<std::uint32_t>(parent), table.spec});
        });
        graph_.for_each_dependent(table.entry, [&](std::size_t key, Bond) {
            if (graph_.kind(key) != EntryKind::fk_constraint) return;
            const auto sides = sides_of(key);
            if (sides && sides->referenced == table.entry && rows.has(sides->referencing)) found(key, table);
        });
    }
}

// What nobody owns can be of any extension in its schema; where there is none, of one whose script names
// schemas of its own.
void Exclusion::find_foundlings(const std::function<void(std::size_t, Dropped)>& found) const {
    std::optional<Dropped> first;
    std::unordered_map<std::string, std::optional<Dropped>> by_schema;  // nothing: no dropped one
    for (const Dropped& dropped : dropped_) {
        if (graph_.kind(dropped.entry) != EntryKind::extension) continue;
        if (!first) first = dropped;
        by_schema.try_emplace(graph_.schema_of_extension(dropped.entry), dropped);
    }
    if (!first) return;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        if (graph_.kind(i) == EntryKind::extension && !is_dropped(i))
            by_schema.try_emplace(graph_.schema_of_extension(i), std::nullopt);
    }
    graph_.for_each_foundling([&](std::size_t entry, Bytes schema) {
        const auto known = by_schema.find(std::string(schema));
        // What a constraint names can also be made by another entry.
        if (known == by_schema.end() && constraints.has(graph_.kind(entry))) return;
        const std::optional<Dropped>& extension = known == by_schema.end() ? first : known->second;
        if (extension) found(entry, *extension);
    });
}

}  // namespace pgfilter
