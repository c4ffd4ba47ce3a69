// A rule that takes secrets out.
#include <algorithm>
#include <array>

#include "archive/harmless.hpp"
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "sql/secrets.hpp"

namespace pgfilter {
namespace {

bool can_hold_secrets(const TocEntry& entry) {
    constexpr std::array<Bytes, 4> kinds{"USER MAPPING", "SERVER", "SUBSCRIPTION", "FOREIGN DATA WRAPPER"};
    return std::find(kinds.begin(), kinds.end(), entry.desc()) != kinds.end();
}

class RedactSecrets final : public Rule {
public:
    void apply(RuleContext& context) override {
        context.matches_nothing_by_itself(0);
        const sql::Dialect dialect = dialect_of(context.toc());
        const auto ignore = [](std::string_view) {};
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Text defn = entry.defn();
            if (!defn || !can_hold_secrets(entry)) return;
            context.set_text(entry, Field::defn, [&](const std::function<void(Bytes)>& put) {
                sql::replace_secrets(*defn, dialect, put, ignore);
            });
        });
    }

    void find_redacted(const Toc& toc, const TocEntry& entry,
                       const std::function<void(const std::string&)>& found) const override {
        constexpr std::size_t longest = 100;
        const Text defn = entry.original_text(Field::defn);
        if (!defn || !can_hold_secrets(entry)) return;
        sql::replace_secrets(
            *defn, dialect_of(toc), [](std::string_view) {},
            [&](std::string_view name) { found(harmless(std::string(name.substr(0, longest)))); });
    }
};

}  // namespace

void add_secret_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "redact-secrets",
                   "replace passwords in options of servers, user mappings and subscriptions",
                   [] { return std::make_unique<RedactSecrets>(); });
}

}  // namespace pgfilter
