// SPDX-License-Identifier: PostgreSQL
#include "archive/components.hpp"
#include "archive/kind_facts.hpp"

namespace pgfilter {
namespace {

using K = EntryKind;

/// Whether it counts as data although there is no block: it is executed when data is restored.
bool defines_data(const TocEntry& entry) {
    constexpr EntryKinds kinds = K::sequence_set | K::blob | K::blob_metadata;
    if (kinds.has(entry.kind())) return true;
    return is_attachment(entry.kind()) && entry.tag().starts_with("LARGE OBJECT");
}

/// A comment that pg_dump leaves for parallel restores (--load-via-partition-root) is no definition.
bool has_definition(const TocEntry& entry) {
    const Bytes defn = entry.defn().value_or("");
    return !defn.empty() && !defn.starts_with("-- load via partition root ");
}

}  // namespace

Section section_of(const TocEntry& entry) {
    if (const int section = entry.number(Field::section); section != 0) return static_cast<Section>(section);
    return facts_of(entry.kind()).section;
}

Components components_of(const TocEntry& entry) {
    if (session_kinds.has(entry.kind())) return component::special;
    if (is_database(entry.kind())) return component::schema;
    if (entry.kind() == K::init && entry.tag() == "Max OID") return 0;
    Components components = component::schema | component::data;
    if (is_statistics(entry.kind())) components = component::statistics;
    // Even if it has a block, as pg_dump's never do: without that it would count as data the next time.
    if (defines_data(entry)) {
        components &= component::data;
    } else if (!entry.has_data()) {
        components &= ~component::data;
    }
    if (!has_definition(entry)) components &= ~component::schema;
    return components;
}

}  // namespace pgfilter
