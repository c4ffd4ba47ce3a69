// SPDX-License-Identifier: PostgreSQL
// Bytes on their way from one thread to another, in memory that is bounded.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// What all pipes may hold together.
class PipeMemory {
public:
    explicit PipeMemory(std::size_t size) : free_(size) {}

    /// Waits for it.  REQUIRES: no more than there is at all.
    void take(std::size_t size);
    void give_back(std::size_t size);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t free_;
};

/// One thread puts, another reads from a PipeEnd.
///
/// A thread that fills one pipe after the other never waits for ever, if each pipe's reader has begun before
/// the readers of later ones, and each reader reads to the end or lets go of its PipeEnd.
class BytePipe {
public:
    explicit BytePipe(PipeMemory& memory) : memory_(memory) {}
    ~BytePipe();
    BytePipe(const BytePipe&) = delete;
    BytePipe& operator=(const BytePipe&) = delete;

    static constexpr std::size_t piece_size = 64 * 1024;

    /// At most piece_size.
    void put(Bytes piece);
    void close();

private:
    friend class PipeEnd;
    /// Empty at the end.
    std::string get();
    void abandon();

    PipeMemory& memory_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> pieces_;
    bool closed_ = false;
    bool abandoned_ = false;
};

class PipeEnd final : public BufferedSource {
public:
    explicit PipeEnd(std::shared_ptr<BytePipe> pipe)
        : BufferedSource(BytePipe::piece_size), pipe_(std::move(pipe)) {}
    ~PipeEnd() override { pipe_->abandon(); }

protected:
    std::size_t read_some(char* into, std::size_t size) override;

private:
    std::shared_ptr<BytePipe> pipe_;
    std::string piece_;
    std::size_t taken_of_piece_ = 0;
};

}  // namespace pgfilter
