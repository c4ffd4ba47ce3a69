// SPDX-License-Identifier: PostgreSQL
#include "rules/selection.hpp"

#include <algorithm>

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/membership.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter {
namespace {

enum class Kind : std::uint8_t { relation, index, function, trigger, statistics, other };

/// By which option a selection of kinds and names gets at the entry.
Kind group_of(EntryKind kind) {
    using K = EntryKind;
    constexpr EntryKinds tables = K::table | K::table_data | K::view | K::foreign_table |
                                  K::materialized_view | K::materialized_view_data | K::sequence |
                                  K::sequence_set;
    constexpr EntryKinds functions = K::function | K::aggregate | K::procedure;
    if (tables.has(kind)) return Kind::relation;
    if (kind == K::index) return Kind::index;
    if (functions.has(kind)) return Kind::function;
    if (kind == K::trigger) return Kind::trigger;
    return kind == K::statistics_data ? Kind::statistics : Kind::other;
}

/// The name in "DROP TRIGGER name ON table".
std::optional<std::string> trigger_name(const TocEntry& entry, sql::Dialect dialect) {
    const Text drop = entry.text(Field::drop_stmt);
    sql::StatementCursor cursor(drop.value_or(""), dialect);
    if (!cursor.next_statement() || !cursor.at_words({"drop", "trigger"})) return std::nullopt;
    const sql::Token* const name = cursor.peek(2);
    return name == nullptr ? std::nullopt : sql::decode_identifier(*name);
}

}  // namespace

Selector::Selector(SelectionOptions& options, const Toc& toc, const std::vector<bool>* listed)
    : options_(options),
      toc_(toc),
      listed_(listed),
      chosen_(options.dumped.find(toc, options.excluded_schemas)),
      dialect_(dialect_of(toc_)),
      verdicts_(toc_.size()) {}

void Selector::decide(std::size_t index) {
    const TocEntry& entry = toc_[index];
    Verdict& verdict = verdicts_[index];
    note_names(entry);
    if (const Section section = section_of(entry); section != Section::none) section_ = section;
    if (entry.dropped()) return;
    verdict.components = components_of(entry);
    if (verdict.components == component::special) return;
    if (const auto cause = leave_out(index, entry)) {
        blame(verdict, *cause, verdict.components);
    } else if (!is_database(entry.kind())) {
        mask(verdict, component::data, options_.no_data);
        mask(verdict, component::schema, options_.no_schema);
    }
}

// Whatever becomes of the entry, so that an option says the same beside others as alone.
void Selector::note_names(const TocEntry& entry) {
    if (options_.schemas.given()) {
        const Text schema = entry.kind() == EntryKind::schema ? Text(entry.tag()) : entry.namespace_();
        if (schema) options_.schemas.note(*schema);
    }
    switch (group_of(entry.kind())) {
        case Kind::relation:
            return options_.tables.note(entry.tag());
        case Kind::index:
            return options_.indexes.note(entry.tag());
        case Kind::function:
            return options_.functions.note(entry.tag());
        case Kind::trigger:
            options_.triggers.note(entry.tag());
            if (!options_.triggers.given()) return;
            if (const auto name = trigger_name(entry, dialect_)) options_.triggers.note(*name);
            return;
        case Kind::statistics:
        case Kind::other:
            break;
    }
}

void Selector::blame(Verdict& verdict, std::size_t spec, Components left_out) {
    verdict.components &= ~left_out;
    verdict.left_out |= left_out;
    verdict.cause = static_cast<EditorId>(spec);
    verdict.has_cause = true;
}

void Selector::mask(Verdict& verdict, Components component, const SelectionOptions::Causes& causes) {
    if (!causes.empty() && (verdict.components & component) != 0) blame(verdict, causes.front(), component);
}

std::optional<std::size_t> Selector::leave_out(std::size_t index, const TocEntry& entry) {
    const EntryKind kind = entry.kind();
    if (is_statistics(kind) && !options_.no_statistics.empty()) return options_.no_statistics.front();
    if (is_database(kind)) return std::nullopt;
    ++found_in_[static_cast<std::size_t>(section_)];
    if (const auto cause = options_.leave_out(section_)) return cause;
    if (listed_ != nullptr && !(*listed_)[index]) return *options_.use_list;
    if (is_attachment(kind)) return leave_out_attachment(index, entry);
    // As in pg_dump, whatever schemas are selected.
    if (!chosen_.empty() && chosen_[index]) return std::nullopt;
    const Text schema = entry.namespace_();
    if (options_.schemas.given() && (!schema || !options_.schemas.find(*schema)))
        return options_.schemas.spec();
    if (options_.excluded_schemas.given() && schema && options_.excluded_schemas.find(*schema))
        return options_.excluded_schemas.spec();
    return options_.first_of_kinds() ? leave_out_by_kind(entry) : std::nullopt;
}

// It goes with what it is attached to: with what it depends on and follows.  But privileges of a column
// depend on those of the table as well, which says nothing.
std::optional<std::size_t> Selector::leave_out_attachment(std::size_t place, const TocEntry& entry) const {
    const auto selective = options_.first_selective();
    if (!selective || entry.tag().starts_with("DATABASE ")) return std::nullopt;
    std::optional<std::size_t> cause;
    bool has_parent = false;
    for (const DumpId id : entry.dependencies()) {
        const auto index = toc_.find(id);
        if (!index || toc_[*index].kind() == EntryKind::acl) continue;
        // Up to PostgreSQL 10 the tag is the bare name, by which pg_restore does not see that it goes with
        // the database: it leaves it out, unless it creates that, too.
        if (is_database(toc_[*index].kind())) continue;
        const Verdict& parent = verdicts_[*index];
        has_parent = true;
        if (parent.components != 0) return std::nullopt;
        if (!cause && parent.has_cause) cause = parent.cause;
    }
    // Of schema public, which has no entry.
    if (!has_parent && !chosen_.empty() && chosen_[place]) return std::nullopt;
    return cause.value_or(*selective);
}

std::optional<std::size_t> Selector::leave_out_by_kind(const TocEntry& entry) {
    const auto unless = [&](SelectedNames& names) -> std::optional<std::size_t> {
        if (!names.given()) return options_.first_of_kinds();
        return names.find(entry.tag()) ? std::nullopt : std::optional(names.spec());
    };
    switch (group_of(entry.kind())) {
        case Kind::relation:
            return unless(options_.tables);
        case Kind::index:
            return unless(options_.indexes);
        case Kind::function:
            return unless(options_.functions);
        case Kind::trigger:
            if (is_selected_trigger(entry)) return std::nullopt;
            break;
        case Kind::statistics:
            if (is_of_selected_relation(entry)) return std::nullopt;
            break;
        case Kind::other:
            break;
    }
    return options_.first_of_kinds();
}

// Statistics go with their relation, whatever becomes of that itself.
bool Selector::is_of_selected_relation(const TocEntry& statistics) {
    const std::vector<DumpId> ids = statistics.dependencies();
    return std::any_of(ids.begin(), ids.end(), [&](DumpId id) {
        const auto index = toc_.find(id);
        if (!index) return false;
        const TocEntry& relation = toc_[*index];
        if (relation.kind() == EntryKind::index) return options_.indexes.find(relation.tag());
        return relations.has(relation.kind()) && options_.tables.find(relation.tag());
    });
}

// Its tag is "table trigger", up to 9.5 the bare name; both are taken.
bool Selector::is_selected_trigger(const TocEntry& entry) {
    if (!options_.triggers.given()) return false;
    const bool by_tag = options_.triggers.find(entry.tag());
    const auto name = trigger_name(entry, dialect_);
    return (name && *name != entry.tag() && options_.triggers.find(*name)) || by_tag;
}

}  // namespace pgfilter
