// SPDX-License-Identifier: PostgreSQL
// Reading the data for the writer, step by step.
#pragma once

#include <optional>

#include "archive/block_walker.hpp"
#include "archive/frame_walker.hpp"
#include "archive/trailer.hpp"
#include "pgfilter/archive_io.hpp"

namespace pgfilter {

/// read_blocks() in steps.  Borrows its arguments.
class BlockReader {
public:
    BlockReader(ByteSource& source, const Prologue& prologue, BlockHandler& handler);
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;
    ~BlockReader() = default;

    /// Reads on, by no more than what the source has at hand: a source that has ByteSource::max_peek bytes,
    /// or has ended, is not waited for.  Returns false if nothing was left.  Throws what read_blocks()
    /// throws.
    bool step();

    /// REQUIRES: step() has returned false.
    [[nodiscard]] const Trailer& trailer() const noexcept { return trailer_; }

private:
    void refuse(const Finding& fault) const;
    void find_block();
    void read_block();
    bool read_trailer();

    ByteSource& source_;
    const Prologue& prologue_;
    BlockHandler& handler_;
    BlockWalker blocks_;
    std::optional<Block> block_;  // that is being read
    bool is_wanted_ = false;
    std::optional<FrameWalker> frames_;
    std::optional<SecondToc> expected_;  // once all blocks have come
    Trailer trailer_;
};

}  // namespace pgfilter
