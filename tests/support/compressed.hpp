// SPDX-License-Identifier: PostgreSQL
// What the libraries make of bytes, in one go: for tests of what takes it apart.
#pragma once

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace pgfilter::test {

inline std::string in_zlib(const std::string& bytes) {
    std::string result(compressBound(bytes.size()), '\0');
    auto size = static_cast<uLongf>(result.size());
    compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
              bytes.size(), 6);
    result.resize(size);
    return result;
}

inline std::string in_gzip(const std::string& bytes) {
    constexpr int with_gzip_header = 16 + MAX_WBITS;
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, with_gzip_header, 8, Z_DEFAULT_STRATEGY);
    std::string result(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

inline std::string in_zstd(const std::string& bytes) {
    std::string result(ZSTD_compressBound(bytes.size()), '\0');
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    result.resize(ZSTD_compress2(context, result.data(), result.size(), bytes.data(), bytes.size()));
    ZSTD_freeCCtx(context);
    return result;
}

inline std::string in_lz4(const std::string& bytes) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    std::string result(LZ4F_compressFrameBound(bytes.size(), &preferences), '\0');
    result.resize(LZ4F_compressFrame(result.data(), result.size(), bytes.data(), bytes.size(), &preferences));
    return result;
}

}  // namespace pgfilter::test
