// SPDX-License-Identifier: PostgreSQL
// Inputs in compressed formats: all of what is inside or an error, and little memory.
#include "pgfilter/wrapped.hpp"

#include <gtest/gtest.h>

#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <set>

#include "pgfilter/error.hpp"
#include "support/archive_builder.hpp"
#include "support/compressed.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;
namespace io = boost::iostreams;

constexpr Wrapping all_wrappings[] = {Wrapping::gzip, Wrapping::bzip2, Wrapping::xz, Wrapping::zstd,
                                      Wrapping::lz4};

template <class Filter>
std::string filtered(Filter filter, const std::string& bytes) {
    std::string result;
    io::filtering_ostream stream;
    stream.push(filter);
    stream.push(io::back_inserter(result));
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.reset();
    return result;
}

std::string wrap(Wrapping wrapping, const std::string& bytes) {
    switch (wrapping) {
        case Wrapping::gzip:
            return in_gzip(bytes);
        case Wrapping::bzip2:
            return filtered(io::bzip2_compressor(), bytes);
        case Wrapping::xz:
            return filtered(io::lzma_compressor(), bytes);
        case Wrapping::zstd:
            return in_zstd(bytes);
        case Wrapping::lz4:
            return in_lz4(bytes);
        case Wrapping::none:
            break;
    }
    return bytes;
}

std::string read_all(ByteSource& source) {
    std::string all;
    for (Bytes run = source.peek(1); !run.empty(); run = source.peek(1)) {
        all += run;
        source.skip(run.size());
    }
    return all;
}

std::string unwrap(Wrapping wrapping, Bytes bytes, std::uint64_t ratio = UnwrappingSource::default_ratio) {
    MemorySource stored(bytes);
    UnwrappingSource source(stored, wrapping, ratio);
    return read_all(source);
}

/// The Error that unwrapping ends with; fails the test if there is none.
Error fault(Wrapping wrapping, Bytes bytes, std::uint64_t ratio = UnwrappingSource::default_ratio) {
    try {
        unwrap(wrapping, bytes, ratio);
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << wrapping_name(wrapping) << " was accepted";
    return {ErrorCode::io, ""};
}

std::string content() {
    return read_test_archive("tiny/tiny.17.none.file.dump").substr(0, 3000);
}

TEST(Wrapped, IsRecognisedByItsFirstBytes) {
    for (const Wrapping wrapping : all_wrappings) {
        const std::string wrapped = wrap(wrapping, content());
        EXPECT_EQ(recognise_wrapping(Bytes(wrapped).substr(0, wrapping_magic_size)), wrapping);
        EXPECT_EQ(recognise_wrapping(Bytes(wrapped).substr(0, 2)), Wrapping::none);
    }
    EXPECT_EQ(recognise_wrapping(content()), Wrapping::none);
    EXPECT_EQ(recognise_wrapping(""), Wrapping::none);
    EXPECT_EQ(recognise_wrapping("BZhello"), Wrapping::none);
}

TEST(Wrapped, ComesOutAsItWentIn) {
    for (const Wrapping wrapping : all_wrappings) {
        const std::string wrapped = wrap(wrapping, content());
        EXPECT_EQ(unwrap(wrapping, wrapped), content()) << wrapping_name(wrapping);
        TricklingSource few(wrapped, 1);
        UnwrappingSource source(few, wrapping);
        EXPECT_EQ(read_all(source), content()) << wrapping_name(wrapping);
        EXPECT_EQ(source.wrapped_offset(), wrapped.size());
        EXPECT_EQ(source.offset(), content().size());
    }
}

TEST(Wrapped, NothingIsSomethingToo) {
    for (const Wrapping wrapping : all_wrappings) EXPECT_EQ(unwrap(wrapping, wrap(wrapping, "")), "");
}

/// What three attempts to read it say.
std::set<std::string> faults(Wrapping wrapping, Bytes bytes) {
    MemorySource stored(bytes);
    UnwrappingSource source(stored, wrapping);
    std::set<std::string> words;
    for (int i = 0; i < 3; ++i) {
        try {
            source.skip(source.peek(1).size());
        } catch (const Error& error) {
            words.insert(error.what());
        }
    }
    return words;
}

// --check reads on to the end of what it cannot make out.
TEST(Wrapped, AFaultIsTheSameWhenItIsReadAgain) {
    for (const Wrapping wrapping : {Wrapping::gzip, Wrapping::zstd, Wrapping::lz4}) {
        std::string changed = wrap(wrapping, content());
        for (char& byte : changed) {
            byte = static_cast<char>(byte ^ 4);
            EXPECT_LE(faults(wrapping, changed).size(), 1U) << wrapping_name(wrapping);
            byte = static_cast<char>(byte ^ 4);
        }
    }
}

TEST(Wrapped, StreamsThatFollowEachOtherAreOne) {
    for (const Wrapping wrapping : all_wrappings) {
        const std::string empty = wrap(wrapping, "");
        const std::string twice = wrap(wrapping, content()) + empty + wrap(wrapping, "more") + empty;
        EXPECT_EQ(unwrap(wrapping, twice), content() + "more") << wrapping_name(wrapping);
    }
}

TEST(Wrapped, CutOffAnywhereIsAnError) {
    for (const Wrapping wrapping : all_wrappings) {
        const std::string wrapped = wrap(wrapping, content());
        for (std::size_t size = 0; size < wrapped.size(); ++size) {
            // Nothing at all is not recognised as wrapped.
            if (size == 0) continue;
            const Error error = fault(wrapping, Bytes(wrapped).substr(0, size));
            EXPECT_EQ(error.code(), ErrorCode::damaged);
            EXPECT_NE(error.message().find("is cut off, at byte " + std::to_string(size)), std::string::npos)
                << error.what();
        }
    }
}

TEST(Wrapped, AFlippedBitIsAnErrorOrNothingThatMatters) {
    for (const Wrapping wrapping : all_wrappings) {
        const std::string wrapped = wrap(wrapping, content());
        std::size_t accepted = 0;
        for (std::size_t at = 0; at < wrapped.size(); ++at) {
            std::string flipped = wrapped;
            flipped[at] = static_cast<char>(flipped[at] ^ 1 << at % 8);
            try {
                EXPECT_EQ(unwrap(wrapping, flipped), content()) << wrapping_name(wrapping) << " " << at;
                ++accepted;
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::damaged) << error.what();
            }
        }
        // Times and names in headers, bits that fill up bytes, and the length at gzip's end.
        EXPECT_LE(accepted, 20U) << wrapping_name(wrapping);
    }
}

