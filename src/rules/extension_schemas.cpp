// SPDX-License-Identifier: PostgreSQL
// The rule about what users have in schemas that extensions make.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "archive/kind_facts.hpp"
#include "rules/builtin.hpp"
#include "rules/configuration_tables.hpp"
#include "rules/excepted_names.hpp"

namespace pgfilter {
namespace {

constexpr EntryKinds made_in_schemas =
    nameable | routines | EntryKind::type | EntryKind::shell_type | EntryKind::domain;

/// Drops objects in schemas that the scripts of kept extensions make: chunks of hypertables, for example.
class NoObjectsInExtensionSchemas final : public Rule {
public:
    explicit NoObjectsInExtensionSchemas(const RuleSpec& spec) : exceptions_(spec.arguments) {}

    void apply(RuleContext& context) override {
        const Toc& toc = context.toc();
        find_makers(context);
        if (makers_.empty()) return;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].kind() == EntryKind::schema && is_made(toc[i].tag())) of_users_.emplace(toc[i].tag());
        }
        std::vector<bool> chosen(toc.size());
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].dropped()) continue;
            chosen[i] = made_in_schemas.has(toc[i].kind()) ? is_guest(toc[i]) : is_data_of(toc, i, chosen);
            if (chosen[i]) context.drop(context.entry(i));
        }
    }

private:
    [[nodiscard]] bool is_guest(const TocEntry& entry) const {
        const Bytes schema = entry.namespace_().value_or("");
        return !of_users_.contains(schema) && is_made(schema);
    }

    /// Selections that come later would take it for theirs that data without a table is not chosen.
    static bool is_data_of(const Toc& toc, std::size_t entry, const std::vector<bool>& chosen) {
        if (toc[entry].kind() != EntryKind::table_data) return false;
        const std::vector<DumpId> ids = toc[entry].dependencies();
        return std::any_of(ids.begin(), ids.end(), [&](DumpId id) {
            const auto table = toc.find(id);
            return table && chosen[*table];
        });
    }

    void find_makers(RuleContext& context) {
        const Toc& toc = context.toc();
        for (std::size_t i = 0; i < toc.size(); ++i) {
            const Bytes name = toc[i].tag();
            if (toc[i].kind() != EntryKind::extension || toc[i].dropped()) continue;
            if (tables_of(name) == OwnTables::listed && !exceptions_.cover(context, name))
                makers_.emplace(name);
        }
    }

    [[nodiscard]] bool is_made(Bytes schema) const {
        return std::any_of(makers_.begin(), makers_.end(),
                           [&](const std::string& maker) { return is_schema_of_script(maker, schema); });
    }

    ExceptedNames exceptions_;
    std::set<std::string> makers_;                 // well-known ones, so that there are not many
    std::set<std::string, std::less<>> of_users_;  // schemas that have an entry, as if they were the users'
};

}  // namespace

void add_extension_schema_rule(RuleRegistry& registry) {
    registry.add({"no-objects-in-extension-schemas",
                  "drop what users have in schemas that extensions make: chunks of hypertables",
                  {{"except", "EXTENSION", true, RuleKey::Takes::pattern}},
                  {},
                  {},
                  Reach::object},
                 [](std::span<const RuleSpec> specs) {
                     return std::make_unique<NoObjectsInExtensionSchemas>(specs.front());
                 });
}

}  // namespace pgfilter
