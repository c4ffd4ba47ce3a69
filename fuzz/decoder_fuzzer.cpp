// SPDX-License-Identifier: PostgreSQL
// The decoders: in pieces of any size they do what they do in one, and what they make of a stream is what
// went into it.
//
// The first byte says which decoder, the second how large the pieces are.
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "codecs/decoder.hpp"
#include "fuzz_target.hpp"

namespace {

using namespace pgfilter;

constexpr std::size_t large_room = 128U << 10U;
constexpr std::size_t most_output = 1U << 20U;  // what a small input may become can be much more

struct Result {
    std::string output;
    std::size_t consumed = 0;
    bool ended = false;
    bool damaged = false;

    bool operator==(const Result&) const = default;
};

/// How far a decoder gets before it sees the damage is its own business.
Result damaged() {
    Result result;
    result.damaged = true;
    return result;
}

struct TooMuch {};

std::unique_ptr<Decoder> make_decoder(char kind) {
    if (kind == 'z') return make_zlib_decoder();
    if (kind == 'l') return make_lz4_decoder();
    return make_zstd_decoder();
}

/// Throws TooMuch.
Result decode(Decoder& decoder, Bytes input, std::size_t piece, std::size_t room) {
    Result result;
    std::string buffer(room, '\0');
    bool is_full = false;
    decoder.begin();
    while (!result.ended && (result.consumed < input.size() || is_full)) {
        const Bytes part = input.substr(result.consumed, piece);
        const Decoded step = decoder.decode(part, buffer);
        require(step.taken <= part.size() && step.made <= room);
        if (!step.fault.empty()) return damaged();
        is_full = step.made == room;
        require(step.taken == part.size() || is_full || step.ended);
        result.output += Bytes(buffer).substr(0, step.made);
        if (result.output.size() > most_output) throw TooMuch{};
        result.consumed += step.taken;
        result.ended = step.ended;
    }
    return result;
}

std::string encode(char kind, Bytes plain) {
    std::string stream;
    if (kind == 'z') {
        uLongf size = compressBound(plain.size());
        stream.resize(size);
        compress(reinterpret_cast<Bytef*>(stream.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
                 plain.size());
        stream.resize(size);
    } else if (kind == 'l') {
        LZ4F_preferences_t preferences{};
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
        stream.resize(LZ4F_compressFrameBound(plain.size(), &preferences));
        stream.resize(
            LZ4F_compressFrame(stream.data(), stream.size(), plain.data(), plain.size(), &preferences));
    } else {
        stream.resize(ZSTD_compressBound(plain.size()));
        stream.resize(ZSTD_compress(stream.data(), stream.size(), plain.data(), plain.size(), 3));
    }
    return stream;
}

}  // namespace

/// Changes what is in the stream, or the stream itself, or which of the decoders gets it.
std::string fuzz_mutate(Bytes input, std::size_t most, Random& random) try {
    if (input.size() < 2 || random.one_in(2)) return mutate_bytes(input, most, random);
    const std::unique_ptr<Decoder> decoder = make_decoder(input.front());
    const std::string plain = decode(*decoder, input.substr(2), input.size(), large_room).output;
    const std::size_t room = std::min(plain.size() + 64, most / 2);
    constexpr std::string_view kinds = "zls";
    const char kind = random.pick(kinds);
    const std::string mutant = std::string{kind, static_cast<char>(random.below(256))} +
                               encode(kind, mutate_bytes(plain, room, random));
    return mutant.substr(0, most);
} catch (const TooMuch&) {
    return mutate_bytes(input, most, random);
}

bool fuzz_one(Bytes input) try {
    if (input.size() < 2) return false;
    const std::unique_ptr<Decoder> decoder = make_decoder(input.front());
    const std::size_t piece = 1 + static_cast<unsigned char>(input[1]) % std::size_t{64};
    const Bytes stream = input.substr(2);
    const Result whole = decode(*decoder, stream, stream.size(), large_room);
    require(decode(*decoder, stream, piece, large_room) == whole);
    require(decode(*decoder, stream, stream.size(), piece) == whole);
    if (!whole.ended) return false;
    // What is behind the end of a stream makes no difference to it.
    require(decode(*decoder, stream.substr(0, whole.consumed), piece, piece) == whole);
    const std::string again = encode(input.front(), whole.output);
    require(decode(*decoder, again, piece, large_room).output == whole.output);
    return true;
} catch (const TooMuch&) {
    return false;
}
