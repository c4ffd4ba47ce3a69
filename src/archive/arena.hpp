// SPDX-License-Identifier: PostgreSQL
// Memory for the TOC as it was read: runs of bytes that never move once complete and are freed together.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// Grows with the bytes it is given.  One run is open at a time: append() extends it, close() completes it.
class Arena {
public:
    /// Adds to the open run.
    void append(Bytes bytes) {
        if (bytes.size() > capacity_ - used_) make_room(bytes.size());
        if (!bytes.empty()) std::memcpy(chunks_.back().get() + used_, bytes.data(), bytes.size());
        used_ += bytes.size();
    }

    /// The open run as it is; dies at the next append().
    [[nodiscard]] Bytes open_run() const noexcept {
        return chunks_.empty() ? Bytes() : Bytes(chunks_.back().get() + start_, used_ - start_);
    }

    /// Completes the open run.  The result lives as long as the arena.
    Bytes close() noexcept {
        const Bytes run = open_run();
        start_ = used_;
        return run;
    }

    /// Begins a run with a T, after which `room` more bytes can be appended without moving it.  REQUIRES: no
    /// run is open; T needs no destructor.
    template <class T>
    T* open_with(T value, std::size_t room) {
        static_assert(alignof(T) <= alignof(std::max_align_t));
        if (capacity_ - used_ < sizeof value + alignof(T) + room) make_room(sizeof value + alignof(T) + room);
        const auto misaligned = reinterpret_cast<std::uintptr_t>(chunks_.back().get() + used_) % alignof(T);
        used_ += misaligned == 0 ? 0 : alignof(T) - misaligned;
        start_ = used_;
        append(Bytes(reinterpret_cast<const char*>(&value), sizeof value));
        return reinterpret_cast<T*>(chunks_.back().get() + start_);
    }

private:
    static constexpr std::size_t chunk_size = 256 * 1024;

    // Moves the open run to a new chunk that has room for `more`; a chunk that held nothing else is given
    // back.
    void make_room(std::size_t more) {
        const std::size_t open = used_ - start_;
        const std::size_t size = std::max(chunk_size, 2 * open + more);
        std::unique_ptr<char[]> fresh(new char[size]);  // not initialised: untouched pages cost nothing
        if (open > 0) std::memcpy(fresh.get(), chunks_.back().get() + start_, open);
        if (!chunks_.empty() && start_ == 0) chunks_.pop_back();
        chunks_.push_back(std::move(fresh));
        start_ = 0;
        used_ = open;
        capacity_ = size;
    }

    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t start_ = 0;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace pgfilter
