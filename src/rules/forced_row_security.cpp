// Row security that binds the owner of the table as well.
#include <algorithm>
#include <optional>

#include "archive/dialect.hpp"
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
        for (const std::size_t table : tables) {
            if (enable_after_foreign_keys(context, graph, table)) pending.push_back(table);
        }
        drop_refreshes(context, graph, std::move(pending));
    }

private:
    static std::vector<std::size_t> forced(RuleContext& context) {
        const sql::Dialect dialect = dialect_of(context.toc());
        std::vector<std::size_t> tables;
        context.for_each_entry(EntryKind::table, [&](TocEntry& entry, std::size_t i) {
            if (sql::forces_row_security(entry.defn().value_or(""), dialect)) tables.push_back(i);
        });
        return tables;
    }

    /// False if row security is not enabled.
    static bool enable_after_foreign_keys(RuleContext& context, const DependencyGraph& graph,
                                          std::size_t table) {
        std::optional<std::size_t> enabling;
        std::vector<DumpId> ids;
        graph.for_each_dependent(table, [&](std::size_t entry, Bond) {
            if (context.toc()[entry].dropped()) return;
            if (graph.kind(entry) == EntryKind::row_security) enabling = entry;
            if (graph.kind(entry) == EntryKind::fk_constraint) ids.push_back(context.toc()[entry].dump_id());
        });
        if (!enabling) return false;
        TocEntry& entry = context.entry(*enabling);
        const std::vector<DumpId> before = entry.dependencies();
        ids.insert(ids.end(), before.begin(), before.end());
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        if (ids.size() > before.size()) context.set_dependencies(entry, ids);
        return true;
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
                else if (is_read(context.toc()[entry], graph.kind(entry)))
                    pending.push_back(entry);
            });
        }
    }

    /// Whether a query can reach a table through it.
    static bool is_read(const TocEntry& entry, EntryKind kind) {
        constexpr EntryKinds views = EntryKind::view | EntryKind::materialized_view | EntryKind::rule;
        return views.has(kind) || entry.desc() == "FUNCTION";
    }
};

}  // namespace

void add_forced_row_security_rules(RuleRegistry& registry) {
    add_plain_rule(
        registry, "no-queries-under-row-security",
        "materialized views of tables with forced row security stay empty, foreign keys come first",
        [] { return std::make_unique<NoQueriesUnderRowSecurity>(); });
}

}  // namespace pgfilter
