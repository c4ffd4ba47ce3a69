// SPDX-License-Identifier: PostgreSQL
// What a Toc is made of, and how the reader fills it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/arena.hpp"
#include "archive/dump_id_index.hpp"
#include "archive/entry_store.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

struct Toc::State {
    Layout layout;
    Arena arena;  // the entries as read, and all edits
    EntryStore entries;
    DumpIdIndex index;                                          // of the entries that were read
    std::vector<std::pair<DumpId, std::uint32_t>> added_index;  // dump IDs of copies to places, sorted
    std::uint64_t read_bytes = 0;                               // of the entries that were read
    std::uint64_t added_bytes = 0;                              // of their copies
    std::uint64_t most_entries = UINT64_MAX;                    // with their copies
    std::uint64_t most_bytes = UINT64_MAX;                      // the same
    std::size_t read = 0;              // entries of the archive as it was read; copies follow them
    std::vector<std::uint32_t> order;  // of the output; empty: that of `entries`
    std::vector<std::pair<std::uint32_t, std::uint32_t>> copies;  // original and copy, not yet in `order`
    std::optional<std::uint32_t> encoding;  // entries that say how texts are to be read; the last counts
    std::optional<std::uint32_t> standard_strings;
    std::string small_field;  // for an edit, encoded
    std::size_t dropped = 0;
    std::uint8_t written_minor = 0;
    bool changed = false;
};

class TocBuilder {
public:
    static Arena& arena(Toc& toc) { return toc.state_->arena; }
    /// What copies of entries, with those that were read, must stay within.
    static void set_limits(Toc& toc, std::uint64_t entries, std::uint64_t toc_bytes) {
        toc.state_->most_entries = entries;
        toc.state_->most_bytes = toc_bytes;
    }
    /// Of the entries that were read.
    static std::size_t read_bytes(const Toc& toc) { return toc.state_->read_bytes; }

    /// Adds the next entry from its encoded form.  REQUIRES: it is complete and well-formed, and in the
    /// arena.
    static void append(Toc& toc, Bytes stored);

    /// Makes Toc::find() work, once all entries are there.  Returns the place of an entry whose dump ID an
    /// earlier one has too, if there is one.
    static std::optional<std::size_t> index_by_dump_id(Toc& toc);
};

}  // namespace pgfilter
