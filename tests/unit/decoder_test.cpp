// Each decoder: the same in pieces of any size, and no further than the end of a stream.
#include "codecs/decoder.hpp"

#include <gtest/gtest.h>

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

TEST(Decoder, GivesTheSameInPiecesOfAnySize) {
    const std::string plain = numbers();
    for (const Codec& codec : codecs) {
        const std::string stored = codec.encode(plain);
        const auto decoder = codec.make();
        for (const auto& [piece, room] : {std::pair<std::size_t, std::size_t>{1, 1'000},
                                          {4096, 7},
                                          {777, 1},
                                          {stored.size(), plain.size() + 1}}) {
            const Result result = decode(*decoder, stored, piece, room);
            EXPECT_TRUE(result.ended && result.fault.empty()) << codec.name << ": " << result.fault;
            EXPECT_EQ(result.taken, stored.size()) << codec.name;
            EXPECT_TRUE(result.plain == plain) << codec.name << ", in pieces of " << piece;
        }
    }
}

TEST(Decoder, StopsAtTheEndOfAStreamAndBeginsTheNext) {
    for (const Codec& codec : codecs) {
        const std::string first = codec.encode("first");
        const std::string both = first + codec.encode("") + codec.encode("second");
        const auto decoder = codec.make();
        std::string plain;
        std::size_t at = 0;
        for (int stream = 0; stream < 3; ++stream) {
            const Result result = decode(*decoder, Bytes(both).substr(at), both.size(), 100);
            EXPECT_TRUE(result.ended) << codec.name;
            plain += result.plain;
            at += result.taken;
            if (stream == 0) {
                EXPECT_EQ(at, first.size()) << codec.name;
            }
        }
        EXPECT_EQ(plain, "firstsecond") << codec.name;
        EXPECT_EQ(at, both.size()) << codec.name;
    }
}

TEST(Decoder, TellsACutStreamFromADamagedOne) {
    const std::string plain = numbers();
    for (const Codec& codec : codecs) {
        const std::string stored = codec.encode(plain);
        const auto decoder = codec.make();
        for (const std::size_t size : {std::size_t{1}, stored.size() / 2, stored.size() - 1}) {
            const Result cut = decode(*decoder, Bytes(stored).substr(0, size), 4096, 4096);
            EXPECT_TRUE(!cut.ended && cut.fault.empty()) << codec.name << ": " << cut.fault;
            EXPECT_EQ(cut.taken, size) << codec.name;
            decoder->begin();
        }
        std::string damaged = stored;
        damaged.back() = static_cast<char>(damaged.back() ^ 1);  // of a checksum, or of gzip's length
        const Result bad = decode(*decoder, damaged, 4096, 4096);
        EXPECT_FALSE(bad.ended || bad.fault.empty()) << codec.name;
        decoder->begin();
        EXPECT_TRUE(decode(*decoder, stored, 4096, 4096).plain == plain) << codec.name << ", after damage";
    }
}

}  // namespace
}  // namespace pgfilter
