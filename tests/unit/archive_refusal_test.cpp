// SPDX-License-Identifier: PostgreSQL
// What the reader refuses, where, and in which words.
#include <gtest/gtest.h>

#include "pgfilter/finding.hpp"
#include "support/archive_builder.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

ArchiveValue two_tables() {
    ArchiveValue archive;
    archive.entries = first_entries();
    for (int id = 1; id <= 2; ++id) {
        EntryValue data;
        data.dump_id = id;
        data.section = 3;
        data.desc = "TABLE DATA";
        data.tag = "t" + std::to_string(id);
        data.rows = {{"1\n", "2\n", "\\.\n\n\n"}};
        archive.entries.push_back(data);
    }
    return archive;
}

void expect_refused(const std::string& input, ErrorCode code, std::optional<std::uint64_t> offset,
                    const std::string& words) {
    const auto error = refusal(input);
    ASSERT_TRUE(error) << "accepted, instead of: " << words;
    EXPECT_EQ(error->code(), code) << error->what();
    if (offset) {
        EXPECT_EQ(error->offset(), offset) << error->what();
    }
    EXPECT_NE(std::string(error->what()).find(words), std::string::npos) << error->what();
}

std::string with_byte(std::string bytes, std::size_t at, int value) {
    bytes[at] = static_cast<char>(value);
    return bytes;
}

TEST(ForeignInput, IsNamed) {
    const auto refuse = [](const std::string& input, const std::string& words) {
        expect_refused(input, ErrorCode::unsupported, std::nullopt, words);
    };
    refuse("", "input is empty");
    refuse("PGD", "archive ends inside magic string");
    refuse(std::string("\x1f\x8b\x08\0", 4), "wrapped in gzip");
    refuse("\x28\xb5\x2f\xfd....", "wrapped in zstd");
    refuse("\x04\x22\x4d\x18....", "wrapped in lz4");
    refuse(std::string("\xfd"
                       "7zXZ\0..",
                       8),
           "wrapped in xz");
    refuse("BZh91AY", "wrapped in bzip2");
    refuse("--\n-- PostgreSQL database dump\n--\n\n", "plain SQL dump");
    refuse("--\r\n-- PostgreSQL database dump\r\n--\r\n\r\n", "plain SQL dump");
    refuse("--\n-- PostgreSQL database cluster dump\n--\n\n", "plain SQL of pg_dumpall");
    refuse("motd\nPGDMP" + std::string("\1\20\0", 3), "printed in front of the archive: 'motd'");
    refuse("pg_dump: error: connection failed\nhint",
           "what pg_dump complains of, 'pg_dump: error: connection failed'");
    refuse("hello\n", "text, not a pg_dump archive, 'hello'");
    refuse(
        "\x7f"
        "ELF\x02\x01\x01",
        "starts with the bytes 7f 45 4c 46 02 01 01");
    refuse(read_test_archive("tiny/tiny.17.tar"), "tar-format dump");
    refuse(read_test_archive("tiny/tiny.17.toc.dat"), "toc.dat of a directory-format or tar-format dump");
}

TEST(ForeignInput, OfAFailedDownloadIsNamed) {
    const auto refuse = [](const std::string& input, const std::string& words) {
        expect_refused(input, ErrorCode::unsupported, 0, words);
    };
    refuse("<!DOCTYPE html>\n<html><head><TITLE> 403\x1b Forbidden</TITLE>", "a web page, '403? Forbidden'");
    refuse("\n <html>", "a web page, '<html>'");
    refuse("<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code></Error>", "is XML, '<?xml version");
    refuse("{\"error\": \"expired\"}", "is JSON, '{\"error\"");
    refuse("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull");
}

TEST(ForeignInput, ThatIsEncryptedIsNamed) {
    const auto refuse = [](Bytes input, const std::string& words) {
        expect_refused(std::string(input), ErrorCode::unsupported, 0, words);
    };
    refuse("age-encryption.org/v1\n-> X25519 x\n", "encrypted with age");
    refuse("-----BEGIN AGE ENCRYPTED FILE-----\n", "encrypted with age");
    refuse("-----BEGIN PGP MESSAGE-----\n\n", "encrypted with gpg");
    refuse(Bytes("\x8c\x0d\x04\x09\x03\x02", 6), "encrypted with gpg");
    refuse(Bytes("\x85\x01\x0c\x03\x11\x22", 6), "encrypted with gpg");
    refuse(Bytes("\xc3\x2e\x06\x09\x02\x0b", 6), "encrypted with gpg");
    refuse(Bytes("\x8c\x0d\x84\x09\x03\x02", 6), "starts with the bytes");
    refuse("Salted__12345678", "encrypted with openssl");
}

