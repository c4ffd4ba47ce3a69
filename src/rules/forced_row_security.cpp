// Row security that binds the owner of the table as well.
#include <algorithm>

#include "rules/builtin.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/dialect.hpp"
#include "sql/definitions.hpp"

namespace pgfilter {
namespace {

/// pg_restore sets row_security = off, so that a query that policies would apply to fails.  Of what it
/// restores only REFRESH MATERIALIZED VIEW is one: data and foreign keys come before row security is enabled.
class NoRefreshUnderRowSecurity final : public Rule {
public:
    void apply(RuleContext& context) override {
        const auto tables = forced(context);
        if (tables.empty()) return;
        const DependencyGraph graph(context.toc());
        std::vector<std::size_t> pending;
        for (const std::size_t table : tables) {
            if (is_enabled(context.toc(), graph, table)) pending.push_back(table);
        }
        drop_refreshes(context, graph, std::move(pending));
    }

private:
    static std::vector<std::size_t> forced(RuleContext& context) {
        const sql::Dialect dialect = dialect_of(context.toc());
        std::vector<std::size_t> tables;
        context.for_each_entry([&](TocEntry& entry, std::size_t i) {
            if (entry.desc() == "TABLE" && sql::forces_row_security(entry.defn().value_or(""), dialect))
                tables.push_back(i);
        });
        return tables;
    }

    static bool is_enabled(const Toc& toc, const DependencyGraph& graph, std::size_t table) {
        bool enabled = false;
        graph.for_each_dependent(table, [&](std::size_t entry, Bond) {
            enabled = enabled || (graph.kind(entry) == EntryKind::row_security && !toc[entry].dropped());
        });
        return enabled;
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
    add_plain_rule(registry, "no-refresh-under-row-security",
                   "materialized views of tables with forced row security stay empty",
                   [] { return std::make_unique<NoRefreshUnderRowSecurity>(); });
}

}  // namespace pgfilter
