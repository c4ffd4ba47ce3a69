// SPDX-License-Identifier: PostgreSQL
// Decoding of lz4 frames.
#include <lz4frame.h>

#include <new>

#include "codecs/decoder.hpp"

namespace pgfilter {
namespace {

class Lz4Decoder final : public Decoder {
public:
    Lz4Decoder() {
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0)
            throw std::bad_alloc();
    }
    ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context_); }

    void begin() override { LZ4F_resetDecompressionContext(context_); }

    Decoded decode(Bytes input, std::span<char> output) override {
        Decoded step{input.size(), output.size(), false, {}};
        const std::size_t left =
            LZ4F_decompress(context_, output.data(), &step.made, input.data(), &step.taken, nullptr);
        if (LZ4F_isError(left) != 0) return {0, 0, false, LZ4F_getErrorName(left)};
        step.ended = left == 0;
        return step;
    }

private:
    LZ4F_dctx* context_ = nullptr;
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder() {
    return std::make_unique<Lz4Decoder>();
}

}  // namespace pgfilter