TEST(ForeignInput, ConvertedOrSentAsTextIsNamed) {
    const auto refuse = [](Bytes input, const std::string& words) {
        expect_refused(std::string(input), ErrorCode::unsupported, 0, words);
    };
    refuse(Bytes("\xff\xfeP\0G\0D\0M\0P\0\1\0", 14), "converted to UTF-16");
    refuse(Bytes("\xfe\xff\0P\0G\0D\0M\0P\0\1", 14), "converted to UTF-16");
    refuse(Bytes("\xff\xfe-\0-\0", 6), "text in UTF-16");
    refuse("\xef\xbb\xbfPGDMP\1", "converted to UTF-8");
}

TEST(TextDamage, IsNamedAndOnlyThen) {
    for (const std::string& name : test_archives()) {
        const std::string archive = read_test_archive(name);
        std::string sent;
        std::string replaced;
        for (const char c : archive) {
            if (c == '\n') sent += '\r';
            sent += c;
            replaced += static_cast<signed char>(c) < 0 ? "\xef\xbf\xbd" : std::string(1, c);
        }
        const auto of_sent = refusal(sent);
        ASSERT_TRUE(of_sent) << name;
        EXPECT_NE(std::string(of_sent->what()).find("has become CR LF"), std::string::npos)
            << of_sent->what();
        const auto of_replaced = refusal(replaced);
        ASSERT_TRUE(of_replaced) << name;
        EXPECT_NE(std::string(of_replaced->what()).find("took the archive for text"), std::string::npos)
            << of_replaced->what();
        for (const std::size_t size :
             {archive.size() / 2, std::size_t{300}, std::size_t{60}, std::size_t{8}}) {
            const auto of_cut = refusal(Bytes(archive).substr(0, size));
            ASSERT_TRUE(of_cut) << name;
            EXPECT_EQ(std::string(of_cut->what()).find("CR LF"), std::string::npos) << of_cut->what();
        }
    }
}

TEST(Version, OutsideTheKnownIsRefused) {
    const std::string archive = build(two_tables()).bytes();
    for (int minor = 0; minor < 10; ++minor)
        expect_refused(with_byte(archive, 6, minor), ErrorCode::unsupported, 5, "older than PostgreSQL 8.0");
    expect_refused(with_byte(archive, 6, 17), ErrorCode::unsupported, 5, "archive version 1.17 is newer");
    expect_refused(with_byte(archive, 5, 2), ErrorCode::unsupported, 5, "newer");
    expect_refused(with_byte(archive, 7, 128), ErrorCode::unsupported, 5, "was never written");
}

TEST(HeaderFields, AreChecked) {
    const std::string archive = build(two_tables()).bytes();
    expect_refused(with_byte(archive, 8, 0), ErrorCode::damaged, 8, "integer size 0");
    expect_refused(with_byte(archive, 8, 33), ErrorCode::damaged, 8, "integer size 33");
    expect_refused(with_byte(archive, 9, 0), ErrorCode::damaged, 9, "offset size 0");
    expect_refused(with_byte(archive, 10, 2), ErrorCode::damaged, 10, "format 2");
    expect_refused(with_byte(archive, 11, 4), ErrorCode::unsupported, 11, "compression algorithm 4");
}

TEST(Count, CannotLie) {
    const BuiltArchive built = build(two_tables());
    const auto with_count = [&](std::int64_t count) {
        BuiltArchive changed = built;
        changed.toc.replace(0, 5, encode_int(count));
        return changed.bytes();
    };
    expect_refused(with_count(-1), ErrorCode::damaged, built.header.size(), "number of entries is negative");
    expect_refused(with_count(3), ErrorCode::damaged, std::nullopt, "");
    expect_refused(with_count(5), ErrorCode::damaged, std::nullopt, "entry 5 of 5");
    expect_refused(with_count(90'000'000), ErrorCode::damaged, std::nullopt, "entry 5 of 90000000");
    expect_refused(with_count(0x7fffffff), ErrorCode::limit, built.header.size(), "more than the limit");
}

TEST(EntryFields, AreChecked) {
    const auto refuse = [](auto change, const std::string& words) {
        ArchiveValue archive = two_tables();
        change(archive.entries[2]);
        const auto before = build({16, 4, 8, 0, "db", false, false, first_entries()});
        expect_refused(build(archive).bytes(), ErrorCode::damaged, std::nullopt, words);
        const auto error = refusal(build(archive).bytes());
        ASSERT_TRUE(error && error->offset());
        EXPECT_GE(*error->offset(), before.prologue_size()) << error->what();
        EXPECT_NE(error->entry().find("entry"), std::string::npos) << error->what();
    };
    refuse([](EntryValue& e) { e.dump_id = 0; }, "dump ID 0 is not positive");
    refuse([](EntryValue& e) { e.dump_id = -7; }, "dump ID -7 is not positive");
    refuse([](EntryValue& e) { e.dump_id = 2; }, "another entry has the same dump ID");
    refuse([](EntryValue& e) { e.section = 0; }, "section 0 is not between 1 and 4");
    refuse([](EntryValue& e) { e.section = 5; }, "section 5 is not between 1 and 4");
    refuse([](EntryValue& e) { e.dependencies = {-1}; }, "dependency \"-1\" is not a dump ID");
}

