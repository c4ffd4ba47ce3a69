// SPDX-License-Identifier: PostgreSQL
#include "pipeline/needed_names.hpp"

#include <algorithm>
#include <array>

#include "archive/kind_facts.hpp"
#include "rules/role_places.hpp"
#include "sql/clauses.hpp"
#include "sql/definitions.hpp"
#include "sql/locale_names.hpp"
#include "sql/role_names.hpp"
#include "sql/tablespace_names.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t longest_needed = 1000;  // no server has a longer name

template <std::size_t size>
bool is_one_of(Bytes name, const std::array<const char*, size>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

using Found = std::function<void(Bytes)>;

void find_roles(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    const Text owner = entry.owner();
    if (owner && has_owner_command(entry)) found(*owner);
    if (names_roles(entry.kind()))
        sql::find_role_names(entry.defn().value_or(""), dialect,
                             [&](const sql::RoleName& role) { found(role.name); });
}

void find_tablespaces(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    const auto test = [&](Bytes name) {
        if (name != "pg_default") found(name);
    };
    test(entry.text(Field::tablespace).value_or(""));
    if (!with_tablespace_names.has(entry.kind())) return;
    const auto leave = [&](const std::string& name) -> const std::string* {
        test(name);
        return nullptr;
    };
    sql::replace_tablespace_names(entry.defn().value_or(""), dialect, leave);
}

void find_access_methods(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect,
                         const Found& found) {
    constexpr std::array everywhere{"heap", "btree", "hash", "gist", "gin", "spgist", "brin"};
    const auto test = [&](Bytes name) {
        if (!is_one_of(name, everywhere)) found(name);
    };
    test(entry.text(Field::tableam).value_or(""));
    if ((with_access_method - EntryKind::access_method).has(entry.kind()))
        test(sql::find_access_method(entry.defn().value_or(""), dialect).value_or(""));
}

void find_languages(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    constexpr std::array everywhere{"sql", "plpgsql"};
    if (!(routines | EntryKind::transform).has(entry.kind())) return;
    const auto name = sql::find_language(entry.defn().value_or(""), dialect);
    if (name && !is_one_of(*name, everywhere)) found(*name);
}

void find_label_providers(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect,
                          const Found& found) {
    if (entry.kind() == EntryKind::security_label)
        found(sql::find_label_provider(entry.defn().value_or(""), dialect).value_or(""));
}

void find_schemas(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    constexpr std::array everywhere{"public", "pg_catalog", "information_schema"};
    const Bytes schema = entry.namespace_().value_or("");
    if (!is_one_of(schema, everywhere)) found(schema);
}

/// Whether it still names what it depended on: a rule can have taken that out of its definition.
bool may_name(const TocEntry& entry, const TocEntry& used) {
    if (!entry.changed_by(Field::defn)) return true;
    const Bytes name = used.tag().substr(0, std::min(used.tag().find('('), used.tag().size()));
    return entry.defn().value_or("").find(name) != Bytes::npos;
}

/// What the archive no longer makes and the entry depends on.
void find_missing(EntryKinds kinds, const Toc& toc, const TocEntry& entry, const Found& found) {
    for (const DumpId id : entry.original_dependencies()) {
        const auto index = toc.find(id);
        if (!index || !toc[*index].dropped() || !kinds.has(toc[*index].kind())) continue;
        const TocEntry& used = toc[*index];
        const Bytes schema = used.namespace_().value_or("");
        if (schema.size() + used.tag().size() > longest_needed || !may_name(entry, used)) continue;
        std::string name(schema);
        if (!name.empty()) name += '.';
        found(name.append(used.tag()));
    }
}

void find_relations(const Toc& toc, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    find_missing(nameable, toc, entry, found);
}

void find_types(const Toc& toc, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    find_missing(EntryKind::type | EntryKind::shell_type | EntryKind::domain, toc, entry, found);
}

void find_functions(const Toc& toc, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    find_missing(EntryKind::function | EntryKind::procedure | EntryKind::aggregate, toc, entry, found);
}

void find_libraries(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    if (!routines.has(entry.kind())) return;
    const auto name = sql::find_library(entry.defn().value_or(""), dialect);
    if (name && name != "$libdir/plpgsql") found(*name);
}

void find_collations(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    constexpr std::array everywhere{"default", "C", "POSIX", "ucs_basic"};
    constexpr EntryKinds without = privileges | attachments | with_block | statistics_with_values |
                                   EntryKind::sequence | EntryKind::sequence_set;
    if (without.has(entry.kind())) return;
    sql::find_system_collations(entry.defn().value_or(""), dialect, [&](const std::string& name) {
        if (!is_one_of(name, everywhere)) found(name);
    });
}

template <bool of_icu>
void find_locales_of(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    constexpr std::array everywhere{"C", "POSIX"};
    if (!(EntryKind::database | EntryKind::collation).has(entry.kind())) return;
    sql::find_locales(entry.defn().value_or(""), dialect, [&](const std::string& name, bool is_of_icu) {
        if (is_of_icu == of_icu && !is_one_of(name, everywhere)) found(name);
    });
}

}  // namespace

FindNeeded finder_of(Needs::Kind kind) {
    switch (kind) {
        case Needs::Kind::roles:
            return find_roles;
        case Needs::Kind::tablespaces:
            return find_tablespaces;
        case Needs::Kind::access_methods:
            return find_access_methods;
        case Needs::Kind::languages:
            return find_languages;
        case Needs::Kind::schemas:
            return find_schemas;
        case Needs::Kind::tables:
            return find_relations;
        case Needs::Kind::types:
            return find_types;
        case Needs::Kind::functions:
            return find_functions;
        case Needs::Kind::libraries:
            return find_libraries;
        case Needs::Kind::collations:
            return find_collations;
        case Needs::Kind::locales:
            return find_locales_of<false>;
        case Needs::Kind::icu_locales:
            return find_locales_of<true>;
        case Needs::Kind::label_providers:
            break;
    }
    return find_label_providers;
}

}  // namespace pgfilter
