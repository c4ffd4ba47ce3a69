#include <string>

#include "bytes/decoder.hpp"
#include "bytes/zstd_stream.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

class ZstdDecoder final : public Decoder {
public:
    ZstdDecoder() : buffer_(decoded_piece, '\0') {}

    void begin() override {
        stream_.reset();
        ended_ = false;
    }

    std::size_t decode(Bytes input, const Output& output) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        bool full = false;
        while (!ended_ && (in.pos < in.size || full)) {
            ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
            const std::size_t before = in.pos;
            decode(in, out);
            if (out.pos > 0) output({buffer_.data(), out.pos});
            full = out.pos == out.size;
            if (in.pos == before && out.pos == 0) break;
        }
        return in.pos;
    }

    [[nodiscard]] bool ended() const noexcept override { return ended_; }

private:
    void decode(ZSTD_inBuffer& in, ZSTD_outBuffer& out) try {
        ended_ = stream_.decode(in, out);
    } catch (const std::runtime_error& error) {
        throw Error(ErrorCode::damaged, std::string("compressed data is damaged (") + error.what() + ")")
            .at(in.pos);
    }

    ZstdStream stream_;
    std::string buffer_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
    return std::make_unique<ZstdDecoder>();
}

}  // namespace pgfilter
