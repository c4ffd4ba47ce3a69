// SPDX-License-Identifier: PostgreSQL
#include "archive/prologue_reader.hpp"

#include <algorithm>
#include <utility>

#include "archive/entry_fields.hpp"
#include "archive/other_versions.hpp"
#include "archive/primitive_reader.hpp"
#include "archive/recognise.hpp"
#include "archive/toc_builder.hpp"
#include "bytes/harmless.hpp"
#include "pgfilter/archive_io.hpp"

namespace pgfilter {
namespace {

constexpr Bytes magic = "PGDMP";
constexpr char format_custom = 1;
constexpr char format_tar = 3;  // also in the toc.dat of a directory

std::string quoted(Bytes bytes) {
    return '"' + harmless(std::string(bytes.substr(0, 40))) + '"';
}

std::optional<std::string> owned(Text text) {
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

void read_magic(ByteSource& source, PrimitiveReader& reader) {
    if (!source.peek(magic.size()).starts_with(magic))
        throw Error(ErrorCode::unsupported, describe_foreign_input(source.peek(512).substr(0, 512))).at(0);
    reader.fixed(magic.size(), "magic string");
}

void read_layout(PrimitiveReader& reader) {
    Layout& layout = reader.layout;
    const std::uint64_t start = reader.offset();
    layout.version.major = reader.byte("version");
    layout.version.minor = reader.byte("version");
    // 1.0 had no revision byte; such a version is refused all the same.
    if (layout.version.major == 1 && layout.version.minor > 0)
        layout.version.revision = reader.byte("version");
    const std::string refusal =
        refuse_version(layout.version.major, layout.version.minor, layout.version.revision);
    if (!refusal.empty()) throw Error(ErrorCode::unsupported, refusal).at(start);

    layout.int_size = reader.byte("integer size");
    if (layout.int_size < 1 || layout.int_size > wire::max_int_size)
        throw damaged("integer size " + std::to_string(layout.int_size) + " is not between 1 and 32")
            .at(start + 3);
    layout.offset_size = reader.byte("offset size");
    if (layout.offset_size < 1 || layout.offset_size > wire::max_offset_size)
        throw damaged("offset size " + std::to_string(layout.offset_size) + " is not between 1 and 32")
            .at(start + 4);
}

void read_format(PrimitiveReader& reader) {
    const std::uint64_t start = reader.offset();
    const unsigned char format = reader.byte("format");
    if (format == format_custom) return;
    if (format == format_tar)
        throw Error(
            ErrorCode::unsupported,
            "input is the toc.dat of a directory-format or tar-format dump; make a custom-format dump with "
            "'pg_dump -Fc', which pgfilter reads")
            .at(start);
    throw damaged("format " + std::to_string(format) + " is not the custom format").at(start);
}

void read_compression(PrimitiveReader& reader, Header& header) {
    if (reader.layout.version.minor < first_with_algorithm) {
        header.compression_level = reader.integer("compression level");
        header.compression = header.compression_level == 0 ? Compression::none : Compression::gzip;
        return;
    }
    const std::uint64_t start = reader.offset();
    const unsigned char algorithm = reader.byte("compression algorithm");
    if (algorithm > static_cast<unsigned char>(Compression::zstd))
        throw Error(ErrorCode::unsupported,
                    "compression algorithm " + std::to_string(algorithm) + " is not known")
            .at(start);
    header.compression = static_cast<Compression>(algorithm);
}

Header read_header(ByteSource& source, PrimitiveReader& reader) {
    Header header;
    read_magic(source, reader);
    read_layout(reader);
    header.layout = reader.layout;
    read_format(reader);
    read_compression(reader, header);
    CreationTime& time = header.created;
    for (int* part :
         {&time.second, &time.minute, &time.hour, &time.day, &time.month, &time.year, &time.is_dst})
        *part = reader.integer("creation time");
    header.database = owned(reader.text("database name"));
    header.server_version = owned(reader.text("server version"));
    header.dump_version = owned(reader.text("pg_dump version"));
    return header;
}

/// What is wrong with an entry that can be read all the same.
class EntryFaults {
public:
    /// Without a handler every fault is thrown.
    explicit EntryFaults(const FaultHandler* handler) : handler_(handler) {}

    [[nodiscard]] bool are_thrown() const { return handler_ == nullptr; }

    void add(FindingKind kind, Error error, std::uint64_t offset) {
        error.as(kind).at(offset);
        if (are_thrown()) throw error;
        constexpr std::size_t most = 10;
        if (faults_.size() < most) faults_.push_back(std::move(error));
    }

    /// When it is known which entry it is.
    void tell(const TocEntry& entry) {
        for (Error& error : faults_) (*handler_)(error.in_entry(entry.label()));
        faults_.clear();
    }

private:
    const FaultHandler* handler_;
    std::vector<Error> faults_;
};

void check_integer(Field field, std::int32_t value, std::uint64_t offset, EntryFaults& faults) {
    if (field == Field::dump_id && value <= 0)
        throw damaged("dump ID " + std::to_string(value) + " is not positive");
    if (field == Field::had_dumper && value != 0 && value != 1)
        faults.add(FindingKind::field_value,
                   damaged("data flag " + std::to_string(value) + " is neither 0 nor 1"), offset);
    if (field == Field::section && (value < 1 || value > 4))
        faults.add(FindingKind::field_value,
                   damaged("section " + std::to_string(value) +
                           " is not between 1 and 4: pg_restore would leave the entry out without a word"),
                   offset);
}

void check_dependency(Bytes text, std::uint64_t offset, EntryFaults& faults) {
    const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || !digits || text.size() > 10 || (text.size() == 10 && text > "2147483647"))
        faults.add(FindingKind::field_value, damaged("dependency " + quoted(text) + " is not a dump ID"),
                   offset);
}

void read_field(PrimitiveReader& reader, const FieldFormat& format, EntryFaults& faults) {
    const std::uint64_t start = reader.offset();
    try {
        switch (format.kind) {
            case FieldKind::integer:
                check_integer(format.field, reader.integer(format.name), start, faults);
                break;
            case FieldKind::text:
                if (!reader.text(format.name) && !format.may_be_null)
                    faults.add(FindingKind::field_value, damaged(std::string(format.name) + " is NULL"),
                               start);
                break;
            case FieldKind::text_list:
                while (const Text text = reader.text(format.name)) check_dependency(*text, start, faults);
                break;
            case FieldKind::offset:
                wire::decode_offset(reader.fixed(wire::offset_width(reader.layout), format.name));
                break;
        }
    } catch (Error& error) {
        error.at(start);
        throw;
    }
}

// pg_restore leaves a table silently empty where the two disagree.
void check_data_flags(const TocEntry& entry, std::uint64_t start, EntryFaults& faults) {
    const DataOffset offset = entry.data_offset();
    if (entry.has_data() == (offset.state == DataOffset::State::no_data))
        faults.add(FindingKind::data_flag,
                   damaged(entry.has_data() ? "entry has data, but its offset says that it has none"
                                            : "entry has no data, but its offset says that it has"),
                   start);
}

void read_entry(PrimitiveReader& reader, Arena& arena, Toc& toc, EntryFaults& faults) {
    const std::uint64_t start = reader.offset();
    for (const FieldFormat& format : field_formats) {
        if (has_field(reader.layout, format.field)) read_field(reader, format, faults);
    }
    TocBuilder::append(toc, arena.close());
    check_data_flags(toc[toc.size() - 1], start, faults);
    faults.tell(toc[toc.size() - 1]);
}

void read_entries(PrimitiveReader& reader, Arena& arena, Toc& toc, std::uint64_t count, EntryFaults& faults) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t start = reader.offset();
        try {
            read_entry(reader, arena, toc, faults);
        } catch (Error& error) {
            const bool complete = toc.size() == i + 1;
            error.at(start).in_entry(complete
                                         ? toc[i].label()
                                         : "entry " + std::to_string(i + 1) + " of " + std::to_string(count));
            throw;
        }
    }
}

