// SPDX-License-Identifier: PostgreSQL
// The rules that pgfilter brings along, one file for each family.
#pragma once

#include <functional>
#include <memory>

#include "pgfilter/rule.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {

void add_kind_rules(RuleRegistry& registry);
void add_storage_rules(RuleRegistry& registry);
void add_role_rules(RuleRegistry& registry);
void add_selection_rules(RuleRegistry& registry);
void add_grant_rules(RuleRegistry& registry);
void add_archive_version_rules(RuleRegistry& registry);
void add_tablespace_rules(RuleRegistry& registry);
void add_planner_hint_rules(RuleRegistry& registry);
void add_forced_row_security_rules(RuleRegistry& registry);
void add_exclude_rules(RuleRegistry& registry);
void add_extension_data_rules(RuleRegistry& registry);
void add_extension_schema_rule(RuleRegistry& registry);
void add_superuser_mapping_rule(RuleRegistry& registry);
void add_secret_rules(RuleRegistry& registry);
void add_if_not_exists_rule(RuleRegistry& registry);
void add_guard_rules(RuleRegistry& registry);

/// Adds a rule that takes no arguments and drops nothing that others need.
void add_plain_rule(RuleRegistry& registry, const char* name, const char* summary,
                    std::function<std::unique_ptr<Rule>()> make, std::vector<std::string> aliases = {});

/// What stands for no text: NULL, but "" before 1.14, whose readers crash on NULL.
Text nothing(const RuleContext& context);

/// Takes the clause out of the entry's definition.
void cut(RuleContext& context, TocEntry& entry, sql::Clause clause, std::size_t spec = 0);

}  // namespace pgfilter
