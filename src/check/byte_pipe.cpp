// SPDX-License-Identifier: PostgreSQL
#include "check/byte_pipe.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pgfilter {

void PipeMemory::take(std::size_t size) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return free_ >= size; });
    free_ -= size;
}

void PipeMemory::give_back(std::size_t size) {
    const std::scoped_lock lock(mutex_);
    free_ += size;
    changed_.notify_one();
}

BytePipe::~BytePipe() {
    abandon();
}

void BytePipe::put(Bytes piece) {
    {
        const std::scoped_lock lock(mutex_);
        if (abandoned_) return;
    }
    memory_.take(piece.size());
    const std::scoped_lock lock(mutex_);
    if (abandoned_) return memory_.give_back(piece.size());
    pieces_.emplace_back(piece);
    changed_.notify_one();
}

void BytePipe::close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_one();
}

std::string BytePipe::get() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !pieces_.empty(); });
    if (pieces_.empty()) return {};
    std::string piece = std::move(pieces_.front());
    pieces_.pop_front();
    memory_.give_back(piece.size());
    return piece;
}

void BytePipe::abandon() {
    const std::scoped_lock lock(mutex_);
    abandoned_ = true;
    for (const std::string& piece : pieces_) memory_.give_back(piece.size());
    pieces_.clear();
}

std::size_t PipeEnd::read_some(char* into, std::size_t size) {
    if (taken_of_piece_ == piece_.size()) {
        piece_ = pipe_->get();
        taken_of_piece_ = 0;
    }
    const std::size_t count = std::min(size, piece_.size() - taken_of_piece_);
    std::memcpy(into, piece_.data() + taken_of_piece_, count);
    taken_of_piece_ += count;
    return count;
}

}  // namespace pgfilter
