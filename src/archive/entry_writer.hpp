// SPDX-License-Identifier: PostgreSQL
// Writes TOC entries: what was not edited from the bytes it was read from.
#pragma once

#include <optional>

#include "archive/entry_fields.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

class EntryWriter {
public:
    /// Calls put(Bytes) for the pieces of the entry in its present form.  `offset` replaces its data offset.
    template <class Put>
    static void write(const TocEntry& entry, const std::optional<DataOffset>& offset, Put put) {
        const Layout layout = entry.layout();
        Bytes rest = entry.stored();
        const Bytes stored_offset = rest.substr(rest.size() - wire::offset_width(layout));
        rest.remove_suffix(stored_offset.size());
        if (entry.edits_ == nullptr) {
            put(rest);
        } else {
            write_edited(entry, rest, put);
        }
        if (!offset) return put(stored_offset);
        std::string encoded;
        wire::append_offset(encoded, *offset, layout);
        put(Bytes(encoded));
    }

    /// Bytes that write() puts.
    static std::uint64_t size(const TocEntry& entry) {
        std::uint64_t size = 0;
        write(entry, std::nullopt, [&](Bytes piece) { size += piece.size(); });
        return size;
    }

private:
    // Edits are few, so the fields between them leave in whole runs.
    template <class Put>
    static void write_edited(const TocEntry& entry, Bytes rest, Put put) {
        std::array<const FieldEdit*, field_formats.size()> latest{};
        for (const FieldEdit* edit = entry.edits_; edit != nullptr; edit = edit->next) {
            const FieldEdit*& of_field = latest[static_cast<std::size_t>(edit->field)];
            if (of_field == nullptr) of_field = edit;
        }
        for (const FieldEdit* const edit : latest) {
            if (edit == nullptr) continue;
            const Bytes old = entry.stored_field(edit->field);
            put(rest.substr(0, static_cast<std::size_t>(old.data() - rest.data())));
            put(edit->encoded());
            rest.remove_prefix(static_cast<std::size_t>(old.data() - rest.data()) + old.size());
        }
        put(rest);
    }
};

}  // namespace pgfilter
