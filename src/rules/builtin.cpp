// SPDX-License-Identifier: PostgreSQL
#include "rules/builtin.hpp"

#include "archive/other_versions.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {

void add_builtin_rules(RuleRegistry& registry) {
    add_kind_rules(registry);
    add_storage_rules(registry);
    add_role_rules(registry);
    add_selection_rules(registry);
    add_grant_rules(registry);
    add_tablespace_rules(registry);
    add_planner_hint_rules(registry);
    add_forced_row_security_rules(registry);
    add_exclude_rules(registry);
    add_extension_data_rules(registry);
    add_extension_schema_rule(registry);
    add_superuser_mapping_rule(registry);
    add_secret_rules(registry);
    add_if_not_exists_rule(registry);
    add_guard_rules(registry);
    add_archive_version_rules(registry);
}

void add_plain_rule(RuleRegistry& registry, const char* name, const char* summary,
                    std::function<std::unique_ptr<Rule>()> make, std::vector<std::string> aliases) {
    registry.add({name, summary, {}, {}, std::move(aliases), Reach::none},
                 [make = std::move(make)](std::span<const RuleSpec>) { return make(); });
}

Text nothing(const RuleContext& context) {
    return context.header().layout.version.minor >= first_with_nulls ? Text() : Text("");
}

void cut(RuleContext& context, TocEntry& entry, sql::Clause clause, std::size_t spec) {
    Splices splices;
    splices.cut(clause.begin, clause.end);
    context.edit_text(entry, Field::defn, splices, spec);
}

}  // namespace pgfilter
