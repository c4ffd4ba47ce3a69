// SPDX-License-Identifier: PostgreSQL
// What it may cost to decode the blocks of an archive side by side.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// The window that the zstd frame beginning with these bytes makes a decoder keep (RFC 8878, 3.1.1.1); 0 if
/// that cannot be told.  18 bytes are always enough.
std::uint64_t zstd_window(Bytes frame);

/// All blocks together.  Two things depend on the order of the archive, whichever thread is faster: whose
/// turn it is to have much memory, and whether the archive decodes to more than the ratio allows.
class BlockCosts {
public:
    /// `max_ratio`: bytes that one byte of the archive may become, after the first 64 MiB; 0: no limit.
    BlockCosts(std::uint64_t max_ratio, unsigned threads);

    /// One block.  Blocks begin in the order of the archive.
    class Block {
    public:
        Block(BlockCosts& all, std::size_t number) : all_(all), number_(number) {}
        ~Block() { all_.end(*this); }
        Block(const Block&) = delete;
        Block& operator=(const Block&) = delete;

        /// Before a stream is decoded that needs a window of that size.  Waits, if it is a large one, until
        /// no earlier block is being decoded.
        void take_window(std::uint64_t size);
        /// Whether it did so.
        [[nodiscard]] bool has_large_window() const noexcept { return has_large_window_; }
        /// `decoded`: bytes of this block so far.  `position`: in the archive, up to where they come from.
        /// Throws Error (limit).
        void count(std::uint64_t decoded, std::uint64_t position);

    private:
        friend class BlockCosts;

        BlockCosts& all_;
        std::size_t number_;
        std::uint64_t decoded_ = 0;
        std::uint64_t position_ = 0;
        bool has_large_window_ = false;
    };

    /// The number of the next block.
    std::size_t add() noexcept { return added_++; }
    /// Once all blocks have ended.  Throws Error (limit).
    void check() const;

private:
    struct Ended {
        std::uint64_t decoded;
        std::uint64_t position;
    };

    [[nodiscard]] bool is_too_much(std::uint64_t decoded, std::uint64_t position) const noexcept;
    [[noreturn]] void refuse(std::uint64_t position) const;
    void end(const Block& block);

    std::uint64_t max_ratio_;
    std::uint64_t small_window_;
    std::size_t added_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t first_ = 0;               // of the blocks that have not ended
    std::map<std::size_t, Ended> ended_;  // later ones that have
    std::uint64_t decoded_ = 0;           // of those before the first
    std::atomic<std::uint64_t> refused_at_ = 0;
};

}  // namespace pgfilter
