// SPDX-License-Identifier: PostgreSQL
// Writing a planned archive, step by step.
#pragma once

#include "archive/block_reader.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter {

/// Hears of every block on its way to the writer, and counts.
class BlockCounter final : public BlockHandler {
public:
    BlockCounter(BlockHandler& next, Summary& summary) : next_(next), summary_(summary) {}

    bool begin_block(const Block& block) override;
    void block_bytes(ByteSource& source, std::uint64_t count) override { next_.block_bytes(source, count); }
    void end_block(ByteSource& source, std::size_t count) override { next_.end_block(source, count); }
    void trailer_bytes(ByteSource& source, std::uint64_t count) override {
        next_.trailer_bytes(source, count);
    }

    /// Blocks follow each other without gaps.
    void end_latest(std::uint64_t position);

private:
    BlockHandler& next_;
    Summary& summary_;
    std::uint64_t begin_ = 0;  // of the latest block
    bool wanted_ = false;
};

/// execute_checked() in steps.  Borrows its arguments.
class Execution {
public:
    /// Writes header and TOC.
    Execution(const Plan& plan, ByteSource& source, ByteSink& sink);

    /// Passes on what the source has at hand, as BlockReader::step() does.  Returns false once the archive
    /// and the sink are complete.
    bool step();

    /// REQUIRES: step() has returned false.
    [[nodiscard]] const Summary& summary() const noexcept { return summary_; }

private:
    ByteSource& source_;
    Summary summary_;
    ArchiveWriter writer_;
    BlockCounter counter_;
    BlockReader reader_;
};

}  // namespace pgfilter
