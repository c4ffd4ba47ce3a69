// SPDX-License-Identifier: PostgreSQL
#include "check/block_walk.hpp"

#include <algorithm>

#include "archive/frame_walker.hpp"
#include "archive/trailer.hpp"
#include "archive/wire.hpp"
#include "bytes/harmless.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t pipe_memory = 2 << 20;

/// Takes bytes off the front of the source, into the pipe if there is one.
void take(ByteSource& source, std::size_t count, BytePipe* pipe) {
    if (pipe == nullptr) return source.skip(count);
    while (count > 0) {
        const Bytes run = source.peek(1).substr(0, std::min(count, BytePipe::piece_size));
        pipe->put(run);
        source.skip(run.size());
        count -= run.size();
    }
}

/// Closes the pipe, whatever happens.
struct PipeCloser {
    explicit PipeCloser(std::shared_ptr<BytePipe> to_close) : pipe(std::move(to_close)) {}
    PipeCloser(const PipeCloser&) = delete;
    PipeCloser& operator=(const PipeCloser&) = delete;
    ~PipeCloser() {
        if (pipe) pipe->close();
    }
    std::shared_ptr<BytePipe> pipe;
};

/// In which of the blocks the data of large objects stands.
struct LargeObjectBlocks {
    static constexpr std::size_t none = SIZE_MAX;
    std::vector<std::size_t> of_list;  ///< per entry: a BLOBS entry depends on its list
    std::size_t common = none;         ///< before 1.16 one is for all
    bool all_complete = true;
};

LargeObjectBlocks find_large_object_blocks(const Toc& toc, const std::vector<CheckedBlock>& blocks) {
    LargeObjectBlocks found{std::vector<std::size_t>(toc.size(), LargeObjectBlocks::none)};
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const TocEntry& entry = toc[blocks[i].entry];
        if (entry.kind() != EntryKind::blobs) continue;
        found.common = i;
        found.all_complete = found.all_complete && blocks[i].state == CheckedBlock::State::complete;
        for (const DumpId id : entry.original_dependencies()) {
            if (const auto list = toc.find(id)) found.of_list[*list] = i;
        }
    }
    return found;
}

}  // namespace

BlockWalk::BlockWalk(const CheckInput& input, CheckReport& report, FindingCollector& findings,
                     unsigned threads, std::uint64_t max_ratio)
    : input_(input),
      source_(input.stream),
      report_(report),
      prologue_(*report.prologue),
      toc_(prologue_.toc),
      findings_(findings),
      cut_(report.blocks.size(), false),
      blocks_(source_, toc_,
              [this](Finding fault) {
                  // What nobody announces is counted with all the bytes after the last block.
                  if (fault.kind != FindingKind::trailing_bytes) findings_.add(std::move(fault));
              }),
      large_objects_(toc_),
      costs_(max_ratio, threads),
      checkers_(threads),
      memory_(pipe_memory),
      workers_(threads) {}

void BlockWalk::walk() {
    if (input_.open) find_anchors();
    bool goes_on = true;
    while (goes_on && !blocks_.complete()) goes_on = walk_one();
    if (goes_on) walk_trailer();
    workers_.finish();
    costs_.check();
    for (std::size_t i = 0; i < report_.blocks.size(); ++i) {
        if (cut_[i]) report_.blocks[i].state = CheckedBlock::State::cut;
    }
    tell_large_objects();
}

bool BlockWalk::is_block_of(ByteSource& source, const TocEntry& entry) const {
    const std::size_t size = block_head_size(toc_.layout());
    const Bytes head = source.peek(size).substr(0, size);
    if (head.size() < size || !is_block_type(head[0])) return false;
    const wire::SignedInt id = wire::decode_signed(head.substr(1));
    return !id.negative && id.magnitude == static_cast<std::uint64_t>(entry.dump_id());
}

void BlockWalk::find_anchors() {
    for (const CheckedBlock& block : report_.blocks) {
        const DataOffset offset = toc_[block.entry].data_offset();
        if (offset.state != DataOffset::State::set || offset.position < prologue_.size) continue;
        const auto source = input_.open(offset.position, block_head_size(toc_.layout()));
        if (is_block_of(*source, toc_[block.entry])) anchors_.push_back(offset.position);
    }
    std::sort(anchors_.begin(), anchors_.end());
}