std::uint64_t offset_of_entry(const Toc& toc, std::size_t index, std::uint64_t toc_end) {
    for (std::size_t i = toc.size(); i-- > index;) toc_end -= toc[i].stored().size();
    return toc_end;
}

// Blocks follow the TOC without gaps: where every entry says where its block is, the first must be there.
void check_offsets(const Toc& toc, std::uint64_t toc_end) {
    std::vector<std::pair<std::uint64_t, std::size_t>> positions;
    bool all_set = true;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (!toc[i].has_data()) continue;
        const DataOffset offset = toc[i].data_offset();
        all_set = all_set && offset.state == DataOffset::State::set;
        if (offset.state == DataOffset::State::set) positions.emplace_back(offset.position, i);
    }
    std::sort(positions.begin(), positions.end());
    const auto refuse = [&](std::size_t index, const char* why) {
        return damaged(why).at(offset_of_entry(toc, index, toc_end)).in_entry(toc[index].label());
    };
    for (std::size_t i = 0; i < positions.size(); ++i) {
        if (i == 0 ? all_set && positions[i].first != toc_end : positions[i].first == positions[i - 1].first)
            throw refuse(positions[i].second, i == 0 ? "data offset is not that of the first data block"
                                                     : "data offset is also another entry's");
        if (positions[i].first < toc_end)
            throw refuse(positions[i].second, "data offset points into the table of contents");
    }
}

