#include <zlib.h>

#include <new>
#include <string>

#include "bytes/decoder.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

class ZlibDecoder final : public Decoder {
public:
    ZlibDecoder() : buffer_(decoded_piece, '\0') {
        if (inflateInit(&stream_) != Z_OK) throw std::bad_alloc();
    }
    ~ZlibDecoder() override { inflateEnd(&stream_); }

    void begin() override {
        inflateReset(&stream_);
        ended_ = false;
    }

    std::size_t decode(Bytes input, const Output& output) override {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = static_cast<uInt>(input.size());
        // A full buffer may be followed by bytes that zlib holds back.
        bool full = false;
        while (!ended_ && (stream_.avail_in > 0 || full)) {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
            stream_.avail_out = static_cast<uInt>(buffer_.size());
            const int result = inflate(&stream_, Z_NO_FLUSH);
            const std::size_t size = buffer_.size() - stream_.avail_out;
            if (size > 0) output({buffer_.data(), size});
            full = stream_.avail_out == 0;
            ended_ = result == Z_STREAM_END;
            if (result == Z_MEM_ERROR) throw std::bad_alloc();
            if (result == Z_BUF_ERROR) break;  // nothing was held back
            if (result != Z_OK && !ended_) throw damaged(result).at(input.size() - stream_.avail_in);
        }
        return input.size() - stream_.avail_in;
    }

    [[nodiscard]] bool ended() const noexcept override { return ended_; }

private:
    [[nodiscard]] Error damaged(int result) const {
        const char* const why = result == Z_NEED_DICT    ? "it needs a dictionary"
                                : stream_.msg != nullptr ? stream_.msg
                                                         : "zlib gives no reason";
        return {ErrorCode::damaged, std::string("compressed data is damaged (") + why + ")"};
    }

    z_stream stream_{};
    std::string buffer_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder() {
    return std::make_unique<ZlibDecoder>();
}

}  // namespace pgfilter