std::optional<std::uint64_t> BlockWalk::next_anchor(std::uint64_t position) const {
    const auto next = std::upper_bound(anchors_.begin(), anchors_.end(), position);
    return next == anchors_.end() ? std::nullopt : std::optional(*next);
}

// Returns whether there is something to go on with.
bool BlockWalk::walk_one() {
    const std::uint64_t position = source_.offset();
    const auto found = blocks_.next();
    if (!found) return go_on_behind(position);
    CheckedBlock* const block = found->entry ? block_of(*found->entry) : nullptr;
    if (block != nullptr) block->position = position;
    return walk_frames(block, position) || go_on_behind(position);
}

bool BlockWalk::go_on_behind(std::uint64_t position) {
    const auto anchor = next_anchor(position);
    if (!anchor || *anchor < source_.offset()) return false;
    while (source_.offset() < *anchor) {
        const Bytes run = source_.peek(1);
        if (run.empty()) return false;
        source_.skip(std::min<std::uint64_t>(run.size(), *anchor - source_.offset()));
    }
    return true;
}

// Null if the entry announces no data.
CheckedBlock* BlockWalk::block_of(std::size_t entry) {
    const auto place =
        std::lower_bound(report_.blocks.begin(), report_.blocks.end(), entry,
                         [](const CheckedBlock& block, std::size_t index) { return block.entry < index; });
    return place == report_.blocks.end() || place->entry != entry ? nullptr : &*place;
}

// Returns whether they are whole.
bool BlockWalk::walk_frames(CheckedBlock* block, std::uint64_t position) {
    const auto limit = next_anchor(position);
    LimitedSource limited(source_, limit ? *limit - position : UINT64_MAX);
    PipeCloser closer(block != nullptr && !input_.open ? give_through_memory(*block) : nullptr);
    bool whole = true;
    try {
        FrameWalker frames(limited, toc_.layout(), FrameWalker::Detail::block);
        bool goes_on = true;
        while (goes_on) {
            const FrameStep step = frames.step();
            take(limited, step.bytes.size(), closer.pipe.get());
            goes_on = step.kind != FrameStep::Kind::block_ends;
        }
    } catch (const Error& error) {
        if (error.code() != ErrorCode::damaged) throw;
        tell_broken(error, block, limit);
        whole = false;
    }
    if (block == nullptr) return whole;
    block->stored_bytes = source_.offset() - position;
    cut_[static_cast<std::size_t>(block - report_.blocks.data())] = !whole;
    if (input_.open) give_from_file(*block, whole);
    return whole;
}

void BlockWalk::tell_broken(const Error& error, const CheckedBlock* block,
                            std::optional<std::uint64_t> limit) {
    const TocEntry* const entry = block == nullptr ? nullptr : &toc_[block->entry];
    const std::uint64_t offset = error.offset().value_or(source_.offset());
    if (limit && offset >= *limit)
        return tell(FindingKind::block_frames, "data block runs into the next one", offset, entry);
    tell(error.kind().value_or(FindingKind::block_frames), error.message(), offset, entry);
}

BlockCheck& BlockWalk::checker(std::size_t worker) {
    if (!checkers_[worker])
        checkers_[worker] = std::make_unique<BlockCheck>(prologue_, large_objects_, findings_);
    return *checkers_[worker];
}

void BlockWalk::give_from_file(CheckedBlock& block, bool whole) {
    workers_.give([this, &block, whole, number = costs_.add()](std::size_t worker) {
        BlockCosts::Block cost(costs_, number);
        const auto source = input_.open(block.position, block.stored_bytes);
        if (!checker(worker).check(*source, block, cost) && whole)
            throw Error(ErrorCode::io, "the input changes while it is read").at(block.position);
    });
}

