// Decompression of one stream after the other, with its checksums and its proper end.
#pragma once

#include <functional>
#include <memory>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// Takes compressed bytes in pieces of any size and gives the plain ones.
class Decoder {
public:
    using Output = std::function<void(Bytes)>;

    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;

    /// Forgets the stream before, and begins one.
    virtual void begin() = 0;

    /// Decodes `input` up to the end of the stream, which may lie in it.  Returns how many bytes of it belong
    /// to the stream: fewer than all if the stream ends before them, none when it has ended.  Throws Error
    /// (damaged), whose offset is that of the fault in `input`.
    virtual std::size_t decode(Bytes input, const Output& output) = 0;

    /// Whether the stream has come to its end.
    [[nodiscard]] virtual bool ended() const noexcept = 0;
};

/// What goes out at once.
inline constexpr std::size_t decoded_piece = 128 * 1024;

std::unique_ptr<Decoder> make_zlib_decoder();  ///< RFC 1950, not gzip's files
std::unique_ptr<Decoder> make_lz4_decoder();   ///< one frame
std::unique_ptr<Decoder> make_zstd_decoder();  ///< one frame, with a window of 128 MiB at most

}  // namespace pgfilter
