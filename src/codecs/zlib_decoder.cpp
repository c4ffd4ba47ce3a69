// SPDX-License-Identifier: PostgreSQL
// Decoding of zlib and gzip streams.
#include <zlib.h>

#include <new>

#include "codecs/decoder.hpp"

namespace pgfilter {
namespace {

// What inflateInit2() adds to the size of the window for gzip's files.
constexpr int gzip_only = 16;

class ZlibDecoder final : public Decoder {
public:
    explicit ZlibDecoder(int window_bits) {
        if (inflateInit2(&stream_, window_bits) != Z_OK) throw std::bad_alloc();
    }
    ~ZlibDecoder() override { inflateEnd(&stream_); }

    void begin() override { inflateReset(&stream_); }

    Decoded decode(Bytes input, std::span<char> output) override {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = static_cast<uInt>(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(output.data());
        stream_.avail_out = static_cast<uInt>(output.size());
        const int result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        Decoded step{input.size() - stream_.avail_in, output.size() - stream_.avail_out, false, {}};
        step.ended = result == Z_STREAM_END;
        if (step.ended) begin();
        if (result != Z_OK && result != Z_BUF_ERROR && !step.ended) step.fault = reason(result);
        return step;
    }

private:
    [[nodiscard]] const char* reason(int result) const {
        if (result == Z_NEED_DICT) return "it needs a dictionary";
        return stream_.msg != nullptr ? stream_.msg : "zlib gives no reason";
    }

    z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder() {
    return std::make_unique<ZlibDecoder>(MAX_WBITS);
}

std::unique_ptr<Decoder> make_gzip_decoder() {
    return std::make_unique<ZlibDecoder>(MAX_WBITS + gzip_only);
}

}  // namespace pgfilter
