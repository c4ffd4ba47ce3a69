// SPDX-License-Identifier: PostgreSQL
// The steps of one block: the same from a source of any size, and all of its bytes.
#include "archive/frame_walker.hpp"

#include <gtest/gtest.h>

#include "pgfilter/finding.hpp"
#include "support/archive_builder.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;
using StepKind = FrameStep::Kind;
using Detail = FrameWalker::Detail;

/// A block of rows and one of large objects, the last beyond what an int holds.
std::vector<std::string> blocks() {
    ArchiveValue archive;
    EntryValue rows;
    rows.desc = "TABLE DATA";
    rows.rows = {{"1\n", std::string(3000, '2'), "\\.\n\n\n"}};
    EntryValue objects;
    objects.dump_id = 2;
    objects.desc = "BLOBS";
    objects.large_objects = {{{7, {"seven", "7"}}, {8, {}}, {4'000'000'000U, {"much"}}}};
    archive.entries = {rows, objects};
    return build(archive).blocks;
}

/// What the steps come to: "<OID:" and ">" around the bytes of a stream, "|" in front of a block's last
/// bytes.
std::string walk(ByteSource& source, Detail detail) {
    FrameWalker frames(source, Layout(), detail);
    std::string all;
    for (;;) {
        const FrameStep step = frames.step();
        if (step.kind == StepKind::stream_begins)
            all += '<' + (frames.oid() ? std::to_string(*frames.oid()) + ':' : "");
        if (step.kind == StepKind::stream_ends) all += '>';
        if (step.kind == StepKind::block_ends) all += '|';
        all += step.bytes;
        if (detail == Detail::block) source.skip(step.bytes.size());
        if (step.kind == StepKind::block_ends) return all;
    }
}

TEST(FrameWalker, ComesToTheStreamsOfABlock) {
    const std::vector<std::string> both = blocks();
    for (const std::size_t at_once : {7U, 16U, 1000U, 100'000U}) {
        TricklingSource rows(both[0], at_once);
        EXPECT_EQ(walk(rows, Detail::streams), "<1\n" + std::string(3000, '2') + "\\.\n\n\n>|");
        TricklingSource objects(both[1], at_once);
        EXPECT_EQ(walk(objects, Detail::streams), "<7:seven7><8:><4000000000:much>|");
    }
}

TEST(FrameWalker, PassesABlockAsItIsStoredAndItsLastBytesAlone) {
    for (const std::string& block : blocks()) {
        for (const std::size_t at_once : {7U, 16U, 1000U, 100'000U}) {
            const std::string input = block + "next";
            TricklingSource source(input, at_once);
            EXPECT_EQ(walk(source, Detail::block),
                      block.substr(0, block.size() - 5) + '|' + block.substr(block.size() - 5));
            EXPECT_EQ(source.offset(), block.size());
        }
    }
}

void expect_truncated(Bytes block, Detail detail) {
    MemorySource source(block);
    try {
        walk(source, detail);
        ADD_FAILURE() << "complete with " << block.size() << " bytes";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), FindingKind::truncated);
        EXPECT_EQ(error.offset(), block.size()) << error.what();
        EXPECT_TRUE(detail == Detail::streams || block.size() - source.offset() < 6);
    }
}

TEST(FrameWalker, ShowsWhatIsGoodInFrontOfAFault) {
    for (const std::string& block : blocks()) {
        for (std::size_t size = 0; size < block.size(); ++size) {
            expect_truncated(Bytes(block).substr(0, size), Detail::block);
            expect_truncated(Bytes(block).substr(0, size), Detail::streams);
        }
    }
}

}  // namespace
}  // namespace pgfilter
