// SPDX-License-Identifier: PostgreSQL
// What can be there already.
#include "archive/dialect.hpp"
#include "rules/builtin.hpp"

namespace pgfilter {
namespace {

/// Servers know it of extensions from 9.1 on, where they begin, and of schemas from 9.3 on.
class IfNotExists final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::schema | EntryKind::extension; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Bytes defn = entry.defn().value_or("");
        const auto place = sql::find_missing_if_not_exists(defn, dialect_);
        if (!place) return;
        Splices splices;
        splices.insert(*place, " IF NOT EXISTS");
        context.edit_text(entry, Field::defn, splices);
    }

private:
    sql::Dialect dialect_;
};

}  // namespace

void add_if_not_exists_rule(RuleRegistry& registry) {
    registry.add({.name = "if-not-exists",
                  .summary = "create schemas and extensions only if they do not exist",
                  .reach = Reach::none,
                  .is_precaution = true},
                 [](std::span<const RuleSpec>) { return std::make_unique<IfNotExists>(); });
}

}  // namespace pgfilter
