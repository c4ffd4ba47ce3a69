#include "rules/components.hpp"

#include <algorithm>
#include <initializer_list>

namespace pgfilter {
namespace {

bool is_one_of(Bytes desc, std::initializer_list<Bytes> kinds) {
    return std::find(kinds.begin(), kinds.end(), desc) != kinds.end();
}

/// Whether it counts as data although there is no block: it is executed when data is restored.
bool defines_data(const TocEntry& entry) {
    const Bytes desc = entry.desc();
    if (is_one_of(desc, {"SEQUENCE SET", "BLOB", "BLOB METADATA"})) return true;
    return is_attachment(desc) && entry.tag().starts_with("LARGE OBJECT");
}

/// A comment that pg_dump leaves for parallel restores (--load-via-partition-root) is no definition.
bool has_definition(const TocEntry& entry) {
    const Bytes defn = entry.defn().value_or("");
    return !defn.empty() && !defn.starts_with("-- load via partition root ");
}

}  // namespace

Section section_of(const TocEntry& entry) {
    if (const int section = entry.number(Field::section); section != 0) return static_cast<Section>(section);
    const Bytes desc = entry.desc();
    if (is_one_of(desc, {"COMMENT", "ACL", "ACL LANGUAGE"})) return Section::none;
    if (is_one_of(desc, {"TABLE DATA", "BLOBS", "BLOB COMMENTS"})) return Section::data;
    if (is_one_of(desc, {"CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX", "RULE", "TRIGGER"}))
        return Section::post_data;
    return Section::pre_data;
}

Components components_of(const TocEntry& entry) {
    const Bytes desc = entry.desc();
    if (is_one_of(desc, {"ENCODING", "STDSTRINGS", "SEARCHPATH"})) return component::special;
    if (is_database(desc)) return component::schema;
    if (desc == "<Init>" && entry.tag() == "Max OID") return 0;
    Components components = component::schema | component::data;
    if (is_statistics(desc)) components = component::statistics;
    if (!entry.has_data()) components &= defines_data(entry) ? component::data : ~component::data;
    if (!has_definition(entry)) components &= ~component::schema;
    return components;
}

bool is_statistics(Bytes desc) {
    return desc == "STATISTICS DATA" || desc == "EXTENDED STATISTICS DATA";
}
bool is_database(Bytes desc) {
    return desc == "DATABASE" || desc == "DATABASE PROPERTIES";
}
bool is_attachment(Bytes desc) {
    return desc == "ACL" || desc == "COMMENT" || desc == "SECURITY LABEL";
}

}  // namespace pgfilter
