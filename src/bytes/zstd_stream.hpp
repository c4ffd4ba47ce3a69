// Decoding zstd so that the result does not depend on the pieces that a frame comes in.
#pragma once

#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <stdexcept>
#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

constexpr std::size_t zstd_magic_size = 4;

/// Whether these four bytes begin a frame, or one to be skipped, which pzstd begins with.
inline bool is_zstd_magic(Bytes magic) {
    constexpr unsigned char high_bits = 0xf0;
    return magic == "\x28\xb5\x2f\xfd" ||
           ((static_cast<unsigned char>(magic[0]) & high_bits) == 0x50 && magic.substr(1) == "\x2a\x4d\x18");
}

/// Frames, one after the other.
///
/// The library has other rules for a frame that it gets at once, and takes what begins in the same piece as a
/// header ends for the whole frame.  It knows formats from before 0.8 too, and looks for their beginnings
/// wherever a piece begins.  So here it gets the bytes that can be a header one at a time, which keeps it
/// from both; and what only a frame at once is checked for, the size of the content, is checked in any case.
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
        while (begin_.size() < longest_header && in.pos < in.size) {
            const Bytes byte(static_cast<const char*>(in.src) + in.pos, 1);
            ZSTD_inBuffer one{byte.data(), byte.size(), 0};
            const bool ended = step(one, out);
            in.pos += one.pos;
            if (ended) return true;
            begin_ += byte.substr(0, one.pos);
            if (out.pos == out.size) return false;
        }
        return step(in, out);
    }

private:
    static constexpr std::size_t longest_header = 18;  // ZSTD_FRAMEHEADERSIZE_MAX

    bool step(ZSTD_inBuffer& in, ZSTD_outBuffer& out) {
        const std::size_t out_before = out.pos;
        const std::size_t result = ZSTD_decompressStream(context_, &out, &in);
        if (ZSTD_isError(result) != 0) fail(result);
        size_ += out.pos - out_before;
        if (result != 0) return false;
        check_size();
        begin_frame();
        return true;
    }

    [[noreturn]] static void fail(std::size_t result) {
        if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
        throw std::runtime_error(ZSTD_getErrorName(result));
    }

    void begin_frame() {
        begin_.clear();
        size_ = 0;
    }

    void check_size() const {
        const unsigned long long size = ZSTD_getFrameContentSize(begin_.data(), begin_.size());
        if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size == size_) return;
        throw std::runtime_error("a frame holds " + std::to_string(size_) + " bytes and says " +
                                 std::to_string(size));
    }

    ZSTD_DCtx* context_ = ZSTD_createDCtx();
    std::string begin_;  // the first bytes of the frame
    unsigned long long size_ = 0;
};

}  // namespace pgfilter
