// SPDX-License-Identifier: PostgreSQL
// What only superusers may let functions and operators say to the planner.
#include <algorithm>

#include "archive/dialect.hpp"
#include "rules/builtin.hpp"
#include "sql/definitions.hpp"

namespace pgfilter {
namespace {

/// Without them everything works as before, if sometimes with a worse plan.
class NoPlannerHints final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::function | EntryKind::operator_; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Bytes defn = entry.defn().value_or("");
        const auto hints = sql::find_planner_hints(defn, dialect_);
        if (hints.empty()) return;
        Splices splices;
        for (const sql::PlannerHint& hint : hints) splices.cut(hint.clause.begin, hint.clause.end);
        context.edit_text(entry, Field::defn, splices);
        forget_functions(context, entry, hints);
    }

private:
    /// So that nobody thinks that the entry needs them still.
    static void forget_functions(RuleContext& context, TocEntry& entry,
                                 const std::vector<sql::PlannerHint>& hints) {
        std::vector<DumpId> ids = entry.dependencies();
        const auto is_forgotten = [&](DumpId id) {
            const auto index = context.toc().find(id);
            if (!index || context.toc()[*index].kind() != EntryKind::function) return false;
            const TocEntry& function = context.toc()[*index];
            return std::any_of(hints.begin(), hints.end(), [&](const sql::PlannerHint& hint) {
                return is_called(function, hint.function);
            });
        };
        if (std::erase_if(ids, is_forgotten) != 0) context.set_dependencies(entry, ids);
    }

    static bool is_called(const TocEntry& function, const sql::QualifiedName& name) {
        const Bytes tag = function.tag();
        return !name.name.empty() && tag.starts_with(name.name) &&
               tag.substr(name.name.size()).starts_with('(') &&
               (name.schema.empty() || name.schema == function.namespace_().value_or(""));
    }

    sql::Dialect dialect_;
};

}  // namespace

void add_planner_hint_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "no-planner-hints",
                   "functions and operators lose LEAKPROOF, SUPPORT and estimators of their own",
                   [] { return std::make_unique<NoPlannerHints>(); });
}

}  // namespace pgfilter
