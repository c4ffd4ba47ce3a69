// Reading the data for the writer: what is wrong with it is refused.
#include "archive/block_walker.hpp"
#include "archive/frame_walker.hpp"
#include "archive/trailer.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

class BlockReader {
public:
    BlockReader(ByteSource& source, const Prologue& prologue, BlockHandler& handler)
        : source_(source),
          toc_(prologue.toc),
          handler_(handler),
          blocks_(source, toc_, [this](const Finding& fault) { refuse(fault); }) {}

    void read_all() {
        while (const auto block = blocks_.next()) read({block->entry.value(), block->position});
        blocks_.check_behind_last();
    }

private:
    // Another order is no fault: pg_restore looks for blocks, and the output has the same one.
    void refuse(const Finding& fault) const {
        if (fault.kind == FindingKind::block_order) return;
        Error error(ErrorCode::damaged, fault.message);
        error.as(fault.kind).at(*fault.offset).in_entry(fault.entry);
        if (fault.kind == FindingKind::truncated) error.in_entry(blocks_.first_missing().label());
        throw error;
    }

    void read(const Block& block) try {
        BlockHandler* const handler = handler_.begin_block(block) ? &handler_ : nullptr;
        FrameWalker frames(source_, toc_.layout(), FrameWalker::Detail::block);
        bool is_whole = false;
        while (!is_whole) {
            const FrameStep step = frames.step();
            is_whole = step.kind == FrameStep::Kind::block_ends;
            if (handler == nullptr) {
                source_.skip(step.bytes.size());
            } else if (is_whole) {
                handler->end_block(source_, step.bytes.size());
            } else {
                handler->block_bytes(source_, step.bytes.size());
            }
        }
    } catch (Error& error) {
        if (error.code() == ErrorCode::damaged)
            error.at(source_.offset()).in_entry(toc_[block.entry].label());
        throw;
    }

    ByteSource& source_;
    const Toc& toc_;
    BlockHandler& handler_;
    BlockWalker blocks_;
};

Trailer read_trailer(ByteSource& source, const Prologue& prologue, BlockHandler& handler) {
    Trailer trailer;
    trailer.position = source.offset();
    SecondToc expected(prologue);
    for (Bytes run = source.peek(1); !run.empty(); run = source.peek(1)) {
        expected.compare(run);
        handler.trailer_bytes(source, run.size());
    }
    trailer.size = source.offset() - trailer.position;
    if (trailer.size > 0)
        trailer.kind = expected.complete() ? Trailer::Kind::second_toc : Trailer::Kind::unknown;
    return trailer;
}

}  // namespace

Trailer read_blocks(ByteSource& source, const Prologue& prologue, BlockHandler& handler) {
    BlockReader(source, prologue, handler).read_all();
    return read_trailer(source, prologue, handler);
}

}  // namespace pgfilter