TEST(Wrapped, WhatFollowsMustBeWrappedToo) {
    for (const Wrapping wrapping : all_wrappings)
        EXPECT_EQ(fault(wrapping, wrap(wrapping, content()) + "and something else, long enough for a header")
                      .code(),
                  ErrorCode::damaged);
}

// A read may end wherever a stream does: 1 byte at once, or all of the first stream, or both.
TEST(Wrapped, StreamsMayFollowEachOtherHoweverTheyAreRead) {
    for (const Wrapping wrapping : all_wrappings) {
        const std::string stream = wrap(wrapping, content());
        for (const std::size_t width : {std::size_t{1}, stream.size(), 2 * stream.size()}) {
            const std::string both = stream + stream;
            TricklingSource few(both, width);
            UnwrappingSource source(few, wrapping);
            EXPECT_EQ(read_all(source), content() + content()) << wrapping_name(wrapping) << " " << width;
        }
    }
}

// One byte says that the frame holds another, and its only block is empty.
TEST(Wrapped, AZstdFrameHoldsWhatItSays) {
    const std::string frame("\x28\xb5\x2f\xfd\x20\x01\x01\x00\x00", 9);
    for (const std::size_t width : {std::size_t{1}, frame.size()}) {
        TricklingSource few(frame, width);
        UnwrappingSource source(few, Wrapping::zstd);
        EXPECT_THROW(read_all(source), Error) << width;
    }
}

TEST(Wrapped, TheRatioIsLimitedBehindTheFirst64MiB) {
    const std::string large(66 << 20, 'x');
    for (const Wrapping wrapping : all_wrappings) {
        const std::string wrapped = wrap(wrapping, large);
        const Error error = fault(wrapping, wrapped, 50);
        EXPECT_EQ(error.code(), ErrorCode::limit) << error.what();
        EXPECT_NE(error.message().find("more than 50 times as large"), std::string::npos) << error.what();
        EXPECT_LE(error.offset().value_or(0), 65U << 20) << wrapping_name(wrapping);
        if (wrapping == Wrapping::lz4) {
            EXPECT_EQ(unwrap(wrapping, wrapped, 0).size(), large.size());
        }
        EXPECT_EQ(unwrap(wrapping, wrap(wrapping, large.substr(0, 1 << 20)), 1).size(), 1U << 20);
    }
}

TEST(Wrapped, WhatBecomesNothingIsLimited) {
    const std::string name(20 << 20, 'x');
    const std::string header("\x1f\x8b\x08\x08\0\0\0\0\0\0", 10);
    EXPECT_EQ(fault(Wrapping::gzip, header + name).code(), ErrorCode::limit);
    std::string frames;
    const std::string skipped = std::string("\x50\x2a\x4d\x18\0\0\x10\0", 8) + std::string(1 << 20, 'x');
    for (int i = 0; i < 20; ++i) frames += skipped;
    EXPECT_EQ(fault(Wrapping::zstd, frames).code(), ErrorCode::limit);
    EXPECT_EQ(fault(Wrapping::lz4, frames).code(), ErrorCode::limit);
}

TEST(Wrapped, FaultsOfTheInputItselfPass) {
    class Failing final : public BufferedSource {
    public:
        Failing() : BufferedSource(16) {}
        std::size_t read_some(char*, std::size_t) override {
            throw Error(ErrorCode::io, "no such luck").at(7);
        }
    };
    for (const Wrapping wrapping : all_wrappings) {
        Failing failing;
        UnwrappingSource source(failing, wrapping);
        try {
            source.peek(1);
            ADD_FAILURE();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::io);
            EXPECT_EQ(error.message(), "no such luck");
            EXPECT_EQ(error.offset(), 0U);
        }
    }
}

}  // namespace
}  // namespace pgfilter
