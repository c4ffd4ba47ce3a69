// SPDX-License-Identifier: PostgreSQL
// A rule that takes secrets out.
#include "sql/secrets.hpp"
#include "archive/dialect.hpp"
#include "bytes/harmless.hpp"
#include "rules/builtin.hpp"

namespace pgfilter {
namespace {

constexpr EntryKinds with_secrets =
    EntryKind::user_mapping | EntryKind::server | EntryKind::subscription | EntryKind::foreign_data_wrapper;

class RedactSecrets final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return with_secrets; }
    void begin(RuleContext& context) override {
        context.matches_nothing_by_itself(0);
        dialect_ = dialect_of(context.toc());
    }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Text defn = entry.defn();
        if (!defn) return;
        context.edit_text(entry, Field::defn, sql::replace_secrets(*defn, dialect_, [](std::string_view) {}));
    }

    void find_redacted(const Toc& toc, const TocEntry& entry,
                       const std::function<void(const std::string&)>& found) const override {
        constexpr std::size_t longest = 100;
        const Text defn = entry.original_text(Field::defn);
        if (!defn || !with_secrets.has(entry.kind())) return;
        sql::replace_secrets(*defn, dialect_of(toc), [&](std::string_view name) {
            found(harmless(std::string(name.substr(0, longest))));
        });
    }

private:
    sql::Dialect dialect_;
};

}  // namespace

void add_secret_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "redact-secrets",
                   "replace passwords in options of servers, user mappings and subscriptions",
                   [] { return std::make_unique<RedactSecrets>(); });
}

}  // namespace pgfilter