TEST(EntryFields, MayNotBeNullWhereReadersCrash) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    const std::size_t tag = archive.find(encode_text("ENCODING"));
    std::string without_tag = archive;
    without_tag.replace(tag, 13, encode_text(std::nullopt));
    expect_refused(without_tag, ErrorCode::damaged, tag, "tag is NULL");
}

TEST(DataFlags, MustAgree) {
    const BuiltArchive built = build(two_tables());
    const std::size_t last_offset = built.prologue_size() - 9;
    expect_refused(with_byte(built.bytes(), last_offset, 3), ErrorCode::damaged, std::nullopt,
                   "entry 2 (TABLE DATA public t2)");
    expect_refused(with_byte(built.bytes(), last_offset, 3), ErrorCode::damaged, std::nullopt,
                   "offset says that it has none");
    expect_refused(with_byte(built.bytes(), last_offset, 4), ErrorCode::damaged, last_offset,
                   "data offset flag 4");
    expect_refused(with_byte(built.bytes(), last_offset, 0), ErrorCode::damaged, last_offset,
                   "data offset flag 0");
}

TEST(Offsets, MustBeTrue) {
    ArchiveValue archive = two_tables();
    archive.offsets_set = true;
    const BuiltArchive built = build(archive);
    ASSERT_FALSE(refusal(built.bytes()));
    const std::size_t last = built.prologue_size() - 8;
    const auto with_last = [&](std::uint64_t position) {
        std::string bytes = built.bytes();
        for (std::size_t i = 0; i < 8; ++i) bytes[last + i] = static_cast<char>(position >> (8 * i));
        return bytes;
    };
    const std::uint64_t second_block = built.prologue_size() + built.blocks[0].size();
    EXPECT_EQ(with_last(second_block), built.bytes());
    expect_refused(with_last(second_block + 1), ErrorCode::damaged, second_block, "not where the entry says");
    expect_refused(with_last(built.prologue_size()), ErrorCode::damaged, std::nullopt,
                   "also another entry's");
    expect_refused(with_last(5), ErrorCode::damaged, std::nullopt, "data offset is not that of the first");
    expect_refused(with_last(std::uint64_t{1} << 63), ErrorCode::damaged, last - 1,
                   "data offset is too large");
}

TEST(Offsets, CannotPointIntoTheTocWhereOthersAreNotSet) {
    const BuiltArchive built = build(two_tables());
    const std::size_t flag = built.prologue_size() - 9;
    const std::string changed = with_byte(with_byte(built.bytes(), flag, 2), flag + 1, 5);
    expect_refused(changed, ErrorCode::damaged, std::nullopt, "points into the table of contents");
}

TEST(Blocks, MustBeTheAnnouncedOnes) {
    const BuiltArchive built = build(two_tables());
    const std::uint64_t first = built.prologue_size();
    const std::uint64_t second = first + built.blocks[0].size();
    const auto with_blocks = [&](std::vector<std::string> blocks) {
        BuiltArchive changed = built;
        changed.blocks = std::move(blocks);
        return changed.bytes();
    };
    const std::string& one = built.blocks[0];
    const std::string& two = built.blocks[1];
    EXPECT_FALSE(refusal(with_blocks({two, one}))) << "another order is no fault";
    expect_refused(with_blocks({one}), ErrorCode::damaged, second, "entry 2 (TABLE DATA public t2), offset");
    expect_refused(with_blocks({two}), ErrorCode::damaged, second, "entry 1 (TABLE DATA public t1), offset");
    expect_refused(with_blocks({}), ErrorCode::damaged, first, "ends before the data block");
    expect_refused(with_blocks({one, one, two}), ErrorCode::damaged, second,
                   "second data block of the same entry");
    expect_refused(with_blocks({one, two, one}), ErrorCode::damaged, second + two.size(),
                   "second data block");
    expect_refused(with_blocks({one, '\1' + encode_int(3) + encode_int(0), two}), ErrorCode::damaged, second,
                   "data block of dump ID 3, which no entry has");
    expect_refused(with_blocks({one, two, '\1' + encode_int(3) + encode_int(0)}), ErrorCode::damaged,
                   second + two.size(), "data block of dump ID 3, which no entry has");
    expect_refused(with_blocks({one, '\1' + encode_int(9001) + encode_int(0), two}), ErrorCode::damaged,
                   second, "entry that has no data");
    expect_refused(with_blocks({one, '\2' + two.substr(1)}), ErrorCode::damaged, second,
                   "block type 2 is not known");
    expect_refused(with_blocks({one, '\3' + two.substr(1)}), ErrorCode::damaged, second,
                   "large objects where rows are expected");
    expect_refused(with_blocks({one, '\1' + encode_int(-2) + encode_int(0)}), ErrorCode::damaged, second, "");
}

