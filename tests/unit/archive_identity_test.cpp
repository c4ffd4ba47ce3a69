// SPDX-License-Identifier: PostgreSQL
// What the reader accepts, the writer reproduces.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/archive_builder.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

class EveryArchive : public testing::TestWithParam<std::string> {};

TEST_P(EveryArchive, IsReproducedWhateverTheReadsAndBuffers) {
    const std::string archive = read_test_archive(GetParam());
    const bool is_tiny = archive.size() < 10'000;
    for (const std::size_t at_once :
         {std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{4096}, archive.size()}) {
        if (!is_tiny && at_once < 7) continue;
        TricklingSource source(archive, at_once);
        MemorySink sink;
        copy_archive(source, sink);
        EXPECT_TRUE(sink.finished());
        ASSERT_EQ(sink.bytes() == archive, true) << GetParam() << " in reads of " << at_once;
    }
}

INSTANTIATE_TEST_SUITE_P(All, EveryArchive, testing::ValuesIn(test_archives()), [](const auto& test) {
    std::string name = test.param;
    for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
});

TEST(Redirected, TrailerIsRecognised) {
    for (const char* name : {"tiny/tiny.17.redirect.dump", "tiny/tiny.18.redirect.dump"}) {
        const std::string archive = read_test_archive(name);
        MemorySource source(archive);
        MemorySink sink;
        const Trailer trailer = copy_archive(source, sink);
        EXPECT_EQ(trailer.kind, Trailer::Kind::second_toc) << name;
        EXPECT_EQ(trailer.position + trailer.size, archive.size());
        EXPECT_EQ(sink.bytes(), archive);
    }
}

// Every prefix of an archive must be refused, with the offset at which it ends, and leave an output that is
// no archive.  What follows the last block is not needed.
TEST(Truncation, IsNoticedAtEveryByte) {
    for (const std::string& name : test_archives("tiny")) {
        const std::string archive = read_test_archive(name);
        MemorySource whole(archive);
        MemorySink ignored;
        const std::size_t end = copy_archive(whole, ignored).position;
        for (std::size_t size = 0; size < end; ++size) {
            std::string output;
            const auto error = refusal(Bytes(archive).substr(0, size), &output);
            ASSERT_TRUE(error) << name << " cut to " << size;
            if (size > 5) {
                ASSERT_EQ(error->code(), ErrorCode::damaged)
                    << name << " cut to " << size << ": " << error->what();
                ASSERT_EQ(error->offset(), size) << name << ": " << error->what();
            }
            ASSERT_TRUE(refusal(output)) << name << " cut to " << size << " left a complete archive";
        }
        for (std::size_t size = end; size <= archive.size(); ++size)
            ASSERT_FALSE(refusal(Bytes(archive).substr(0, size))) << name << " cut to " << size;
    }
}

// Of rewritten output too: the damage can be in a block that is left out.
TEST(Truncation, LeavesNoCompleteArchiveBehindWhenTheDamagedBlockIsDropped) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    for (std::size_t size = 3520; size < archive.size(); ++size) {
        MemorySource source(Bytes(archive).substr(0, size));
        Prologue prologue = read_prologue(source);
        for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
            if (prologue.toc[i].has_data()) prologue.toc.drop(prologue.toc[i], 0);
        }
        MemorySink sink;
        ArchiveWriter writer(sink, prologue);
        EXPECT_THROW(read_blocks(source, prologue, writer), Error);
        ASSERT_TRUE(refusal(sink.bytes())) << size;
    }
}

TEST(BitFlips, InHeaderAndTocAreRefusedOrReproduced) {
    std::size_t refused = 0;
    std::size_t reproduced = 0;
    for (const char* name :
         {"tiny/tiny.17.file.dump", "tiny/tiny.15.none.pipe.dump", "tiny/tiny.18.redirect.dump"}) {
        const std::string archive = read_test_archive(name);
        MemorySource source(archive);
        const std::uint64_t end = read_prologue(source).size;
        for (std::size_t bit = 0; bit < 8 * end; ++bit) {
            std::string flipped = archive;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            std::string output;
            if (refusal(flipped, &output)) {
                ++refused;
            } else {
                ++reproduced;
                ASSERT_EQ(output == flipped, true) << name << ", bit " << bit;
            }
        }
    }
    // Both kinds must really occur: lengths, counts and IDs on one side, text on the other.
    EXPECT_GT(refused, 10'000u);
    EXPECT_GT(reproduced, 10'000u);
}

rc::Gen<MaybeText> any_text() {
    return rc::gen::oneOf(rc::gen::just(MaybeText()),
                          rc::gen::map(rc::gen::arbitrary<std::string>(),
                                       [](std::string s) { return MaybeText(std::move(s)); }));
}

rc::Gen<std::vector<std::string>> any_chunks() {
    return rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(rc::gen::arbitrary<std::string>()));
}

EntryValue any_entry(int dump_id) {
    EntryValue entry;
    entry.dump_id = dump_id;
    entry.section = *rc::gen::inRange(1, 5);
    entry.tag = *rc::gen::arbitrary<std::string>();
    entry.desc = *rc::gen::element<std::string>("TABLE", "ACL", "TABLE DATA", "NEW KIND", "");
    entry.defn = *any_text();
    entry.drop_stmt = *any_text();
    entry.copy_stmt = *any_text();
    entry.namespace_ = *any_text();
    entry.tablespace = *any_text();
    entry.tableam = *any_text();
    entry.relkind = *rc::gen::inRange(0, 127);
    entry.owner = *any_text();
    entry.dependencies = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 127));
    switch (*rc::gen::inRange(0, 3)) {
        case 1:
            entry.rows = *any_chunks();
            break;
        case 2:
            entry.desc = "BLOBS";
            entry.large_objects.emplace();
            for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
                entry.large_objects->emplace_back(*rc::gen::nonZero<std::uint8_t>() & 0x7f, *any_chunks());
            std::erase_if(*entry.large_objects, [](const auto& object) { return object.first == 0; });
            break;
        default:
            break;
    }
    return entry;
}