std::shared_ptr<BytePipe> BlockWalk::give_through_memory(CheckedBlock& block) {
    auto pipe = std::make_shared<BytePipe>(memory_);
    // Goes with the task, done or not, and lets the pipe run empty.
    auto end = std::make_shared<PipeEnd>(pipe);
    workers_.give([this, &block, end, number = costs_.add()](std::size_t worker) {
        BlockCosts::Block cost(costs_, number);
        checker(worker).check(*end, block, cost);
    });
    return pipe;
}

void BlockWalk::walk_trailer() {
    blocks_.check_behind_last();
    const std::uint64_t position = source_.offset();
    std::uint64_t wrong = 0;
    SecondToc expected(prologue_, [&](std::size_t index, Bytes stored) {
        const CheckedBlock* const block = block_of(index);
        const auto state = static_cast<unsigned char>(stored[0]);
        const bool is_set = state == static_cast<unsigned char>(DataOffset::State::set);
        // Not decoded: what stands there can be no offset at all.
        std::string right;
        if (block != nullptr && wire::offset_fits(block->position, prologue_.toc.layout()))
            wire::append_offset(right, {DataOffset::State::set, block->position}, prologue_.toc.layout());
        wrong += is_set && stored != right ? 1U : 0U;
    });
    for (Bytes run = source_.peek(1); !run.empty(); run = source_.peek(1)) {
        expected.compare(run);
        source_.skip(run.size());
    }
    const std::uint64_t size = source_.offset() - position;
    if (size == 0) return;
    if (!expected.complete())
        return tell(FindingKind::trailing_bytes,
                    std::to_string(size) + " bytes after the last data block are not part of the archive",
                    position);
    tell(FindingKind::second_toc,
         "a second table of contents follows the data, as pg_dump 16 and later write it to a redirected "
         "output, "
         "and earlier ones on Windows",
         position);
    if (wrong > 0)
        tell(
            FindingKind::second_toc_offsets,
            std::to_string(wrong) +
                " offsets in the second table of contents are not those of the blocks, as where a program on "
                "Windows wrote the output as text; nothing reads them",
            position);
}

// Large objects that are created and never filled, or more than once.
void BlockWalk::tell_large_objects() {
    constexpr std::size_t none = LargeObjectBlocks::none;
    const LargeObjectBlocks blocks = find_large_object_blocks(toc_, report_.blocks);
    std::vector<bool> is_wrong(report_.blocks.size(), false);
    large_objects_.for_each_missing([&](std::uint32_t oid, std::size_t entry) {
        const bool is_list = toc_[entry].kind() == EntryKind::blob_metadata;
        const std::size_t i = is_list ? blocks.of_list[entry] : blocks.all_complete ? blocks.common : none;
        if (i == none || (is_list && report_.blocks[i].state != CheckedBlock::State::complete)) return;
        const CheckedBlock& block = report_.blocks[i];
        tell(FindingKind::large_objects,
             "large object " + std::to_string(oid) + " is announced and has no data", block.position,
             &toc_[block.entry]);
        is_wrong[i] = true;
    });
    large_objects_.for_each_repeated([&](std::uint32_t oid, std::size_t entry) {
        const std::size_t i =
            toc_[entry].kind() == EntryKind::blob_metadata ? blocks.of_list[entry] : blocks.common;
        if (i != none) is_wrong[i] = true;
        findings_.add({FindingKind::large_objects,
                       "large object " + std::to_string(oid) + " has data more than once",
                       i == none ? std::nullopt : std::optional(report_.blocks[i].position),
                       toc_[entry].dump_id(), toc_[entry].label()});
    });
    for (std::size_t i = 0; i < is_wrong.size(); ++i) {
        if (is_wrong[i] && report_.blocks[i].state == CheckedBlock::State::complete)
            report_.blocks[i].state = CheckedBlock::State::damaged;
    }
}

void BlockWalk::tell(FindingKind kind, std::string message, std::uint64_t offset, const TocEntry* entry) {
    findings_.add({kind, harmless(std::move(message)), offset,
                   entry == nullptr ? std::nullopt : std::optional(entry->dump_id()),
                   entry == nullptr ? std::string() : entry->label()});
}

}  // namespace pgfilter
