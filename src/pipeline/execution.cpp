// SPDX-License-Identifier: PostgreSQL
#include "pipeline/execution.hpp"

namespace pgfilter {

bool BlockCounter::begin_block(const Block& block) {
    end_latest(block.position);
    wanted_ = next_.begin_block(block);
    ++summary_.blocks_read;
    summary_.blocks_written += wanted_ ? 1U : 0U;
    return wanted_;
}

void BlockCounter::end_latest(std::uint64_t position) {
    const std::uint64_t size = summary_.blocks_read == 0 ? 0 : position - begin_;
    summary_.data_read += size;
    summary_.data_written += wanted_ ? size : 0;
    begin_ = position;
}

Execution::Execution(const Plan& plan, ByteSource& source, ByteSink& sink)
    : source_(source),
      writer_(sink, plan.prologue),
      counter_(writer_, summary_),
      reader_(source, plan.prologue, counter_) {
    const Toc& toc = plan.prologue.toc;
    summary_.entries_read = toc.read_size();
    summary_.entries_written = toc.size() - toc.dropped_count();
    summary_.rewritten = toc.rewritten();
}

bool Execution::step() {
    if (reader_.step()) return true;
    summary_.trailer = reader_.trailer();
    counter_.end_latest(summary_.trailer.position);
    writer_.finish();
    summary_.bytes_read = source_.offset();
    summary_.bytes_written = writer_.size();
    return false;
}

}  // namespace pgfilter