// --check goes by them, and tells each in its own words.
TEST(Refusals, SayWhatKindOfFaultItIs) {
    const BuiltArchive built = build(two_tables());
    const std::string all = built.bytes();
    const std::string& two = built.blocks[1];
    const std::string but_second = all.substr(0, all.size() - two.size());
    BuiltArchive negative = built;
    negative.toc.replace(0, 5, encode_int(-1));
    const std::pair<std::string, FindingKind> cases[] = {
        {but_second, FindingKind::block_missing},
        {but_second + two.substr(0, 3), FindingKind::truncated},
        {all.substr(0, all.size() - 7), FindingKind::truncated},  // inside a chunk
        {all.substr(0, all.size() - 2), FindingKind::truncated},  // inside a length
        {but_second + built.blocks[0], FindingKind::block_twice},
        {but_second + '\1' + encode_int(3) + encode_int(0), FindingKind::block_unannounced},
        {but_second + '\2' + two.substr(1), FindingKind::block_frames},
        {but_second + '\3' + two.substr(1), FindingKind::block_type},
        {but_second + two.substr(0, 6) + encode_int(-2), FindingKind::block_frames},
        {all + '\1' + encode_int(3), FindingKind::trailing_bytes},
        {negative.bytes(), FindingKind::field_value},
    };
    for (const auto& [bytes, kind] : cases) {
        const auto error = refusal(bytes);
        EXPECT_EQ(error ? error->kind() : std::nullopt, kind) << "up to byte " << bytes.size();
    }
}

TEST(Chunks, CannotHaveNegativeLengths) {
    BuiltArchive built = build(two_tables());
    built.blocks[0].replace(6, 5, encode_int(-2));
    expect_refused(built.bytes(), ErrorCode::damaged, built.prologue_size() + 6,
                   "data chunk's length is out of range");
}

TEST(Integers, MustFitPostgreSQLsInt) {
    ArchiveValue archive = two_tables();
    archive.int_size = 8;
    BuiltArchive built = build(archive);
    built.toc[1 + 4] = 1;  // the number of entries, beyond 32 bits
    expect_refused(built.bytes(), ErrorCode::damaged, built.header.size(),
                   "number of entries is out of range");
}

TEST(Trailer, OfOtherBytesIsReportedAndCopied) {
    BuiltArchive built = build(two_tables());
    for (const std::string& tail :
         {std::string(512, '\0'), std::string("garbage"), std::string("\1", 1), std::string("\3\0\0", 3)}) {
        built.trailer = tail;
        const std::string bytes = built.bytes();
        MemorySource source(bytes);
        MemorySink sink;
        const Trailer trailer = copy_archive(source, sink);
        EXPECT_EQ(trailer.kind, Trailer::Kind::unknown);
        EXPECT_EQ(trailer.size, tail.size());
        EXPECT_EQ(sink.bytes(), built.bytes());
    }
}

TEST(Trailer, OneByteMoreOrLessIsNoSecondToc) {
    ArchiveValue archive = two_tables();
    archive.second_toc = true;
    const std::string bytes = build(archive).bytes();
    for (const std::string& changed :
         {bytes + '\0', bytes.substr(0, bytes.size() - 1), with_byte(bytes, bytes.size() - 30, 99)}) {
        MemorySource source(changed);
        MemorySink sink;
        EXPECT_EQ(copy_archive(source, sink).kind, Trailer::Kind::unknown);
    }
}

TEST(Limits, AreKept) {
    const std::string bytes = build(two_tables()).bytes();
    const auto refuse = [&](Limits limits, const std::string& words) {
        MemorySource source(bytes);
        try {
            read_prologue(source, limits);
            FAIL() << words;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::limit);
            EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
        }
    };
    Limits limits;
    limits.entries = 3;
    refuse(limits, "4 entries, more than the limit");
    limits = {};
    limits.text_bytes = 10;
    refuse(limits, "longer than the limit");
    limits = {};
    limits.toc_bytes = 200;
    refuse(limits, "table of contents is larger than the limit");
}

// A text's length says how much is to come, not how much memory to take.
TEST(Limits, HostileLengthsCostNothing) {
    BuiltArchive built = build(two_tables());
    const std::size_t tag = built.toc.find(encode_text("ENCODING"));
    built.toc.replace(tag, 5, encode_int(0x7fffffff));
    expect_refused(built.bytes(), ErrorCode::damaged, built.bytes().size(), "archive ends inside tag");
}

}  // namespace
}  // namespace pgfilter
