// SPDX-License-Identifier: PostgreSQL
// One entry of the table of contents (TOC) of a pg_dump archive.
//
// Facts of the format are from PostgreSQL's pg_backup_archiver.c (ReadToc) of versions 8.2 to 18.
// Data offsets are from pg_backup_custom.c (_ReadExtraToc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/bytes.hpp"
#include "pgfilter/entry_kind.hpp"
#include "pgfilter/export.hpp"
#include "pgfilter/header.hpp"

namespace pgfilter {

/// Names a TOC entry and its data block within one archive.  Always positive, unique, in no particular order.
using DumpId = std::int32_t;

/// A text field.  NULL and "" both occur and mean different things: tablespace NULL is "has none", "" is "the
/// database's default".  Bytes in the dump's client_encoding, which need not be UTF-8.
using Text = std::optional<Bytes>;

/// The fields of a TOC entry, in the order of the file.
// clang-format off
enum class Field : std::uint8_t {
    dump_id, had_dumper, table_oid, oid, tag, desc, section, defn, drop_stmt, copy_stmt, namespace_, tablespace,
    tableam, relkind, owner, with_oids, dependencies, data_offset
};
// clang-format on

/// Where an entry's data block is, counted in bytes from the start of the archive.
struct DataOffset {
    enum class State : std::uint8_t { not_set = 1, set = 2, no_data = 3 };
    State state = State::no_data;
    std::uint64_t position = 0;  ///< of the block's first byte; means nothing unless `set`
};

/// Says who dropped or changed an entry: a number that means something to the caller of Toc's functions, and
/// is at most `last_editor`.
using EditorId = std::uint32_t;
inline constexpr EditorId last_editor = (1U << 22U) - 1;

struct FieldEdit;  // internal

/// One entry of the TOC: an object's definition, or the announcement of a data block.
///
/// Holds the bytes it was read from and decodes fields when asked, so that a million entries fit in memory.
/// Belongs to a Toc and is changed only through it.
///
/// Threads: as its Toc.  Lifetime: lives as long as its Toc, at one place; views of texts are valid until
/// that field is changed.
class PGFILTER_API TocEntry {
public:
    [[nodiscard]] DumpId dump_id() const noexcept { return dump_id_; }
    /// Whether a data block with this entry's dump ID follows the TOC.
    [[nodiscard]] bool has_data() const noexcept { return has_data_; }
    /// Whether that block goes into the output.
    [[nodiscard]] bool keeps_data() const noexcept { return has_data_ && !dropped_ && !data_dropped_; }

    /// The value of a text field as it is now, until it is changed again; NULL where this version of the
    /// format has no such field. REQUIRES: the field is a text, that is none of dump_id, had_dumper, section,
    /// relkind, dependencies, data_offset.
    [[nodiscard]] Text text(Field field) const;
    /// The value of a text field as it was read.
    [[nodiscard]] Text original_text(Field field) const;

    [[nodiscard]] Bytes desc() const {  ///< kind: TABLE, ACL, TABLE DATA, …
        return kind_ == EntryKind::other ? text(Field::desc).value_or(Bytes()) : desc_of(kind_);
    }
    /// The same as a number, known without a look at the entry's bytes.
    [[nodiscard]] EntryKind kind() const noexcept { return kind_; }
    [[nodiscard]] Bytes tag() const {
        return text(Field::tag).value_or(Bytes());
    }  ///< name, in a form that depends on the kind
    [[nodiscard]] Text defn() const { return text(Field::defn); }
    [[nodiscard]] Text owner() const { return text(Field::owner); }
    [[nodiscard]] Text namespace_() const { return text(Field::namespace_); }

    /// Dump IDs of the entries that must be restored before this one.  IDs that are not in the archive and
    /// repetitions do occur.
    [[nodiscard]] std::vector<DumpId> dependencies() const;
    /// The same, in place of what `ids` has: for a walk over all entries, which then takes memory only once.
    void dependencies(std::vector<DumpId>& ids) const;
    [[nodiscard]] std::vector<DumpId> original_dependencies() const;
    /// The value of section or relkind as it is now; 0 where this version of the format has no such field.
    [[nodiscard]] std::int32_t number(Field field) const;
    /// As it was read.
    [[nodiscard]] DataOffset data_offset() const;

    [[nodiscard]] bool dropped() const noexcept { return dropped_; }
    /// The editor that dropped it.  REQUIRES: dropped().
    [[nodiscard]] EditorId dropped_by() const noexcept { return editor_; }
    /// Whether it was not in the archive that was read, but is a copy of an entry there.
    [[nodiscard]] bool added() const noexcept { return added_; }
    /// The editor that added it.  REQUIRES: added() and not dropped().
    [[nodiscard]] EditorId added_by() const noexcept { return editor_; }
    [[nodiscard]] bool changed() const noexcept { return edits_ != nullptr; }
    /// The editor that changed the field last; nothing if it is as it was read.
    [[nodiscard]] std::optional<EditorId> changed_by(Field field) const;

    /// The bytes it was read from.
    [[nodiscard]] Bytes stored() const noexcept { return {stored_, stored_size_}; }

    /// "entry 3217 (TABLE DATA app users)", with control characters made harmless.
    [[nodiscard]] std::string label() const;

private:
    friend class Toc;
    friend class TocAccess;
    friend class TocBuilder;
    friend class EntryStore;
    friend class EntryWriter;

    // Only a Toc has entries: a copy would be one that no Toc knows of.
    TocEntry() = default;
    TocEntry(const TocEntry&) = default;
    TocEntry& operator=(const TocEntry&) = default;

    /// REQUIRES: the version has the field.
    [[nodiscard]] Bytes stored_from(Field field) const;
    [[nodiscard]] Bytes stored_field(Field field) const;
    [[nodiscard]] const FieldEdit* find_edit(Field field) const noexcept;
    void add_edit(const FieldEdit* edit) noexcept;
    void set_stored(Bytes stored);
    void set_layout(const Layout& layout) noexcept;
    /// As far as the fields depend on it.
    [[nodiscard]] Layout layout() const noexcept {
        return {{1, static_cast<std::uint8_t>(version_minor_), 0},
                static_cast<std::uint8_t>(int_size_),
                static_cast<std::uint8_t>(offset_size_)};
    }

    // There can be millions of them: 40 bytes each.
    const char* stored_ = nullptr;
    const FieldEdit* edits_ = nullptr;
    std::uint32_t stored_size_ = 0;
    // Where some fields begin, so that later ones are found without a walk from the start; 0: unknown.
    std::uint32_t namespace_at_ = 0;
    DumpId dump_id_ = 0;
    EditorId editor_ : 22 = 0;
    std::uint32_t int_size_ : 6 = 0;
    bool has_data_ : 1 = false;
    bool data_dropped_ : 1 = false;
    bool dropped_ : 1 = false;
    bool added_ : 1 = false;
    std::uint32_t desc_at_ : 12 = 0;
    std::uint32_t offset_size_ : 6 = 0;
    std::uint32_t version_minor_ : 6 = 0;
    EntryKind kind_ : 8 = EntryKind::other;
    std::uint8_t tag_at_ = 0;
    std::uint8_t owner_behind_namespace_ = 0;
    std::uint8_t cache_ = 0;   // see TocAccess
    std::uint8_t edited_ = 0;  // which fields edits_ may have: a bit for every eighth
};

}  // namespace pgfilter
