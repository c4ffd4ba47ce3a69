// Where and how tables are stored: tablespaces and table access methods.
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {
namespace {

/// NULL is left alone: such an entry has no tablespace at all, while "" is the database's default.
class NoTablespaces final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Text tablespace = entry.text(Field::tablespace);
            if (tablespace && !tablespace->empty()) context.set_text(entry, Field::tablespace, "");
            if (entry.desc() != "DATABASE" || !entry.defn()) return;
            if (const auto clause = sql::find_tablespace(*entry.defn(), dialect))
                cut(context, entry, *clause);
        });
    }
};

/// NULL, never "": pg_restore would make SET default_table_access_method = "" of that, which fails.
class NoTableAccessMethod final : public Rule {
public:
    void apply(RuleContext& context) override {
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            if (entry.text(Field::tableam)) context.set_text(entry, Field::tableam, std::nullopt);
        });
    }
};

}  // namespace

void add_storage_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "no-tablespaces", "objects go to the default tablespace",
                   [] { return std::make_unique<NoTablespaces>(); });
    add_plain_rule(registry, "no-table-access-method", "tables use the default access method",
                   [] { return std::make_unique<NoTableAccessMethod>(); });
}

}  // namespace pgfilter
