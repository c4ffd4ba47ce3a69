// SPDX-License-Identifier: PostgreSQL
// Writes TOC entries: what was not edited from the bytes it was read from.
#pragma once

#include <optional>

#include "archive/entry_fields.hpp"
#include "archive/other_versions.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

class EntryWriter {
public:
    /// Calls put(Bytes) for the pieces of the entry in its present form.  `offset` replaces its data offset.
    /// `minor`: of the version that it is written in.
    template <class Put>
    static void write(const TocEntry& entry, const std::optional<DataOffset>& offset, std::uint8_t minor,
                      Put put) {
        const Layout layout = entry.layout();
        Bytes rest = entry.stored();
        const Bytes stored_offset = rest.substr(rest.size() - wire::offset_width(layout));
        rest.remove_suffix(stored_offset.size());
        if (minor != layout.version.minor) {
            write_converted(entry, rest, minor, put);
        } else if (entry.edits_ == nullptr) {
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
    static std::uint64_t size(const TocEntry& entry, std::uint8_t minor) {
        std::uint64_t size = 0;
        write(entry, std::nullopt, minor, [&](Bytes piece) { size += piece.size(); });
        return size;
    }

private:
    using Edits = std::array<const FieldEdit*, field_formats.size()>;

    static Edits latest_edits(const TocEntry& entry) {
        Edits latest{};
        for (const FieldEdit* edit = entry.edits_; edit != nullptr; edit = edit->next) {
            const FieldEdit*& of_field = latest[static_cast<std::size_t>(edit->field)];
            if (of_field == nullptr) of_field = edit;
        }
        return latest;
    }

    // `rest`: without the data offset, which is the last field.
    template <class Put>
    static void write_converted(const TocEntry& entry, Bytes rest, std::uint8_t minor, Put put) {
        const Layout layout = entry.layout();
        const Edits latest = latest_edits(entry);
        for (const FieldFormat& format : field_formats) {
            if (format.kind == FieldKind::offset) return;
            Bytes encoded;
            if (has_field(layout, format.field)) encoded = take_field(rest, format.kind, layout);
            const FieldEdit* const edit = latest[static_cast<std::size_t>(format.field)];
            if (edit != nullptr) encoded = edit->encoded();
            if (format.since_minor > minor) continue;
            const std::string other = field_in_version(entry, format.field, encoded, minor, layout);
            put(other.empty() ? encoded : Bytes(other));
        }
    }

    // Edits are few, so the fields between them leave in whole runs.
    template <class Put>
    static void write_edited(const TocEntry& entry, Bytes rest, Put put) {
        for (const FieldEdit* const edit : latest_edits(entry)) {
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
