// SPDX-License-Identifier: PostgreSQL
// Row security that binds the owner of the table as well.
#include <algorithm>
#include <map>
#include <optional>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "rules/builtin.hpp"
#include "rules/dependency_graph.hpp"
#include "sql/definitions.hpp"

namespace pgfilter {
namespace {

/// pg_restore sets row_security = off, so that a query that policies would apply to fails.  Of what it
/// restores only REFRESH MATERIALIZED VIEW is one: data and foreign keys come before row security is enabled.
class NoQueriesUnderRowSecurity final : public Rule {
public:
    void apply(RuleContext& context) override {
        const auto tables = forced(context);
        if (tables.empty()) return;
        const DependencyGraph graph(context.toc(), DependencyGraph::Scope::kept);
        std::vector<std::size_t> pending;
        Waiting waiting;
        for (const std::size_t table : tables) {
            if (note_foreign_keys(context.toc(), graph, table, waiting)) pending.push_back(table);
        }
        for (auto& [enabling, keys] : waiting)
            enable_after(context, context.entry(enabling), std::move(keys));
        drop_refreshes(context, graph, std::move(pending));
    }

private:
    /// Entries that enable row security, and the foreign keys that have to come before.
    using Waiting = std::map<std::size_t, std::vector<DumpId>>;

    static std::vector<std::size_t> forced(RuleContext& context) {
        const sql::Dialect dialect = dialect_of(context.toc());
        std::vector<std::size_t> tables;
        context.for_each_entry(EntryKind::table, [&](TocEntry& entry, std::size_t i) {
            if (sql::forces_row_security(entry.defn().value_or(""), dialect)) tables.push_back(i);
        });
        return tables;
    }

    /// False if row security is not enabled.
    static bool note_foreign_keys(const Toc& toc, const DependencyGraph& graph, std::size_t table,
                                  Waiting& waiting) {
        std::optional<std::size_t> enabling;
        std::vector<DumpId> keys;
        graph.for_each_dependent(table, [&](std::size_t entry, Bond) {
            if (toc[entry].dropped()) return;
            if (graph.kind(entry) == EntryKind::row_security) enabling = entry;
            if (graph.kind(entry) == EntryKind::fk_constraint) keys.push_back(toc[entry].dump_id());
        });
        if (!enabling) return false;
        std::vector<DumpId>& all = waiting[*enabling];
        all.insert(all.end(), keys.begin(), keys.end());
        return true;
    }

    static void enable_after(RuleContext& context, TocEntry& enabling, std::vector<DumpId> keys) {
        const std::vector<DumpId> before = enabling.dependencies();
        keys.insert(keys.end(), before.begin(), before.end());
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        if (keys.size() > before.size()) context.set_dependencies(enabling, keys);
    }

    /// `pending`: what cannot be read.
    static void drop_refreshes(RuleContext& context, const DependencyGraph& graph,
                               std::vector<std::size_t> pending) {
        std::vector<bool> seen(context.toc().size());
        while (!pending.empty()) {
            const std::size_t read = pending.back();
            pending.pop_back();
            graph.for_each_dependent(read, [&](std::size_t entry, Bond) {
                if (seen[entry] || context.toc()[entry].dropped()) return;
                seen[entry] = true;
                if (graph.kind(entry) == EntryKind::materialized_view_data)
                    context.drop(context.entry(entry));
                else if (is_read(graph.kind(entry)))
                    pending.push_back(entry);
            });
        }
    }

    /// Whether a query can reach a table through it.
    static bool is_read(EntryKind kind) {
        constexpr EntryKinds reading = EntryKind::view | EntryKind::materialized_view | EntryKind::rule |
                                       EntryKind::function | EntryKind::property_graph;
        return reading.has(kind);
    }
};

}  // namespace

void add_forced_row_security_rules(RuleRegistry& registry) {
    add_plain_rule(
        registry, "no-queries-under-row-security",
        "leave materialized views empty that would fail under forced row security; foreign keys come first",
        [] { return std::make_unique<NoQueriesUnderRowSecurity>(); });
}

}  // namespace pgfilter
