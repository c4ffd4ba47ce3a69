// SPDX-License-Identifier: PostgreSQL
// Which fields an encoded TOC entry has in which version, and how to walk them.
#pragma once

#include <array>

#include "archive/wire.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

enum class FieldKind : std::uint8_t { integer, text, text_list, offset };

struct FieldFormat {
    Field field;
    FieldKind kind;
    std::uint8_t since_minor;  ///< in archives from version 1.N on
    bool may_be_null;          ///< if not, NULL crashes PostgreSQL's readers
    const char* name;
};

/// In the order of the file (pg_backup_archiver.c, WriteToc; section since 8.4, tableam since 12, relkind
/// since 17).
inline constexpr std::array<FieldFormat, 18> field_formats{{
    {Field::dump_id, FieldKind::integer, 10, false, "dump ID"},
    {Field::had_dumper, FieldKind::integer, 10, false, "data flag"},
    {Field::table_oid, FieldKind::text, 10, false, "catalog OID"},
    {Field::oid, FieldKind::text, 10, false, "object OID"},
    {Field::tag, FieldKind::text, 10, false, "tag"},
    {Field::desc, FieldKind::text, 10, false, "desc"},
    {Field::section, FieldKind::integer, 11, false, "section"},
    {Field::defn, FieldKind::text, 10, true, "definition"},
    {Field::drop_stmt, FieldKind::text, 10, true, "drop statement"},
    {Field::copy_stmt, FieldKind::text, 10, true, "copy statement"},
    {Field::namespace_, FieldKind::text, 10, true, "namespace"},
    {Field::tablespace, FieldKind::text, 10, true, "tablespace"},
    {Field::tableam, FieldKind::text, 14, true, "table access method"},
    {Field::relkind, FieldKind::integer, 16, false, "relkind"},
    {Field::owner, FieldKind::text, 10, true, "owner"},
    {Field::with_oids, FieldKind::text, 10, false, "WITH OIDS flag"},
    {Field::dependencies, FieldKind::text_list, 10, false, "dependency"},
    {Field::data_offset, FieldKind::offset, 10, false, "data offset"},
}};

inline const FieldFormat& format_of(Field field) {
    return field_formats[static_cast<std::size_t>(field)];
}
inline bool has_field(const Layout& layout, Field field) {
    return layout.version.minor >= format_of(field).since_minor;
}

/// Takes the encoded form of one field off the front of `rest`.  REQUIRES: it is complete and well-formed.
inline Bytes take_field(Bytes& rest, FieldKind kind, const Layout& layout) {
    const Bytes all = rest;
    switch (kind) {
        case FieldKind::text:
            wire::take_text(rest, layout);
            break;
        case FieldKind::integer:
            rest.remove_prefix(wire::int_width(layout));
            break;
        case FieldKind::text_list:
            while (wire::take_text(rest, layout)) {
            }
            break;
        case FieldKind::offset:
            rest.remove_prefix(wire::offset_width(layout));
            break;
    }
    return all.substr(0, all.size() - rest.size());
}

/// An edit: the new encoded form of one field, whose bytes follow it in memory.  The latest comes first.
struct FieldEdit {
    const FieldEdit* next;
    std::uint32_t size;
    EditorId editor : 22;
    Field field : 8;

    [[nodiscard]] Bytes encoded() const noexcept { return {reinterpret_cast<const char*>(this + 1), size}; }
};

}  // namespace pgfilter
