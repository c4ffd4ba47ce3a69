// SPDX-License-Identifier: PostgreSQL
#include "rules/exclude_wanted.hpp"

#include <algorithm>
#include <array>

#include "archive/kind_facts.hpp"
#include "pgfilter/error.hpp"
#include "rules/definition.hpp"
#include "rules/membership.hpp"

namespace pgfilter {
namespace {

using K = EntryKind;

constexpr std::array<ExcludeRule, 32> rules{{
    {"exclude-table", "drop tables, views and sequences, with all that hangs on them", Target::table},
    {"exclude-table-and-children", "the same, with their partitions and inheriting tables", Target::table,
     true},
    {"exclude-table-data", "drop the data of tables, with its statistics", Target::table_data},
    {"exclude-table-data-and-children", "the same, with their partitions and inheriting tables",
     Target::table_data, true},
    {"exclude-extension", "drop extensions", Target::excluded_extension},
    {"extension", "drop all other extensions", Target::extension},
    {"exclude-language", "drop languages, and routines and transforms in them", Target::excluded_language},
    {"language", "drop all other languages, and routines and transforms in them", Target::language},
    {"exclude-access-method", "drop access methods and their indexes; their tables become heap tables",
     Target::access_method},
    {"no-access-methods", "drop the access methods that the archive creates, as exclude-access-method does",
     Target::own_access_method},
    {"no-base-types", "drop base types and shell types", Target::base_type},
    {"no-superuser-casts", "drop casts that only superusers may create", Target::superuser_cast},
    {"no-internal-aggregates", "drop aggregates with a state of type internal", Target::internal_aggregate},
    {"exclude-setting", "drop routines that set such settings", Target::setting},
    {"no-superuser-settings", "drop routines that set what only superusers may", Target::superuser_setting},
    {"no-all-tables-publications", "drop publications of all tables, and of all tables in a schema",
     Target::all_tables_publication},
    {"no-kind", "drop all entries of a kind, with what hangs on them", Target::kind},
    {"exclude", "drop objects of a kind by name, with what hangs on them", Target::object},
    {"exclude-entry",
     "drop an entry by kind and name, and nothing else: its object has to exist beforehand",
     Target::object,
     false,
     {},
     Reach::none},
    {"exclude-aggregate", "drop aggregates by name, with what hangs on them", Target::object, false,
     K::aggregate},
    {"exclude-collation", "drop collations by name, with what hangs on them", Target::object, false,
     K::collation},
    {"exclude-constraint", "drop constraints by name, foreign keys too, with what hangs on them",
     Target::object, false, K::constraint | K::check_constraint | K::fk_constraint},
    {"exclude-event-trigger", "drop event triggers by name, with what hangs on them", Target::object, false,
     K::event_trigger},
    {"exclude-function", "drop functions by name, with what hangs on them", Target::object, false,
     K::function},
    {"exclude-index", "drop indexes by name, with what hangs on them", Target::object, false, K::index},
    {"exclude-policy", "drop row security policies by name, with what hangs on them", Target::object, false,
     K::policy},
    {"exclude-procedure", "drop procedures by name, with what hangs on them", Target::object, false,
     K::procedure},
    {"exclude-publication", "drop publications by name, with their members", Target::object, false,
     K::publication},
    {"exclude-server", "drop foreign servers by name, with what hangs on them", Target::object, false,
     K::server},
    {"exclude-trigger", "drop triggers by name, with what hangs on them", Target::object, false, K::trigger},
    {"exclude-type", "drop types and domains by name, with what hangs on them", Target::object, false,
     K::type | K::shell_type | K::domain},
    {"cascade", "drop what uses a dropped object, too", Target::cascade},
}};

bool has_base_type(const Toc&, const TocEntry& entry, sql::Dialect dialect) {
    return is_base_type(entry, dialect);
}
bool is_internal_aggregate(const Toc&, const TocEntry& entry, sql::Dialect dialect) {
    return has_internal_state(entry, dialect);
}
bool is_all_tables_publication(const Toc&, const TocEntry& entry, sql::Dialect dialect) {
    return publishes_all(entry, dialect);
}

constexpr EntryKinds publications = K::publication | K::publication_tables_in_schema;

constexpr std::array<TargetInfo, targets> infos{{
    {Target::table, Aspect::table_name, nameable, true},
    {Target::table_data, Aspect::table_name, nameable, true},
    {Target::excluded_extension, Aspect::extension_name, K::extension, true},
    {Target::extension, Aspect::extension_name, K::extension, true},
    {Target::excluded_language, Aspect::language, with_language, true},
    {Target::language, Aspect::language, with_language, true},
    {Target::access_method, Aspect::access_method, with_access_method, true},
    {Target::own_access_method, Aspect::access_method, with_access_method},
    {Target::base_type, Aspect::nature, K::type | K::shell_type, false, has_base_type},
    {Target::superuser_cast, Aspect::nature, K::cast, false, needs_superuser_as_cast},
    {Target::internal_aggregate, Aspect::nature, K::aggregate, false, is_internal_aggregate},
    {Target::setting, Aspect::setting, routines, true},
    {Target::superuser_setting, Aspect::setting, routines},
    {Target::all_tables_publication, Aspect::nature, publications, false, is_all_tables_publication},
    {Target::kind, Aspect::kind, {}},
    {Target::object, Aspect::object, {}, true},
    {Target::cascade, Aspect::nature, {}},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < infos.size(); ++i) {
        if (static_cast<std::size_t>(infos[i].target) != i) return false;
    }
    return true;
}
static_assert(in_order(), "a target has its row in the place of its value");

const ExcludeRule& describe(const RuleSpec& spec) {
    return *std::find_if(rules.begin(), rules.end(),
                         [&](const ExcludeRule& known) { return spec.name == known.name; });
}

/// Whether its arguments say of which kind the objects are.
bool names_kind(const ExcludeRule& rule) {
    for (std::size_t i = 0; i < entry_kinds; ++i) {
        if (rule.kinds.has(static_cast<EntryKind>(i))) return false;
    }
    return true;
}

/// Says when an archive would not be what it was any more.
void check_kind(const std::string& rule, const KindName& kind) {
    if (session_kinds.has(kind.kind()))
        throw Error(ErrorCode::usage,
                    rule + " " + kind.text() + ": without this entry the others would be read wrongly");
}

/// Statistics hold values of columns, as the data does.
EntryKinds kinds_chosen_by(const KindName& kind) {
    const EntryKinds kinds = kind.kind() | EntryKind::other;
    return kind.kind() == EntryKind::table_data ? kinds | statistics_with_values : kinds;
}

}  // namespace

std::span<const ExcludeRule> exclude_rules() {
    return rules;
}

std::vector<RuleKey> keys_of(const ExcludeRule& rule) {
    if (rule.target == Target::kind) return {{"kind", "KIND"}};
    if (rule.target == Target::object && names_kind(rule))
        return {{"object", "KIND PATTERN", false, RuleKey::Takes::pattern}};
    if (info_of(rule.target).takes_pattern) return {{"pattern", "PATTERN", false, RuleKey::Takes::pattern}};
    return {};
}

const TargetInfo& info_of(Target target) {
    return infos[static_cast<std::size_t>(target)];
}

EntryKinds candidates_of(const Wanted& wanted) {
    if (wanted.kind) return kinds_chosen_by(*wanted.kind);
    if (!wanted.object) return info_of(wanted.target).kinds;
    return wanted.in_definitions ? wanted.object->kinds() | with_constraints : wanted.object->kinds();
}

bool is_kind_alone(const RuleSpec& spec, std::size_t argument) {
    const ExcludeRule& rule = describe(spec);
    if (rule.target != Target::object || !names_kind(rule) || argument != 0) return false;
    const auto split = split_kind(spec.arguments[0].value);
    return split && split->rest.empty() && spec.arguments.size() > 1;
}

namespace {

/// Reads "KIND PATTERN", or a pattern whose kind is an argument of its own before it.
ObjectPattern object_of(const RuleSpec& spec, std::size_t argument) {
    const ExcludeRule& rule = describe(spec);
    const std::string& value = spec.arguments[argument].value;
    if (!names_kind(rule)) return {rule.kinds, value};
    const bool follows = is_kind_alone(spec, 0);
    const auto split = split_kind(follows ? spec.arguments[0].value : value);
    if (!split || (!follows && split->rest.empty()))
        throw Error(ErrorCode::usage, spec.name + " '" + value +
                                          "': a kind of entries, as -l names it, and a name are wanted: '" +
                                          "SCHEMA app'");
    check_kind(spec.name, split->kind);
    return {split->kind, follows ? value : split->rest};
}

NamePattern::Parts parts_for(Target target) {
    const bool is_table = target == Target::table || target == Target::table_data;
    return is_table ? NamePattern::Parts::schema_and_name : NamePattern::Parts::name;
}

}  // namespace

void add_wanted(const RuleSpec& spec, std::size_t number, std::vector<Wanted>& wanted) {
    const ExcludeRule& rule = describe(spec);
    const auto add = [&](std::size_t argument) -> Wanted& {
        return wanted.emplace_back(Wanted{rule.target, rule.with_children, number, argument, std::nullopt,
                                          std::nullopt, std::nullopt});
    };
    // What is said to be there beforehand is an entry.
    const auto is_in_definitions = [&](const ObjectPattern& object) {
        return rule.reach != Reach::none && object.kinds().has(K::check_constraint);
    };
    const std::vector<RuleKey> keys = keys_of(rule);
    if (keys.empty()) {
        add(0);
        return;
    }
    if (spec.arguments.empty()) throw Error(ErrorCode::usage, spec.name + " needs a " + keys[0].value);
    for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
        const std::string& value = spec.arguments[i].value;
        if (is_kind_alone(spec, i)) continue;
        if (rule.target == Target::kind) {
            check_kind(spec.name, add(i).kind.emplace(value));
        } else if (rule.target == Target::object) {
            Wanted& one = add(i);
            one.in_definitions = is_in_definitions(one.object.emplace(object_of(spec, i)));
        } else {
            add(i).pattern.emplace(value, parts_for(rule.target));
        }
    }
}

}  // namespace pgfilter
