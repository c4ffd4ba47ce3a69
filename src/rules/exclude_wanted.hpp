// SPDX-License-Identifier: PostgreSQL
// What the rules of the family "exclude" are asked to leave out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pgfilter/entry_kind.hpp"
#include "pgfilter/name_pattern.hpp"
#include "pgfilter/rule.hpp"
#include "pgfilter/toc.hpp"
#include "rules/kind_name.hpp"
#include "rules/object_pattern.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// What the rules of the family choose by.
enum class Target : std::uint8_t {
    table,
    table_data,
    excluded_extension,
    extension,
    excluded_language,
    language,
    access_method,
    own_access_method,
    base_type,
    superuser_cast,
    internal_aggregate,
    setting,
    superuser_setting,
    all_tables_publication,
    kind,
    object,  ///< of the kinds of the rule, or of that which its argument names
    cascade
};
inline constexpr std::size_t targets = static_cast<std::size_t>(Target::cascade) + 1;

/// What is looked at to see whether an entry is one of a target.
enum class Aspect : std::uint8_t {
    table_name,
    extension_name,
    language,
    access_method,
    setting,
    kind,
    object,
    nature
};
inline constexpr std::size_t aspects = static_cast<std::size_t>(Aspect::nature) + 1;

/// What is known of a target.
struct TargetInfo {
    Target target{};
    Aspect aspect{};
    /// Of which kinds its entries are; empty if the rule or its argument says it.
    EntryKinds kinds;
    bool takes_pattern = false;
    /// Of the aspect nature: whether an entry is such a one.
    bool (*has_nature)(const Toc& toc, const TocEntry& entry, sql::Dialect dialect) = nullptr;
};

[[nodiscard]] const TargetInfo& info_of(Target target);

struct ExcludeRule {
    const char* name = nullptr;
    const char* summary = nullptr;
    Target target{};
    bool with_children = false;
    EntryKinds kinds = {};  ///< of objects; none: the argument says it
    Reach reach = Reach::object;
};

[[nodiscard]] std::span<const ExcludeRule> exclude_rules();
/// The keys that a rule takes.
[[nodiscard]] std::vector<RuleKey> keys_of(const ExcludeRule& rule);

/// One argument of a rule, or a rule that takes none.
struct Wanted {
    Target target;
    bool with_children;
    std::size_t spec;
    std::size_t argument;
    std::optional<NamePattern> pattern;
    std::optional<KindName> kind;
    std::optional<ObjectPattern> object;
    /// Whether it chooses constraints that stand in the definition of their table or domain as well.
    bool in_definitions = false;
};

/// What constraints stand in.
inline constexpr EntryKinds with_constraints =
    EntryKind::table | EntryKind::foreign_table | EntryKind::domain;

/// Of which kinds the entries are that it can choose.
[[nodiscard]] EntryKinds candidates_of(const Wanted& wanted);

/// Whether the argument is only a kind, for the patterns that follow it.
[[nodiscard]] bool is_kind_alone(const RuleSpec& spec, std::size_t argument);

/// Appends what a spec asks for; `number` is its place among those of the family.  Throws Error (usage).
void add_wanted(const RuleSpec& spec, std::size_t number, std::vector<Wanted>& wanted);

}  // namespace pgfilter