/// Without a handler every fault is thrown.
Prologue read_header_and_toc(ByteSource& source, const Limits& limits, const FaultHandler* on_fault) {
    Arena front;
    PrimitiveReader reader(source, front, limits);
    Header header = read_header(source, reader);
    header.stored = front.close();
    const std::uint64_t count_offset = source.offset();
    std::int32_t count = reader.integer("number of entries");
    if (count < 0) {
        const Error error =
            damaged("number of entries is negative").as(FindingKind::field_value).at(count_offset);
        if (on_fault == nullptr) throw error;
        (*on_fault)(error);
        count = 0;  // as pg_restore takes it
    }
    if (static_cast<std::uint64_t>(count) > limits.entries)
        throw Error(ErrorCode::limit, "archive has " + std::to_string(count) +
                                          " entries, more than the limit" +
                                          setting("entries", limits.entries))
            .at(count_offset);

    Toc toc(reader.layout);
    TocBuilder::set_limits(toc, limits.entries, limits.toc_bytes);
    Arena& arena = TocBuilder::arena(toc);
    PrimitiveReader entries(source, arena, limits);
    entries.layout = reader.layout;
    EntryFaults faults(on_fault);
    read_entries(entries, arena, toc, static_cast<std::uint64_t>(count), faults);
    const auto twice = TocBuilder::index_by_dump_id(toc);
    if (twice && faults.are_thrown())
        throw damaged("another entry has the same dump ID")
            .at(offset_of_entry(toc, *twice, source.offset()))
            .in_entry(toc[*twice].label());
    if (faults.are_thrown()) check_offsets(toc, source.offset());
    return {std::move(header), std::move(toc), std::string(front.close()), source.offset()};
}

}  // namespace

Prologue read_prologue(ByteSource& source, const Limits& limits) {
    // What is at hand, without waiting for more.
    const std::string beginning(source.peek(magic.size()).substr(0, 4096));
    try {
        return read_header_and_toc(source, limits, nullptr);
    } catch (Error& error) {
        const bool is_archive = beginning.starts_with(magic) && error.code() != ErrorCode::io;
        const std::string cause = is_archive ? describe_text_damage(beginning) : "";
        if (!cause.empty()) error.add_hint(cause).at(0);
        throw;
    }
}

Prologue read_prologue(ByteSource& source, const Limits& limits, const FaultHandler& on_fault) {
    return read_header_and_toc(source, limits, &on_fault);
}

}  // namespace pgfilter
