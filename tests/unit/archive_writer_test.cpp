// SPDX-License-Identifier: PostgreSQL
// What a rewrite writes: entries, blocks, and offsets that are true or not set.
#include <gtest/gtest.h>

#include "support/archive_builder.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

ArchiveValue three_tables(bool offsets_set) {
    ArchiveValue archive;
    archive.offsets_set = offsets_set;
    archive.entries = first_entries();
    for (int id = 1; id <= 3; ++id) {
        EntryValue data;
        data.dump_id = id;
        data.section = 3;
        data.desc = "TABLE DATA";
        data.tag = "t" + std::to_string(id);
        data.rows = {std::vector<std::string>(static_cast<std::size_t>(id), "row\n")};
        archive.entries.push_back(data);
    }
    return archive;
}

/// Drops the entry with that dump ID and returns the output.
std::string without(const std::string& input, DumpId dropped, bool output_is_a_file) {
    MemorySource source(input);
    Prologue prologue = read_prologue(source);
    prologue.toc.drop(prologue.toc[*prologue.toc.find(dropped)], 0);
    MemorySink sink;
    sink.set_rewritable(output_is_a_file);
    ArchiveWriter writer(sink, prologue);
    read_blocks(source, prologue, writer);
    writer.finish();
    EXPECT_EQ(writer.size(), sink.bytes().size());
    return sink.bytes();
}

/// The archive that a rewrite must give, made from values.
std::string expected_without(ArchiveValue archive, int dropped, bool offsets_set) {
    std::erase_if(archive.entries, [&](const EntryValue& entry) { return entry.dump_id == dropped; });
    archive.offsets_set = offsets_set;
    archive.second_toc = false;
    return build(archive).bytes();
}

TEST(DroppedEntry, TakesItsBlockAlong) {
    for (int id = 1; id <= 3; ++id) {
        const ArchiveValue archive = three_tables(false);
        EXPECT_EQ(without(build(archive).bytes(), id, false), expected_without(archive, id, false)) << id;
    }
}

TEST(DataOffsets, AreShiftedWhereTheyWereKnown) {
    for (int id = 1; id <= 3; ++id) {
        for (const bool file : {false, true}) {
            const ArchiveValue archive = three_tables(true);
            EXPECT_EQ(without(build(archive).bytes(), id, file), expected_without(archive, id, true)) << id;
        }
    }
}

TEST(DataOffsets, AreFilledInWhereTheOutputCanBeOverwritten) {
    const ArchiveValue archive = three_tables(false);
    EXPECT_EQ(without(build(archive).bytes(), 2, true), expected_without(archive, 2, true));
}

TEST(DataOffsets, StayUnsetInAPipe) {
    const ArchiveValue archive = three_tables(false);
    EXPECT_EQ(without(build(archive).bytes(), 2, false), expected_without(archive, 2, false));
}

TEST(DataOffsets, FollowBlocksThatAreNotInTheOrderOfTheToc) {
    ArchiveValue archive = three_tables(false);
    BuiltArchive built = build(archive);
    std::swap(built.blocks[0], built.blocks[2]);
    const std::string output = without(built.bytes(), 2, true);
    MemorySource source(output);
    const Prologue prologue = read_prologue(source);
    const auto position = [&](DumpId id) {
        return prologue.toc[*prologue.toc.find(id)].data_offset().position;
    };
    EXPECT_EQ(position(3), prologue.size);
    EXPECT_EQ(position(1), prologue.size + built.blocks[0].size());
    EXPECT_FALSE(refusal(output));
}

TEST(DataOffsets, TooLargeForTheirFieldStayUnset) {
    ArchiveValue archive = three_tables(false);
    archive.offset_size = 1;  // and the TOC alone is longer than 255 bytes
    EXPECT_EQ(without(build(archive).bytes(), 1, true), expected_without(archive, 1, false));
}

TEST(DataOffsets, OfARedirectedDumpBecomeTrue) {
    const std::string input = read_test_archive("tiny/tiny.17.redirect.dump");
    MemorySource before(input);
    const Prologue original = read_prologue(before);
    DumpId acl = 0;
    for (std::size_t i = 0; i < original.toc.size(); ++i) {
        if (original.toc[i].desc() == "ACL") acl = original.toc[i].dump_id();
    }
    const std::string output = without(input, acl, true);
    MemorySource after(output);
    const Prologue prologue = read_prologue(after);
    for (std::size_t i = 0; i < prologue.toc.size(); ++i)
        EXPECT_NE(prologue.toc[i].data_offset().state, DataOffset::State::not_set);
    EXPECT_FALSE(refusal(output));
}

TEST(SecondToc, NeverSurvivesARewrite) {
    ArchiveValue archive = three_tables(false);
    archive.second_toc = true;
    EXPECT_EQ(without(build(archive).bytes(), 2, false), expected_without(archive, 2, false));
}

TEST(OtherTrailers, NeverSurviveARewrite) {
    const ArchiveValue archive = three_tables(false);
    BuiltArchive built = build(archive);
    built.trailer = "what the rule removed may be here";
    EXPECT_EQ(without(built.bytes(), 2, false), expected_without(archive, 2, false));
}

TEST(ChangedEntry, KeepsEveryOtherByte) {
    for (int minor = 10; minor <= 16; ++minor) {
        ArchiveValue archive = three_tables(false);
        archive.minor = minor;
        archive.int_size = 6;
        const std::string input = build(archive).bytes();
        MemorySource source(input);
        Prologue prologue = read_prologue(source);
        TocEntry& entry = prologue.toc[3];
        EXPECT_FALSE(prologue.toc.set_text(entry, Field::owner, "app", 0)) << "it had that value";
        EXPECT_FALSE(prologue.toc.rewritten());
        EXPECT_TRUE(prologue.toc.set_text(entry, Field::owner, std::nullopt, 0));
        EXPECT_TRUE(prologue.toc.set_text(entry, Field::tablespace, "", 0));
        EXPECT_EQ(prologue.toc.set_text(entry, Field::tableam, "heap", 0), minor >= 14);
        prologue.toc.set_dependencies(entry, {1, 2, 2}, 0);
        EXPECT_EQ(entry.owner(), std::nullopt);
        EXPECT_EQ(entry.original_text(Field::owner), "app");
        EXPECT_EQ(entry.dependencies(), (std::vector<DumpId>{1, 2, 2}));
        MemorySink sink;
        ArchiveWriter writer(sink, prologue);
        read_blocks(source, prologue, writer);
        writer.finish();
        archive.entries[3].owner = std::nullopt;
        archive.entries[3].tablespace = "";
        archive.entries[3].tableam = "heap";
        archive.entries[3].dependencies = {1, 2, 2};
        EXPECT_EQ(sink.bytes(), build(archive).bytes()) << "version 1." << minor;
    }
}

// A million rows of a dump without compression are a million chunks, and must not be a million writes.
TEST(KeptBlock, LeavesInLargePieces) {
    class CountingSink final : public ByteSink {
    public:
        void write(Bytes) override { ++writes; }
        void finish() override {}
        std::size_t writes = 0;
    };
    ArchiveValue archive = three_tables(false);
    archive.entries[2].rows = std::vector<std::string>(10'000, "one row of a table\n");
    const std::string input = build(archive).bytes();
    MemorySource source(input);
    const Prologue prologue = read_prologue(source);
    CountingSink sink;
    ArchiveWriter writer(sink, prologue);
    const std::size_t before = sink.writes;
    read_blocks(source, prologue, writer);
    EXPECT_LE(sink.writes - before, 10u);
}

}  // namespace
}  // namespace pgfilter
