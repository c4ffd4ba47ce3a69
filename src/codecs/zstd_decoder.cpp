// SPDX-License-Identifier: PostgreSQL
// Decoding of zstd frames.
#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <stdexcept>

#include "codecs/decoder.hpp"

namespace pgfilter {
namespace {

/// Makes the result independent of the pieces that a frame comes in.
///
/// The library has other rules for a frame that it gets at once, and takes what begins in the same piece as a
/// header ends for the whole frame.  It knows formats from before 0.8 too, and looks for their beginnings
/// wherever a piece begins.  So here it gets the bytes that can be a header one at a time, which keeps it
/// from both; and what only a frame at once is checked for, the size of the content, is checked in any case.
class ZstdDecoder final : public Decoder {
public:
    ZstdDecoder() {
        if (context_ == nullptr) throw std::bad_alloc();
    }
    ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

    void begin() override {
        ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
        begin_frame();
    }

    Decoded decode(Bytes input, std::span<char> output) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output.data(), output.size(), 0};
        try {
            const bool ended = take_header(in, out) || (out.pos < out.size && step(in, out));
            return {in.pos, out.pos, ended, {}};
        } catch (const std::runtime_error& fault) {
            return {in.pos, 0, false, fault.what()};
        }
    }

private:
    static constexpr std::size_t longest_header = 18;  // ZSTD_FRAMEHEADERSIZE_MAX

    /// Whether the frame has come to its end already.
    bool take_header(ZSTD_inBuffer& in, ZSTD_outBuffer& out) {
        while (begin_.size() < longest_header && in.pos < in.size && out.pos < out.size) {
            ZSTD_inBuffer one{in.src, in.pos + 1, in.pos};
            const bool ended = step(one, out);
            const Bytes taken(static_cast<const char*>(in.src) + in.pos, one.pos - in.pos);
            in.pos = one.pos;
            if (ended) return true;
            begin_ += taken;
        }
        return false;
    }

    /// Moves both positions on.  Whether the frame has come to its end.  Throws std::runtime_error.
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

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
    return std::make_unique<ZstdDecoder>();
}

}  // namespace pgfilter
