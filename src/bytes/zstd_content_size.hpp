// Whether a zstd frame holds as much as it says.
#pragma once

#include <zstd.h>

#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// The library compares both, but not if the last block is empty and the frame comes in pieces.
class ZstdContentSize {
public:
    void begin() { *this = ZstdContentSize(); }

    /// The next bytes of the frame.
    void take(Bytes stored) {
        if (header_.size() < longest_header) header_ += stored.substr(0, longest_header - header_.size());
    }
    void produced(std::size_t count) { size_ += count; }

    /// At the end of the frame: empty if it holds what it says, else what is wrong.
    [[nodiscard]] std::string complaint() const {
        const unsigned long long size = ZSTD_getFrameContentSize(header_.data(), header_.size());
        if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size == size_) return {};
        return "a frame holds " + std::to_string(size_) + " bytes and says " + std::to_string(size);
    }

private:
    static constexpr std::size_t longest_header = 18;  // ZSTD_FRAMEHEADERSIZE_MAX

    std::string header_;  // the first bytes of the frame
    unsigned long long size_ = 0;
};

}  // namespace pgfilter
