#include <lz4frame.h>

#include <new>
#include <string>

#include "bytes/decoder.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

class Lz4Decoder final : public Decoder {
public:
    Lz4Decoder() : buffer_(decoded_piece, '\0') {
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0)
            throw std::bad_alloc();
    }
    ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context_); }

    void begin() override {
        LZ4F_resetDecompressionContext(context_);
        begun_ = ended_ = false;
    }

    std::size_t decode(Bytes input, const Output& output) override {
        std::size_t taken = 0;
        bool full = false;
        while (!ended_ && (taken < input.size() || full)) {
            std::size_t in = input.size() - taken;
            std::size_t out = buffer_.size();
            const std::size_t result =
                LZ4F_decompress(context_, buffer_.data(), &out, input.data() + taken, &in, nullptr);
            if (LZ4F_isError(result) != 0)
                throw Error(ErrorCode::damaged,
                            std::string("compressed data is damaged (") + LZ4F_getErrorName(result) + ")")
                    .at(taken);
            taken += in;
            if (out > 0) output({buffer_.data(), out});
            full = out == buffer_.size();
            begun_ = begun_ || in > 0;
            ended_ = result == 0 && begun_;
            if (in == 0 && out == 0) break;
        }
        return taken;
    }

    [[nodiscard]] bool ended() const noexcept override { return ended_; }

private:
    LZ4F_dctx* context_ = nullptr;
    std::string buffer_;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder() {
    return std::make_unique<Lz4Decoder>();
}

}  // namespace pgfilter
