// SPDX-License-Identifier: PostgreSQL
#include "archive_value.hpp"

#include <map>

#include "archive/wire.hpp"
#include "block_collector.hpp"

namespace {

using namespace pgfilter;
using test::ArchiveValue;
using test::EntryValue;
using test::MaybeText;

MaybeText owned(Text text) {
    return text ? MaybeText(*text) : std::nullopt;
}

/// Takes a block apart, whose frames are known to be good.
class BlockCutter {
public:
    BlockCutter(Bytes block, const Layout& layout) : rest_(block), layout_(layout) {}

    void cut_into(EntryValue& entry) {
        const bool is_large_objects = rest_.front() == 3;
        rest_.remove_prefix(1);
        number();
        if (!is_large_objects) {
            entry.rows = stream();
            return;
        }
        entry.large_objects.emplace();
        while (const std::uint64_t oid = number())
            entry.large_objects->emplace_back(static_cast<std::uint32_t>(oid), stream());
    }

private:
    std::uint64_t number() {
        const std::size_t width = wire::int_width(layout_);
        const wire::SignedInt value = wire::decode_signed(rest_.substr(0, width));
        rest_.remove_prefix(width);
        return value.negative ? -value.magnitude : value.magnitude;
    }

    std::vector<std::string> stream() {
        std::vector<std::string> chunks;
        while (const std::uint64_t length = number()) {
            chunks.emplace_back(rest_.substr(0, length));
            rest_.remove_prefix(length);
        }
        return chunks;
    }

    Bytes rest_;
    const Layout& layout_;
};

EntryValue read_entry(const TocEntry& entry) {
    EntryValue value;
    value.dump_id = entry.dump_id();
    value.section = entry.number(Field::section);
    value.tag = entry.tag();
    value.desc = entry.desc();
    value.defn = owned(entry.defn());
    value.drop_stmt = owned(entry.text(Field::drop_stmt));
    value.copy_stmt = owned(entry.text(Field::copy_stmt));
    value.namespace_ = owned(entry.namespace_());
    value.tablespace = owned(entry.text(Field::tablespace));
    value.tableam = owned(entry.text(Field::tableam));
    value.relkind = entry.number(Field::relkind);
    value.owner = owned(entry.owner());
    value.dependencies = entry.dependencies();
    return value;
}

}  // namespace

ArchiveValue read_archive_value(Bytes archive) {
    MemorySource source(archive);
    const Prologue prologue = read_prologue(source);
    BlockCollector blocks(prologue.toc);
    const Trailer trailer = read_blocks(source, prologue, blocks);

    const Layout& layout = prologue.toc.layout();
    ArchiveValue value;
    value.minor = layout.version.minor;
    value.int_size = layout.int_size;
    value.offset_size = layout.offset_size;
    value.compression = static_cast<int>(prologue.header.compression);
    value.database = prologue.header.database;
    value.second_toc = trailer.kind == Trailer::Kind::second_toc;
    for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
        const TocEntry& entry = prologue.toc[i];
        value.entries.push_back(read_entry(entry));
        if (!entry.has_data()) continue;
        BlockCutter(blocks.blocks().at(entry.dump_id()), layout).cut_into(value.entries.back());
        value.offsets_set = value.offsets_set || entry.data_offset().state == DataOffset::State::set;
    }
    return value;
}
