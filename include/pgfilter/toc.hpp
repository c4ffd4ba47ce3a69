// SPDX-License-Identifier: PostgreSQL
// The table of contents (TOC) of a pg_dump archive: all its entries, and every way to change them.
//
//     Prologue prologue = read_prologue(source);                                   // pgfilter/archive_io.hpp
//     Toc& toc = prologue.toc;
//     for (std::size_t i = 0; i < toc.size(); ++i) {
//         if (toc[i].kind() == EntryKind::comment) toc.drop(toc[i], 0);
//         else toc.set_text(toc[i], Field::owner, "app", 0);
//     }
//
// What is dropped stays in the Toc, and is known as such; what is changed is known as it was read, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "pgfilter/export.hpp"
#include "pgfilter/splices.hpp"
#include "pgfilter/toc_entry.hpp"

namespace pgfilter {

/// The table of contents: all entries in the order of the file, which is a valid order to restore them in.
///
/// Threads: several may read one while none edits it.  Lifetime: owns its entries and all their texts; it
/// cannot be copied.
class PGFILTER_API Toc {
public:
    explicit Toc(const Layout& layout);
    Toc(Toc&&) noexcept;
    Toc& operator=(Toc&&) = delete;
    ~Toc();

    /// As it was read.
    [[nodiscard]] const Layout& layout() const noexcept;
    /// The minor version of the format that it is written in: that of the layout, unless a rule has changed
    /// it.
    [[nodiscard]] std::uint8_t written_minor() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept;
    /// How many entries were read: those at the front, before any copies.
    [[nodiscard]] std::size_t read_size() const noexcept;
    [[nodiscard]] TocEntry& operator[](std::size_t index) noexcept;
    [[nodiscard]] const TocEntry& operator[](std::size_t index) const noexcept;
    /// The definitions of the entries ENCODING and STDSTRINGS, which say how texts are to be read; NULL if
    /// there is none.  The last counts, as in pg_restore (ReadToc in pg_backup_archiver.c).
    [[nodiscard]] Text encoding() const;
    [[nodiscard]] Text standard_strings() const;
    /// Where the entry with that dump ID stands; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> find(DumpId id) const noexcept;

    /// Marks an entry to be left out, with its data block.  It stays in the Toc.
    void drop(TocEntry& entry, EditorId editor);
    /// Marks its data block to be left out; the definition stays.  Throws ContractError if it has none.
    void drop_data(TocEntry& entry, EditorId editor);
    /// Gives a text field a new value, which is copied.  False if it had that value or this version of the
    /// format has no such field.
    ///
    /// Throws ContractError if the field is no text, or the value is NULL and the field is one that no reader
    /// takes NULL in: table_oid, oid, tag, desc, with_oids.  Throws Error (limit) if the text is longer than
    /// the format allows, 2 GiB.
    bool set_text(TocEntry& entry, Field field, Text value, EditorId editor);
    /// The same to parts of a text field, which is not NULL.  False if nothing changes.
    ///
    /// Throws what set_text() throws, and ContractError if a splice is beyond the end of the text.
    bool edit_text(TocEntry& entry, Field field, const Splices& splices, EditorId editor);
    /// Gives section or relkind another value.  False if it had that value or this version of the format has
    /// no such field.  Throws ContractError if the field is another.
    bool set_number(TocEntry& entry, Field field, std::int32_t value, EditorId editor);
    /// Throws ContractError if an ID is negative.
    void set_dependencies(TocEntry& entry, const std::vector<DumpId>& ids, EditorId editor);

    /// The order of the output, as indexes of the entries.  Data blocks stay in the order they come in.
    ///
    /// Throws ContractError, and changes nothing, if an index is missing, comes twice or is none, and if
    /// entries that keep their data leave the order among themselves.
    void set_order(std::vector<std::uint32_t> order);
    /// Index of the entry that stands at this place of the output, if dropped ones are counted.
    [[nodiscard]] std::size_t at(std::size_t place) const noexcept;

    /// Whether anything was dropped or changed.  If not, an archive is written exactly as it was read.
    [[nodiscard]] bool rewritten() const noexcept;
    [[nodiscard]] std::size_t dropped_count() const noexcept;

private:
    friend class TocAccess;
    friend class TocBuilder;
    std::size_t add_copy(std::size_t index, EditorId editor, std::size_t more);
    void place_copies();
    void demand_permutation(const std::vector<std::uint32_t>& order) const;
    void demand_order_of_data(const std::vector<std::uint32_t>& order) const;
    static void note_change(TocEntry& entry, Field field);
    void put_small_edit(TocEntry& entry, Field field, EditorId editor, Bytes encoded);
    /// Calls its argument with the pieces of a text.
    using Pieces = std::function<void(const std::function<void(Bytes)>& put)>;
    void add_text(TocEntry& entry, Field field, EditorId editor, std::size_t size, const Pieces& pieces);
    void add_edit(TocEntry& entry, Field field, EditorId editor, std::size_t size, const Pieces& encoded);
    [[nodiscard]] DumpId unused_dump_id() const;
    void account_for_copy(const TocEntry& original, std::size_t more);

    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

}  // namespace pgfilter
