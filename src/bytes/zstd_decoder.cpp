#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <string>

#include "bytes/decoder.hpp"
#include "bytes/zstd_content_size.hpp"
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
        size_.begin();
    }

    std::size_t decode(Bytes input, const Output& output) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        bool full = false;
        while (!ended_ && (in.pos < in.size || full)) {
            ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
            const std::size_t before = in.pos;
            const std::size_t result = ZSTD_decompressStream(context_, &out, &in);
            if (ZSTD_isError(result) != 0) fail(result, before);
            if (out.pos > 0) output({buffer_.data(), out.pos});
            size_.take(input.substr(before, in.pos - before));
            size_.produced(out.pos);
            full = out.pos == out.size;
            begun_ = begun_ || in.pos > before;
            ended_ = result == 0 && begun_;
            if (const std::string why = ended_ ? size_.complaint() : ""; !why.empty()) damaged(why, in.pos);
            if (in.pos == before && out.pos == 0) break;
        }
        return in.pos;
    }

    [[nodiscard]] bool ended() const noexcept override { return ended_; }

private:
    [[noreturn]] static void fail(std::size_t result, std::size_t offset) {
        if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
        damaged(ZSTD_getErrorName(result), offset);
    }
    [[noreturn]] static void damaged(const std::string& why, std::size_t offset) {
        throw Error(ErrorCode::damaged, "compressed data is damaged (" + why + ")").at(offset);
    }

    ZSTD_DCtx* context_ = ZSTD_createDCtx();
    std::string buffer_;
    ZstdContentSize size_;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
    return std::make_unique<ZstdDecoder>();
}

}  // namespace pgfilter
