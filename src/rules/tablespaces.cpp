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
            if (const auto plain = sql::without_tablespace(*entry.defn(), dialect))
                context.set_text(entry, Field::defn, *plain);
        });
    }
};

}  // namespace

std::unique_ptr<Rule> make_no_tablespaces(const std::vector<RuleArgument>&) {
    return std::make_unique<NoTablespaces>();
}

}  // namespace pgfilter
