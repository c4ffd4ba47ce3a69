// SPDX-License-Identifier: PostgreSQL
// Each decoder: the same in pieces of any size, and no further than the end of a stream.
#include "codecs/decoder.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/compressed.hpp"

namespace pgfilter {
namespace {

using namespace test;

struct Codec {
    const char* name;
    std::unique_ptr<Decoder> (*make)();
    std::string (*encode)(const std::string& plain);
};

constexpr Codec codecs[] = {
    {"zlib", make_zlib_decoder, in_zlib},
    {"gzip", make_gzip_decoder, in_gzip},
    {"lz4", make_lz4_decoder, in_lz4},
    {"zstd", make_zstd_decoder, in_zstd},
};

std::string numbers() {
    std::string plain;
    for (int i = 0; i < 50'000; ++i) plain += std::to_string(i * 7919 % 10'007);
    return plain;
}

struct Result {
    std::string plain;
    std::size_t taken = 0;
    bool ended = false;
    std::string fault;
};

/// One stream, from pieces of that size, into as much room.
Result decode(Decoder& decoder, Bytes stored, std::size_t piece, std::size_t room) {
    Result result;
    std::string buffer(room, '\0');
    bool is_full = false;
    while (!result.ended && result.fault.empty() && (result.taken < stored.size() || is_full)) {
        const Decoded step = decoder.decode(stored.substr(result.taken, piece), buffer);
        is_full = step.made == room;
        result.plain += Bytes(buffer).substr(0, step.made);
        result.taken += step.taken;
        result.ended = step.ended;
        result.fault = step.fault;
    }
    return result;
}

void expect_same(const Codec& codec, const std::string& plain, std::size_t piece, std::size_t room) {
    const std::string stored = codec.encode(plain);
    const Result result = decode(*codec.make(), stored, piece, room);
    EXPECT_TRUE(result.ended && result.fault.empty()) << codec.name << ": " << result.fault;
    EXPECT_EQ(result.taken, stored.size()) << codec.name;
    EXPECT_TRUE(result.plain == plain) << codec.name << ", in pieces of " << piece;
}

TEST(Decoder, GivesTheSameInPiecesOfAnySize) {
    const std::string plain = numbers();
    for (const Codec& codec : codecs) {
        expect_same(codec, plain, 1, 1'000);
        expect_same(codec, plain, 777, 1);
        expect_same(codec, plain, 4096, 7);
        expect_same(codec, plain, plain.size(), plain.size() + 1);
    }
}

/// One behind the other, up to one that has no end.
std::vector<std::string> decode_streams(Decoder& decoder, Bytes stored) {
    std::vector<std::string> streams;
    while (!stored.empty()) {
        const Result result = decode(decoder, stored, stored.size(), 100);
        if (!result.ended) break;
        streams.push_back(result.plain);
        stored.remove_prefix(result.taken);
    }
    return streams;
}

TEST(Decoder, StopsAtTheEndOfAStreamAndBeginsTheNext) {
    const std::vector<std::string> plain{"first", "", "second"};
    for (const Codec& codec : codecs) {
        std::string stored;
        for (const std::string& stream : plain) stored += codec.encode(stream);
        EXPECT_EQ(decode_streams(*codec.make(), stored), plain) << codec.name;
    }
}

void expect_cut(const Codec& codec, Bytes stored) {
    const Result cut = decode(*codec.make(), stored, 4096, 4096);
    EXPECT_TRUE(!cut.ended && cut.fault.empty()) << codec.name << ": " << cut.fault;
    EXPECT_EQ(cut.taken, stored.size()) << codec.name;
}

TEST(Decoder, TellsACutStreamFromADamagedOne) {
    const std::string plain = numbers();
    for (const Codec& codec : codecs) {
        const std::string stored = codec.encode(plain);
        for (const std::size_t size : {std::size_t{1}, stored.size() / 2, stored.size() - 1})
            expect_cut(codec, Bytes(stored).substr(0, size));
        std::string damaged = stored;
        damaged.back() = static_cast<char>(damaged.back() ^ 1);  // of a checksum, or of gzip's length
        const auto decoder = codec.make();
        const Result bad = decode(*decoder, damaged, 4096, 4096);
        EXPECT_FALSE(bad.ended || bad.fault.empty()) << codec.name;
        decoder->begin();
        EXPECT_TRUE(decode(*decoder, stored, 4096, 4096).plain == plain) << codec.name << ", after damage";
    }
}

}  // namespace
}  // namespace pgfilter
