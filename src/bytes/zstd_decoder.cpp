#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <string>

#include "bytes/decoder.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

class ZstdDecoder final : public Decoder {
public:
    ZstdDecoder() : buffer_(decoded_piece, '\0') {
        if (context_ == nullptr) throw std::bad_alloc();
    }
    ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

    void begin() override {
        ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
        begun_ = ended_ = false;
        header_.clear();
        produced_ = 0;
    }

    std::size_t decode(Bytes input, const Output& output) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        if (header_.size() < longest_header) header_ += input.substr(0, longest_header - header_.size());
        bool full = false;
        while (!ended_ && (in.pos < in.size || full)) {
            ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
            const std::size_t before = in.pos;
            const std::size_t result = ZSTD_decompressStream(context_, &out, &in);
            if (ZSTD_isError(result) != 0) fail(result, before);
            if (out.pos > 0) output({buffer_.data(), out.pos});
            produced_ += out.pos;
            full = out.pos == out.size;
            begun_ = begun_ || in.pos > before;
            ended_ = result == 0 && begun_;
            if (ended_) check_size(in.pos);
            if (in.pos == before && out.pos == 0) break;
        }
        return in.pos;
    }

    [[nodiscard]] bool ended() const noexcept override { return ended_; }

private:
    static constexpr std::size_t longest_header = 18;  // ZSTD_FRAMEHEADERSIZE_MAX

    // The library does, but not if the last block is empty and the frame comes in pieces.
    void check_size(std::size_t offset) const {
        const unsigned long long size = ZSTD_getFrameContentSize(header_.data(), header_.size());
        if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size == produced_) return;
        throw Error(ErrorCode::damaged, "compressed data is damaged (it holds " + std::to_string(produced_) +
                                            " bytes, and its frame says " + std::to_string(size) + ")")
            .at(offset);
    }

    [[noreturn]] static void fail(std::size_t result, std::size_t offset) {
        if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
        throw Error(ErrorCode::damaged,
                    std::string("compressed data is damaged (") + ZSTD_getErrorName(result) + ")")
            .at(offset);
    }

    ZSTD_DCtx* context_ = ZSTD_createDCtx();
    std::string buffer_;
    std::string header_;  // the first bytes of the frame
    unsigned long long produced_ = 0;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
    return std::make_unique<ZstdDecoder>();
}

}  // namespace pgfilter