ArchiveValue any_archive() {
    ArchiveValue archive;
    archive.minor = *rc::gen::inRange(10, 17);
    // Lengths and IDs of these archives fit in one byte (if they did not, the builder would cut them).
    archive.int_size = *rc::gen::element<std::size_t>(1, 2, 3, 4, 5, 8, 16, 32);
    archive.offset_size = *rc::gen::element<std::size_t>(2, 4, 5, 8, 16, 32);
    archive.compression = *rc::gen::inRange(0, archive.minor >= 15 ? 4 : 10);
    archive.database = *any_text();
    archive.offsets_set = *rc::gen::arbitrary<bool>();
    archive.second_toc = *rc::gen::arbitrary<bool>();
    const int count = *rc::gen::inRange(0, 9);
    for (int i = 0; i < count; ++i) archive.entries.push_back(any_entry(100 - 7 * i));
    return archive;
}

bool fits(const std::string& text) {
    return text.size() < 256;
}

void check_values(const ArchiveValue& archive, const Prologue& prologue) {
    RC_ASSERT(prologue.toc.size() == archive.entries.size());
    const auto same = [](Text read, const MaybeText& written) {
        return read.has_value() == written.has_value() && (!read || *read == *written);
    };
    for (std::size_t i = 0; i < archive.entries.size(); ++i) {
        const EntryValue& written = archive.entries[i];
        const TocEntry& read = prologue.toc[i];
        RC_ASSERT(read.dump_id() == written.dump_id);
        RC_ASSERT(read.has_data() == written.has_data());
        RC_ASSERT(read.tag() == written.tag);
        RC_ASSERT(read.desc() == written.desc);
        RC_ASSERT(same(read.text(Field::defn), written.defn));
        RC_ASSERT(same(read.text(Field::drop_stmt), written.drop_stmt));
        RC_ASSERT(same(read.text(Field::copy_stmt), written.copy_stmt));
        RC_ASSERT(same(read.namespace_(), written.namespace_));
        RC_ASSERT(same(read.text(Field::tablespace), written.tablespace));
        RC_ASSERT(same(read.text(Field::tableam), archive.minor >= 14 ? written.tableam : MaybeText()));
        RC_ASSERT(same(read.owner(), written.owner));
        RC_ASSERT(read.dependencies() == written.dependencies);
    }
}

RC_GTEST_PROP(GeneratedArchives, AreReadAndReproduced, ()) {
    const ArchiveValue archive = any_archive();
    for (const EntryValue& entry : archive.entries) {
        for (const MaybeText& text :
             {entry.defn, entry.drop_stmt, entry.copy_stmt, entry.namespace_, entry.owner})
            RC_PRE(fits(text.value_or("")));
        RC_PRE(fits(entry.tag));
    }
    const BuiltArchive built = build(archive);
    const std::string bytes = built.bytes();
    RC_PRE(bytes.size() < 65'536u);

    TricklingSource source(bytes, *rc::gen::element<std::size_t>(1, 3, 7, 100'000));
    const Prologue prologue = read_prologue(source);
    check_values(archive, prologue);
    RC_ASSERT(prologue.size == built.prologue_size());
    MemorySink sink;
    ArchiveWriter writer(sink, prologue);
    const Trailer trailer = read_blocks(source, prologue, writer);
    writer.finish();
    RC_ASSERT(sink.bytes() == bytes);
    RC_ASSERT((trailer.kind == Trailer::Kind::second_toc) ==
              (archive.second_toc && !archive.entries.empty()));
}

}  // namespace
}  // namespace pgfilter
