// SPDX-License-Identifier: PostgreSQL
#include "archive/block_walker.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "archive/frame_walker.hpp"

namespace pgfilter {
namespace {

/// Whether such a block can be that of an entry of the kind.  One that a later PostgreSQL invents can have
/// either.
bool suits(char type, EntryKind kind) {
    return kind == EntryKind::other || (type == block_type_large_objects) == (kind == EntryKind::blobs);
}

/// Nothing if it is out of range.
std::optional<DumpId> dump_id_of(Bytes head) {
    constexpr std::uint64_t largest = std::numeric_limits<DumpId>::max();
    const wire::SignedInt id = wire::decode_signed(head.substr(1));
    if (id.negative || id.magnitude == 0 || id.magnitude > largest) return std::nullopt;
    return static_cast<DumpId>(id.magnitude);
}

}  // namespace

BlockWalker::BlockWalker(ByteSource& source, const Toc& toc, FindingHandler on_fault)
    : source_(source), toc_(toc), on_fault_(std::move(on_fault)), seen_(toc.size(), false) {
    for (std::size_t i = 0; i < toc_.size(); ++i) missing_ += toc_[i].has_data() ? 1U : 0U;
}

std::optional<BlockWalker::Block> BlockWalker::next() {
    if (complete()) return std::nullopt;
    const std::size_t size = block_head_size(toc_.layout());
    const Bytes head = source_.peek(size).substr(0, size);
    if (!check_head(head)) return std::nullopt;
    const char type = head[0];
    const auto index = announced(*dump_id_of(head), FindingKind::block_unannounced);
    if (index) check_announcement(*index, type);
    return Block{source_.offset(), index};
}

bool BlockWalker::check_head(Bytes head) {
    if (head.empty()) {
        tell_missing();
        return false;
    }
    if (head.size() < block_head_size(toc_.layout())) {
        tell(FindingKind::truncated, "archive ends inside the start of a data block", nullptr, head.size());
        return false;
    }
    if (!is_block_type(head[0])) {
        const auto type = static_cast<unsigned char>(head[0]);
        tell(FindingKind::block_frames, "block type " + std::to_string(type) + " is not known");
        return false;
    }
    if (dump_id_of(head)) return true;
    tell(FindingKind::block_frames, "dump ID of a data block is out of range");
    return false;
}

void BlockWalker::tell_missing() {
    for (std::size_t i = 0; i < toc_.size(); ++i) {
        if (toc_[i].has_data() && !seen_[i])
            tell(FindingKind::block_missing, "archive ends before the data block of this entry", &toc_[i]);
    }
}

// Nothing if it is nobody's.
std::optional<std::size_t> BlockWalker::announced(DumpId id, FindingKind if_unknown) {
    const auto index = toc_.find(id);
    if (!index) {
        tell(if_unknown, "data block of dump ID " + std::to_string(id) + ", which no entry has");
    } else if (!toc_[*index].has_data()) {
        tell(FindingKind::block_unannounced, "data block of an entry that has no data", &toc_[*index]);
    } else if (seen_[*index]) {
        tell(FindingKind::block_twice, "second data block of the same entry", &toc_[*index]);
    } else {
        seen_[*index] = true;
        --missing_;
        return index;
    }
    return std::nullopt;
}

void BlockWalker::check_announcement(std::size_t index, char type) {
    const TocEntry& entry = toc_[index];
    if (!suits(type, entry.kind()))
        tell(FindingKind::block_type,
             type == block_type_data ? "data block holds rows where large objects are expected"
                                     : "data block holds large objects where rows are expected",
             &entry);
    const DataOffset offset = entry.data_offset();
    if (offset.state == DataOffset::State::set && offset.position != source_.offset())
        tell(FindingKind::offset,
             "data block is not where the entry says, at offset " + std::to_string(offset.position), &entry);
    if (index < latest_)
        tell(FindingKind::block_order, "data block comes after those of later entries", &entry);
    latest_ = std::max(latest_, index);
}

const TocEntry& BlockWalker::first_missing() const {
    std::size_t i = 0;
    while (!toc_[i].has_data() || seen_[i]) ++i;
    return toc_[i];
}

void BlockWalker::check_behind_last() {
    const std::size_t size = block_head_size(toc_.layout());
    const Bytes head = source_.peek(size).substr(0, size);
    if (head.size() < size || !is_block_type(head[0]) || head[1] != 0) return;
    if (const auto id = dump_id_of(head)) announced(*id, FindingKind::trailing_bytes);
}

void BlockWalker::tell(FindingKind kind, std::string message, const TocEntry* entry, std::size_t unread) {
    on_fault_({kind, std::move(message), source_.offset() + unread,
               entry == nullptr ? std::nullopt : std::optional(entry->dump_id()),
               entry == nullptr ? std::string() : entry->label()});
}

}  // namespace pgfilter
