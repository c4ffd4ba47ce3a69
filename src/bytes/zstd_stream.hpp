// Decoding zstd so that the result does not depend on the pieces that a frame comes in.
#pragma once

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// Frames, one after the other.
///
/// The library has other rules for a frame that it gets at once: it refuses empty compressed blocks, it knows
/// formats from before 0.8, and only there it always compares the size of the content with what the frame
/// says.  So here it never gets one at once, and the size is compared in any case.
class ZstdStream {
public:
    ZstdStream() {
        if (context_ == nullptr) throw std::bad_alloc();
    }
    ZstdStream(const ZstdStream&) = delete;
    ZstdStream& operator=(const ZstdStream&) = delete;
    ~ZstdStream() { ZSTD_freeDCtx(context_); }

    /// Forgets a frame that was not read to its end.
    void reset() {
        ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
        begin_frame();
    }

    /// Moves both positions on.  Whether a frame has come to its end.  Throws std::runtime_error.
    bool decode(ZSTD_inBuffer& in, ZSTD_outBuffer& out) {
        const std::size_t in_before = in.pos;
        const std::size_t out_before = out.pos;
        const std::size_t all = in.size;
        if (is_between_frames_) in.size = std::min(all, in.pos + 1);
        const std::size_t result = ZSTD_decompressStream(context_, &out, &in);
        in.size = all;
        if (ZSTD_isError(result) != 0) fail(result);
        note_header(Bytes(static_cast<const char*>(in.src), all).substr(in_before, in.pos - in_before));
        size_ += out.pos - out_before;
        is_between_frames_ = is_between_frames_ && in.pos == in_before;
        if (result != 0 || is_between_frames_) return false;
        check_size();
        begin_frame();
        return true;
    }

private:
    static constexpr std::size_t longest_header = 18;  // ZSTD_FRAMEHEADERSIZE_MAX

    [[noreturn]] static void fail(std::size_t result) {
        if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
        throw std::runtime_error(ZSTD_getErrorName(result));
    }

    void begin_frame() {
        is_between_frames_ = true;
        header_.clear();
        size_ = 0;
    }

    void note_header(Bytes stored) {
        if (header_.size() < longest_header) header_ += stored.substr(0, longest_header - header_.size());
    }

    void check_size() const {
        const unsigned long long size = ZSTD_getFrameContentSize(header_.data(), header_.size());
        if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size == size_) return;
        throw std::runtime_error("a frame holds " + std::to_string(size_) + " bytes and says " +
                                 std::to_string(size));
    }

    ZSTD_DCtx* context_ = ZSTD_createDCtx();
    bool is_between_frames_ = true;
    std::string header_;  // the first bytes of the frame
    unsigned long long size_ = 0;
};

}  // namespace pgfilter
