// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/tag_parts.hpp"

#include "archive/components.hpp"
#include "rules/kind_name.hpp"
#include "rules/membership.hpp"
#include "sql/relation_names.hpp"

namespace pgfilter {
namespace {

/// Where the argument types of a routine's tag begin.  The name in front of them is not quoted, a type can
/// be.
std::size_t start_of_types(Bytes tag) {
    bool quoted = false;
    for (std::size_t i = tag.size(); i-- > 0;) {
        if (tag[i] == '"') quoted = !quoted;
        if (tag[i] == '(' && !quoted) return i;
    }
    return tag.size();
}

void take_types_off(TagParts& parts) {
    const std::size_t start = start_of_types(parts.name);
    parts.types = parts.name.substr(start);
    parts.name = parts.name.substr(0, start);
}

void take_object_off(TagParts& parts) {
    const Bytes tag = without_blanks_in_front(parts.name);
    const std::size_t length = length_of_kind(tag);
    if (length == 0) return;
    parts.object = tag.substr(0, length);
    parts.name = without_blanks_in_front(tag.substr(length));
}

// The tag is "table name"; up to 9.5 it is the name of some kinds alone.
void take_relation_off(TagParts& parts, Bytes defn, sql::Dialect dialect) {
    const auto relation = sql::find_subject(defn, dialect);
    if (!relation) return;
    parts.relation = relation->name;
    const std::size_t size = parts.relation.size();
    if (parts.name.size() > size && parts.name.starts_with(parts.relation) && parts.name[size] == ' ')
        parts.name.remove_prefix(size + 1);
}

}  // namespace

TagParts parts_of_tag(const TocEntry& entry, sql::Dialect dialect) {
    TagParts parts{.object = {}, .relation = {}, .name = entry.tag(), .types = {}};
    if (is_attachment(entry.kind())) take_object_off(parts);
    const EntryKind kind = parts.object.empty() ? entry.kind() : KindName(parts.object).kind();
    if (with_types.has(kind)) take_types_off(parts);
    if (parts_of_tables.has(entry.kind())) take_relation_off(parts, entry.defn().value_or(""), dialect);
    return parts;
}

}  // namespace pgfilter
