#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {
namespace {

/// pg_restore uses an entry's owner for ALTER … OWNER, SET SESSION AUTHORIZATION and its comments only, so
/// that no entry needs one.
class NoOwner final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        const Text nobody = context.header().layout.version.minor >= 14 ? Text() : Text("");
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            if (entry.owner()) context.set_text(entry, Field::owner, nobody);
            if (entry.desc() != "SCHEMA" || !entry.defn()) return;
            // pg_restore -O replaces the whole statement by one without the clause.
            if (const auto clause = sql::find_authorization(*entry.defn(), dialect))
                cut(context, entry, *clause);
        });
    }
};

}  // namespace

void add_ownership_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "no-owner", "objects have no owner: pg_restore emits no ALTER ... OWNER",
                   [] { return std::make_unique<NoOwner>(); });
}

}  // namespace pgfilter
