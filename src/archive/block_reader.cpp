// SPDX-License-Identifier: PostgreSQL
// Reading the data for the writer: what is wrong with it is refused.
#include "archive/block_reader.hpp"

#include "pgfilter/error.hpp"

namespace pgfilter {

BlockHandler::~BlockHandler() = default;

BlockReader::BlockReader(ByteSource& source, const Prologue& prologue, BlockHandler& handler)
    : source_(source),
      prologue_(prologue),
      handler_(handler),
      blocks_(source, prologue.toc, [this](const Finding& fault) { refuse(fault); }) {}

bool BlockReader::step() try {
    if (expected_) return read_trailer();
    if (!block_) {
        find_block();
    } else {
        read_block();
    }
    return true;
} catch (Error& error) {
    if (block_ && error.code() == ErrorCode::damaged)
        error.at(source_.offset()).in_entry(prologue_.toc[block_->entry].label());
    throw;
}

// Another order is no fault: pg_restore looks for blocks, and the output has the same one.
void BlockReader::refuse(const Finding& fault) const {
    if (fault.kind == FindingKind::block_order) return;
    Error error(ErrorCode::damaged, fault.message);
    error.as(fault.kind).at(*fault.offset).in_entry(fault.entry);
    if (fault.kind == FindingKind::truncated) error.in_entry(blocks_.first_missing().label());
    throw error;
}

void BlockReader::find_block() {
    if (const auto block = blocks_.next()) {
        block_ = Block{block->entry.value(), block->position};
        is_wanted_ = handler_.begin_block(*block_);
        frames_.emplace(source_, prologue_.toc.layout(), FrameWalker::Detail::block);
        return;
    }
    blocks_.check_behind_last();
    trailer_.position = source_.offset();
    expected_.emplace(prologue_);
}

void BlockReader::read_block() {
    const FrameStep step = frames_->step();
    const bool is_whole = step.kind == FrameStep::Kind::block_ends;
    if (!is_wanted_) {
        source_.skip(step.bytes.size());
    } else if (is_whole) {
        handler_.end_block(source_, step.bytes.size());
    } else {
        handler_.block_bytes(source_, step.bytes.size());
    }
    if (is_whole) block_.reset();
}

bool BlockReader::read_trailer() {
    const Bytes run = source_.peek(1);
    if (run.empty()) return false;
    const std::size_t size = run.size();
    expected_->compare(run);
    handler_.trailer_bytes(source_, size);
    trailer_.size += size;
    trailer_.kind = expected_->complete() ? Trailer::Kind::second_toc : Trailer::Kind::unknown;
    return true;
}

Trailer read_blocks(ByteSource& source, const Prologue& prologue, BlockHandler& handler) {
    BlockReader reader(source, prologue, handler);
    while (reader.step()) continue;
    return reader.trailer();
}

}  // namespace pgfilter
