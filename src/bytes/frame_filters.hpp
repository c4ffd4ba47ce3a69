// Filters of Boost.Iostreams for formats that are sequences of frames: lz4, which Boost has no filter for,
// zstd, whose filter in Boost takes a frame that is cut off for a complete one, and gzip, whose filter fails
// where a stream ends with what was read at once and another follows.
#pragma once

#include <lz4frame.h>
#include <zlib.h>

#include <boost/iostreams/filter/symmetric.hpp>
#include <stdexcept>

#include "bytes/zstd_stream.hpp"

namespace pgfilter {

/// Unpacks frames with Library::decode(), a model of Boost's SymmetricFilter.  Throws std::runtime_error.
template <class Library>
class FrameDecoder {
public:
    using char_type = char;

    bool filter(const char*& in, const char* in_end, char*& out, char* out_end, bool at_end) {
        while (out != out_end) {
            if (!inside_ && in == in_end) return !at_end;
            const char* const in_before = in;
            const char* const out_before = out;
            inside_ = library_.decode(in, in_end, out, out_end);
            if (in != in_before || out != out_before) continue;
            if (at_end) throw std::runtime_error("a frame is not complete");
            return true;
        }
        return true;
    }
    void close() {}

private:
    Library library_;
    bool inside_ = false;  // of a frame
};

class Lz4Library {
public:
    Lz4Library() {
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0)
            throw std::bad_alloc();
    }
    Lz4Library(const Lz4Library&) = delete;
    Lz4Library& operator=(const Lz4Library&) = delete;
    ~Lz4Library() { LZ4F_freeDecompressionContext(context_); }

    /// Moves both positions on.  Whether the frame has not come to its end.
    bool decode(const char*& in, const char* in_end, char*& out, const char* out_end) {
        auto read = static_cast<std::size_t>(in_end - in);
        auto written = static_cast<std::size_t>(out_end - out);
        const std::size_t left = LZ4F_decompress(context_, out, &written, in, &read, nullptr);
        if (LZ4F_isError(left) != 0) throw std::runtime_error(LZ4F_getErrorName(left));
        in += read;
        out += written;
        return left != 0;
    }

private:
    LZ4F_dctx* context_ = nullptr;
};

class ZstdLibrary {
public:
    /// Moves both positions on.  Whether the frame has not come to its end.
    bool decode(const char*& in, const char* in_end, char*& out, const char* out_end) {
        ZSTD_inBuffer input{in, static_cast<std::size_t>(in_end - in), 0};
        ZSTD_outBuffer output{out, static_cast<std::size_t>(out_end - out), 0};
        const bool ended = stream_.decode(input, output);
        in += input.pos;
        out += output.pos;
        return !ended;
    }

private:
    ZstdStream stream_;
};

class GzipLibrary {
public:
    GzipLibrary() {
        constexpr int gzip_only = 16;
        if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
    }
    GzipLibrary(const GzipLibrary&) = delete;
    GzipLibrary& operator=(const GzipLibrary&) = delete;
    ~GzipLibrary() { inflateEnd(&stream_); }

    /// Moves both positions on.  Whether the stream has not come to its end.
    bool decode(const char*& in, const char* in_end, char*& out, char* out_end) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in));
        stream_.avail_in = static_cast<uInt>(in_end - in);
        stream_.next_out = reinterpret_cast<Bytef*>(out);
        stream_.avail_out = static_cast<uInt>(out_end - out);
        const int result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            throw std::runtime_error(stream_.msg != nullptr ? stream_.msg : "no reason given");
        in = in_end - stream_.avail_in;
        out = out_end - stream_.avail_out;
        if (result == Z_STREAM_END) inflateReset(&stream_);
        return result != Z_STREAM_END;
    }

private:
    z_stream stream_{};
};

using GzipFilter = boost::iostreams::symmetric_filter<FrameDecoder<GzipLibrary>>;
using Lz4Filter = boost::iostreams::symmetric_filter<FrameDecoder<Lz4Library>>;
using ZstdFilter = boost::iostreams::symmetric_filter<FrameDecoder<ZstdLibrary>>;

}  // namespace pgfilter
