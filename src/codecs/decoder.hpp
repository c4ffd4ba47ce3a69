// SPDX-License-Identifier: PostgreSQL
// Decompression of streams, one after the other, with their checksums and their proper ends.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// What a step of a Decoder comes to.
struct Decoded {
    std::size_t taken = 0;  ///< bytes of the input
    std::size_t made = 0;   ///< bytes of the output
    bool ended = false;     ///< the stream has come to its end
    /// What is wrong with the input after the bytes taken, in the words of the library; empty if nothing is.
    std::string fault;
};

/// Takes compressed bytes in pieces of any size and gives the plain ones in pieces of any size: a caller
/// that has bytes can push them in, and one that wants some can pull them out.
class Decoder {
public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;

    /// Forgets a stream that has not come to its end, or is damaged.
    virtual void begin() = 0;

    /// Decodes the front of `input` into the front of `output`, and no further than the end of the stream:
    /// the next call begins another.  What does not fit is held back: a full output may be followed by more
    /// without any input.  Neither takes nor makes anything only if more input is needed.
    virtual Decoded decode(Bytes input, std::span<char> output) = 0;
};

std::unique_ptr<Decoder> make_zlib_decoder();  ///< RFC 1950, which pg_dump writes
std::unique_ptr<Decoder> make_gzip_decoder();  ///< RFC 1952, which gzip writes
std::unique_ptr<Decoder> make_lz4_decoder();   ///< a stream is one frame
std::unique_ptr<Decoder> make_zstd_decoder();  ///< a stream is one frame, with a window of 128 MiB at most

}  // namespace pgfilter
