// SPDX-License-Identifier: PostgreSQL
// What --check finds, kind by kind, in archives that are made wrong on purpose.
#include "pgfilter/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <thread>

#include "check/block_costs.hpp"
#include "check/byte_pipe.hpp"
#include "check/copy_text.hpp"
#include "check/worker_pool.hpp"
#include "pgfilter/error.hpp"
#include "support/archive_builder.hpp"
#include "support/compressed.hpp"

namespace pgfilter {
namespace {

using test::ArchiveValue;
using test::EntryValue;
using test::in_zlib;

const std::string end_of_rows = "\\.\n\n\n";

EntryValue table(int id) {
    EntryValue entry;
    entry.dump_id = id;
    return entry;
}

EntryValue rows_of(int table_id, std::vector<std::string> chunks) {
    EntryValue entry = table(table_id + 1);
    entry.desc = "TABLE DATA";
    entry.section = 3;
    entry.defn = entry.drop_stmt = std::nullopt;
    entry.copy_stmt = "COPY public.t (a, \"b;\n\") FROM stdin;\n";
    entry.dependencies = {table_id};
    entry.rows = std::move(chunks);
    return entry;
}

/// A list of large objects and their data.
std::vector<EntryValue> large_objects(const std::vector<std::uint32_t>& listed,
                                      const std::vector<std::uint32_t>& stored) {
    EntryValue list = table(50);
    list.desc = "BLOB METADATA";
    list.section = 3;
    list.defn = "";
    for (const std::uint32_t oid : listed) *list.defn += std::to_string(oid) + "\n";
    list.drop_stmt = "-- dummy";
    EntryValue data = table(51);
    data.desc = "BLOBS";
    data.section = 3;
    data.defn = data.drop_stmt = std::nullopt;
    data.dependencies = {50, 1000};
    data.large_objects.emplace();
    for (const std::uint32_t oid : stored) data.large_objects->push_back({oid, {"x"}});
    return {list, data};
}

ArchiveValue archive_of(std::vector<EntryValue> entries, int compression = 0) {
    ArchiveValue archive;
    archive.compression = compression;
    archive.entries = test::first_entries();
    for (EntryValue& entry : archive.entries) entry.dump_id -= 8000;  // so that they come first
    archive.entries.insert(archive.entries.end(), entries.begin(), entries.end());
    return archive;
}

CheckReport check(const std::string& bytes, bool from_file, unsigned threads = 2) {
    MemorySource source(bytes);
    CheckInput input{source, {}};
    if (from_file) {
        input.open = [&](std::uint64_t begin, std::uint64_t size) {
            return std::make_unique<MemorySource>(Bytes(bytes).substr(begin, size));
        };
    }
    return check_archive(input, {{}, threads});
}

std::set<std::string> kinds_of(const CheckReport& report, Severity least = Severity::warning) {
    std::set<std::string> kinds;
    for (const Finding& finding : report.findings) {
        if (finding.severity() >= least) kinds.insert(info_of(finding.kind).name);
    }
    return kinds;
}

using Kinds = std::set<std::string>;

void expect_kinds(const std::string& bytes, const Kinds& expected) {
    for (const bool from_file : {false, true}) {
        const CheckReport report = check(bytes, from_file);
        EXPECT_EQ(kinds_of(report), expected) << from_file;
        EXPECT_EQ(report.bytes_read, bytes.size());
        for (const Finding& finding : report.findings) EXPECT_FALSE(finding.message.empty());
    }
}
void expect_kinds(const ArchiveValue& archive, const Kinds& expected) {
    expect_kinds(test::build(archive).bytes(), expected);
}

std::vector<CheckedBlock::State> states_of(const CheckReport& report) {
    std::vector<CheckedBlock::State> states;
    for (const CheckedBlock& block : report.blocks) states.push_back(block.state);
    return states;
}

constexpr auto missing = CheckedBlock::State::missing;
constexpr auto cut = CheckedBlock::State::cut;
constexpr auto complete = CheckedBlock::State::complete;

TEST(Check, KnowsTheLevelsThatEveryPgRestoreTakes) {
    for (const auto& [level, expected] : std::vector<std::pair<int, Kinds>>{
             {-1, {}}, {0, {}}, {9, {}}, {10, {"compression-level"}}, {-2, {"compression-level"}}}) {
        ArchiveValue archive = archive_of({}, level);
        archive.minor = 14;
        expect_kinds(archive, expected);
    }
}

TEST(Check, FindsNothingInGoodArchives) {
    for (const std::string& name : test::test_archives()) {
        const std::string bytes = test::read_test_archive(name);
        for (const bool from_file : {false, true}) {
            const CheckReport report = check(bytes, from_file);
            EXPECT_TRUE(report.sound()) << name << ": " << *kinds_of(report, Severity::error).begin();
            EXPECT_EQ(report.good_bytes, bytes.size());
        }
    }
    expect_kinds(archive_of({table(10), rows_of(10, {"1\t2\n", end_of_rows})}), {});
    expect_kinds(archive_of({table(10), rows_of(10, {in_zlib("1\t2\n" + end_of_rows)})}, 1), {});
    expect_kinds(archive_of(large_objects({7, 4000000000}, {7, 4000000000})), {});
}

TEST(Check, CountsWhatBlocksHold) {
    auto entries = large_objects({7, 8}, {7, 8});
    entries.push_back(table(10));
    entries.push_back(rows_of(10, {"1\n", "2\n3\n", end_of_rows}));
    const CheckReport report = check(test::build(archive_of(entries)).bytes(), false, 1);
    ASSERT_EQ(report.blocks.size(), 2u);
    EXPECT_EQ(report.blocks[0].items, 2u);
    EXPECT_EQ(report.blocks[0].bytes, 2u);
    EXPECT_EQ(report.blocks[1].items, 3u);
    EXPECT_EQ(report.blocks[1].bytes, 6 + end_of_rows.size());
    EXPECT_EQ(report.blocks[1].position + report.blocks[1].stored_bytes, report.bytes_read);
}

TEST(Check, FindsWhatIsWrongWithStreams) {
    const std::string good = in_zlib("1\n" + end_of_rows);
    const auto with = [](std::vector<std::string> chunks) {
        return archive_of({table(10), rows_of(10, std::move(chunks))}, 1);
    };
    expect_kinds(with({good.substr(0, 3), good.substr(3)}), {});
    expect_kinds(with({}), {"stream-damaged"});
    expect_kinds(with({good.substr(0, good.size() - 1)}), {"stream-damaged"});
    expect_kinds(with({good.substr(0, good.size() - 1) + "x"}), {"stream-damaged"});
    expect_kinds(with({good + good}), {"stream-continues"});
    expect_kinds(with({good, "x"}), {"stream-continues"});
    expect_kinds(with({std::string(100'000, 'x')}), {"stream-damaged"});
}

TEST(Check, KnowsTheEndOfLz4AndZstd) {
    const std::string plain = "1\n" + end_of_rows;
    const std::string lz4 = test::in_lz4(plain);
    const std::string zstd = test::in_zstd(plain);
    for (const auto& [compression, good] : {std::pair(2, lz4), std::pair(3, zstd)}) {
        const auto with = [algorithm = compression](std::vector<std::string> chunks) {
            return archive_of({table(10), rows_of(10, std::move(chunks))}, algorithm);
        };
        expect_kinds(with({good}), {});
        expect_kinds(with({good.substr(0, 5), good.substr(5)}), {});
        expect_kinds(with({}), {"stream-damaged"});
        expect_kinds(with({good.substr(0, good.size() - 1)}), {"stream-damaged"});
        expect_kinds(with({"x" + good}), {"stream-damaged"});
        expect_kinds(with({good + good}), {"stream-continues"});
        expect_kinds(with({good, good}), {"stream-continues"});
    }
}

TEST(Check, DecodesChunksOfAllSizesInTheirOrder) {
    std::string rows;
    std::uint32_t random = 1;
    for (int i = 0; i < 300'000; ++i)
        rows += static_cast<char>('a' + (random = random * 1664525 + 1013904223) % 26);
    const std::string stored = in_zlib(rows + "\n" + end_of_rows);
    std::vector<std::string> chunks;
    const std::vector<std::size_t> sizes{100, 40'000, 7, 33'000, 32'768, 1, 1, 70'000};
    for (std::size_t at = 0; at < stored.size(); at += chunks.back().size())
        chunks.push_back(stored.substr(at, sizes[chunks.size() % sizes.size()]));
    ASSERT_GE(chunks.size(), sizes.size());
    expect_kinds(archive_of({table(10), rows_of(10, chunks)}, 1), {});
}

TEST(Check, SaysWhereAStreamIsDamaged) {
    const std::string good = in_zlib("1\n" + end_of_rows);
    const std::string bytes =
        test::build(archive_of({table(10), rows_of(10, {good.substr(0, 4), good.substr(4) + "!"})}, 1))
            .bytes();
    const CheckReport report = check(bytes, true);
    ASSERT_EQ(report.findings.back().kind, FindingKind::stream_continues);
    EXPECT_EQ(report.findings.back().offset, bytes.find('!', bytes.size() - 10));
    EXPECT_EQ(report.findings.back().dump_id, 11);
    EXPECT_EQ(report.good_bytes, report.findings.back().offset);
}

TEST(Check, FindsWhatIsWrongWithRows) {
    const auto with = [](std::vector<std::string> chunks) {
        return archive_of({table(10), rows_of(10, std::move(chunks))});
    };
    expect_kinds(with({end_of_rows}), {});
    expect_kinds(with({"1\n"}), {"rows-not-ended"});
    expect_kinds(with({"1\n\\."}), {"rows-not-ended"});
    expect_kinds(with({"1\n\\.\n\\! id\n\\.\n\n\n"}), {"rows-behind-end"});
    EntryValue inserts = rows_of(10, {"INSERT INTO t VALUES (1);\n", "\n\n"});
    inserts.copy_stmt = std::nullopt;
    expect_kinds(archive_of({table(10), inserts}), {});
}

TEST(Check, FindsWhatPsqlWouldRunOfData) {
    const auto expect_danger = [](bool is_dangerous, bool is_copy, std::vector<std::string> chunks) {
        EntryValue rows = rows_of(10, std::move(chunks));
        if (!is_copy) rows.copy_stmt = std::nullopt;
        const Kinds kinds = is_dangerous ? Kinds{"data-command"} : Kinds{};
        expect_kinds(archive_of({table(10), rows}), kinds);
    };
    expect_danger(false, true, {"a\\b\\t'c\\N\\f\\v\\r\\n\\", "\\! x\\", "N\n", "\\.\n\n\n"});
    for (const char* const bad : {"\\! id\n", "a\\\\\\! id\n", "a\\\\b\\g\n", "\\x41\n"})
        expect_danger(true, true, {bad, end_of_rows});
    expect_danger(true, true, {"a\\", "! id\n", "\\i\n", end_of_rows});
    expect_danger(true, true, {std::string("a\0b\n", 4), end_of_rows});
    expect_danger(false, false, {"INSERT INTO t VALUES ('\\! id", "\n\\! id', $$\n", "\\! id$$);\n\n\n"});
    for (const char* const bad :
         {"\\! id\n", "INSERT INTO t VALUES ('", "SET client_encoding = 'SJIS';\n", "SELECT :x;\n"})
        expect_danger(true, false, {"INSERT INTO t VALUES (1);\n", bad});
    expect_danger(true, false, {std::string("INSERT\0;\n", 9)});
}

TEST(Check, FindsWhatIsWrongWithLargeObjects) {
    expect_kinds(archive_of(large_objects({7, 8}, {7})), {"large-objects"});
    expect_kinds(archive_of(large_objects({7}, {7, 8})), {"large-objects"});
    expect_kinds(archive_of(large_objects({7}, {7, 7})), {"large-objects"});
    auto entries = large_objects({7}, {7});
    entries[0].defn = "7'); DROP TABLE t; --\n";
    expect_kinds(archive_of(entries), {"statement-injection"});
    entries = large_objects({7}, {7});
    entries.push_back(table(60));
    entries.back().desc = "ACL";
    entries.back().tag = "LARGE OBJECTS 7..8";
    entries.back().drop_stmt = std::nullopt;
    expect_kinds(archive_of(entries), {"large-objects"});
    entries.back().dependencies = {50};
    expect_kinds(archive_of(entries), {});
}

TEST(Check, FindsWhatIsWrongWithBlocks) {
    const auto built = test::build(
        archive_of({table(10), rows_of(10, {end_of_rows}), table(20), rows_of(20, {"1\n" + end_of_rows})}));
    const std::string front = built.header + built.toc;
    const std::string& a = built.blocks[0];
    const std::string& b = built.blocks[1];
    expect_kinds(front + a + b, {});
    expect_kinds(front + b + a, {"block-order"});
    expect_kinds(front + a + a + b, {"block-twice"});
    expect_kinds(front + a + b + b, {"block-twice", "trailing-bytes"});
    expect_kinds(front + b, {"block-missing"});
    expect_kinds(front + a, {"block-missing"});
    expect_kinds(front + a + b.substr(0, 3), {"truncated"});
    expect_kinds(front + a + b.substr(0, b.size() - 1), {"truncated"});
    expect_kinds(front + a + "\2" + b.substr(1), {"block-frames"});
    expect_kinds(front + a + std::string("\1\0\x63\0\0\0\0\0\0\0\0", 11) + b, {"block-unannounced"});
    expect_kinds(front + a + b + "garbage", {"trailing-bytes"});
    EXPECT_EQ(states_of(check(front + b.substr(0, b.size() - 2), true)), (std::vector{missing, cut}));
}

TEST(Check, GoesOnBehindDamageWhereOffsetsLead) {
    ArchiveValue archive =
        archive_of({table(10), rows_of(10, {"1\n" + end_of_rows}), table(20), rows_of(20, {end_of_rows})});
    archive.offsets_set = true;
    const auto built = test::build(archive);
    for (const char length : {'\1', '\x8', '\x70'}) {
        std::string bytes = built.bytes();
        bytes[built.prologue_size() + 7] = length;  // of the first chunk
        EXPECT_EQ(states_of(check(bytes, true)), (std::vector{cut, complete})) << int{length};
        EXPECT_NE(states_of(check(bytes, false)).back(), complete);
    }
    std::string bytes = built.bytes();
    bytes[built.prologue_size()] = 0;
    EXPECT_EQ(states_of(check(bytes, true)), (std::vector{missing, complete}));
}

TEST(Check, FindsWrongOffsets) {
    ArchiveValue archive = archive_of({table(10), rows_of(10, {end_of_rows})});
    archive.offsets_set = true;
    auto built = test::build(archive);
    expect_kinds(built.bytes(), {});
    char& offset = built.toc[built.toc.size() - archive.offset_size];
    ++offset;
    expect_kinds(built.bytes(), {"offset"});
    built.toc[built.toc.size() - archive.offset_size - 1] = 3;
    expect_kinds(built.bytes(), {"data-flag"});
}

TEST(Check, KnowsTheSecondTableOfContents) {
    ArchiveValue archive = archive_of({table(10), rows_of(10, {end_of_rows})});
    archive.second_toc = true;
    auto built = test::build(archive);
    EXPECT_EQ(kinds_of(check(built.bytes(), true), Severity::note), Kinds({"second-toc"}));
    // Nobody reads its offsets, so that wrong ones do no harm, but are explained.
    const auto expect_note = [](const std::string& bytes) {
        expect_kinds(bytes, {});
        for (const bool from_file : {false, true}) {
            EXPECT_EQ(kinds_of(check(bytes, from_file), Severity::note),
                      Kinds({"second-toc", "second-toc-offsets"}));
        }
    };
    ++built.trailer[built.trailer.size() - archive.offset_size];
    expect_note(built.bytes());
    built.trailer.replace(built.trailer.size() - archive.offset_size, archive.offset_size,
                          archive.offset_size, '\xff');  // no offset at all
    expect_note(built.bytes());
    built.trailer.pop_back();
    expect_kinds(built.bytes(), {"trailing-bytes"});
    archive.offset_size = 1;  // too narrow for the place of the data
    expect_note(test::build(archive).bytes());
}

TEST(Check, SaysOnceWhichExtensionRowsAreOf) {
    const auto extension = [](int dump_id, const std::string& name) {
        EntryValue entry = table(dump_id);
        entry.desc = "EXTENSION";
        entry.tag = name;
        entry.defn = "CREATE EXTENSION IF NOT EXISTS " + name + " WITH SCHEMA public;\n";
        entry.namespace_.reset();
        entry.owner = "";
        return entry;
    };
    std::vector<EntryValue> entries{table(10), extension(11, "gazetteer"), extension(12, "hypopg")};
    for (const int dump_id : {20, 21}) entries.push_back(rows_of(dump_id, {end_of_rows}));
    entries[3].dependencies = {998};
    entries[4].dependencies = {999};
    entries[3].tag = "systems";
    entries[4].tag = "names";
    const auto messages = [&] {
        std::vector<std::string> told;
        for (const Finding& finding : check(test::build(archive_of(entries)).bytes(), true).findings) {
            if (finding.kind != FindingKind::dependency_missing) told.push_back(finding.message);
        }
        return told;
    };
    EXPECT_EQ(messages(),
              (std::vector<std::string>{
                  "rows of 2 tables that EXTENSION gazetteer makes: public.systems, public.names"}));
    entries[2] = extension(12, "other");
    EXPECT_EQ(messages(), (std::vector<std::string>{"rows of 2 tables that one of the extensions gazetteer, "
                                                    "other makes: public.systems, public.names"}));
    // Without an extension, nothing can have made the tables.
    entries.erase(entries.begin() + 1, entries.begin() + 3);
    EXPECT_EQ(messages(), (std::vector<std::string>(2, "table of these rows is not in the archive")));
}

TEST(Check, ReadsOnAfterFaultsOfTheContents) {
    EntryValue entry = table(10);
    entry.section = 9;
    expect_kinds(archive_of({entry}), {"field-value"});
    std::string bytes = test::build(archive_of({table(10)})).bytes();
    const std::string tag = test::encode_text("t");
    bytes.replace(bytes.rfind(tag + test::encode_text("TABLE")), tag.size(), test::encode_text(std::nullopt));
    expect_kinds(bytes, {"field-value"});
    EntryValue twice = rows_of(9, {end_of_rows});  // dump ID 10 too
    twice.dependencies = {10};
    expect_kinds(archive_of({table(10), table(10)}), {"duplicate-id"});
    bytes = test::build(archive_of({table(10)})).bytes();
    expect_kinds(bytes.substr(0, bytes.size() - 5), {"table-of-contents"});
    EXPECT_EQ(check(bytes.substr(0, bytes.size() - 5), true).good_bytes, bytes.size() - 5);
}

TEST(Check, ThrowsWhatIsNoFindingOfAnArchive) {
    EXPECT_THROW(check("CREATE TABLE t ();\n", false), Error);
    ArchiveValue archive = archive_of({});
    archive.minor = 17;
    EXPECT_THROW(check(test::build(archive).bytes(), true), Error);
}

struct EntryCase {
    const char* what;
    void (*change)(EntryValue&);
    Kinds kinds;
};

TEST(Check, FindsWhatEntriesMustNotSay) {
    const std::vector<EntryCase> cases{
        {"line break in desc", [](EntryValue& e) { e.desc = "TABLE\n\\! id"; }, {"name-injection"}},
        {"line break in tag", [](EntryValue& e) { e.tag = "a\nb"; }, {"name-line-break"}},
        {"line break in owner", [](EntryValue& e) { e.owner = "a\rb"; }, {"name-line-break"}},
        {"zero byte", [](EntryValue& e) { e.defn->push_back('\0'); }, {"zero-byte"}},
        {"kind that has no owner", [](EntryValue& e) { e.desc = "EXTENSION"; }, {"unknown-owner"}},
        {"kind of 19",
         [](EntryValue& e) {
             e.desc = "EXTENDED STATISTICS DATA";
             e.drop_stmt.reset();
         },
         {}},
        {"kind of 20",
         [](EntryValue& e) {
             e.desc = "PROPERTY GRAPH";
             e.relkind = 'g';
         },
         {}},
        {"short drop",
         [](EntryValue& e) {
             e.desc = "FUNCTION";
             e.drop_stmt = "x";
         },
         {"statement-injection", "statement-shape"}},  // nothing ends it
        {"relkind", [](EntryValue& e) { e.relkind = 7; }, {"field-value"}},
        {"itself", [](EntryValue& e) { e.dependencies = {10}; }, {"dependency-cycle", "dependency-order"}},
        {"behind it", [](EntryValue& e) { e.dependencies = {20}; }, {"dependency-order"}},
    };
    for (const EntryCase& example : cases) {
        SCOPED_TRACE(example.what);
        EntryValue entry = table(10);
        example.change(entry);
        expect_kinds(archive_of({entry, table(20)}), example.kinds);
    }
}

// Of a later PostgreSQL, or of a fork.
TEST(Check, NotesAKindThatItDoesNotKnow) {
    EntryValue entry = table(10);
    entry.desc = "EXTERNAL TABLE";
    entry.relkind = 'Z';
    EntryValue rows = rows_of(11, {"1\t2\n", end_of_rows});
    rows.desc = "EXTERNAL DATA";
    for (const bool has_owner : {true, false}) {
        if (!has_owner) entry.owner.reset();
        const CheckReport report = check(test::build(archive_of({entry, rows})).bytes(), true);
        EXPECT_TRUE(report.sound());
        EXPECT_EQ(report.count(Severity::warning), 0);
        EXPECT_EQ(report.counts[static_cast<std::size_t>(FindingKind::unknown_kind)], 2);
        const auto tells_of_owner = [](const Finding& finding) {
            return finding.message.find("gives up at its owner") != std::string::npos;
        };
        EXPECT_EQ(std::any_of(report.findings.begin(), report.findings.end(), tells_of_owner), has_owner);
    }
}

TEST(Check, FindsWhatEntriesOfRowsMustNotSay) {
    const std::vector<EntryCase> cases{
        {"root", [](EntryValue& e) { e.defn = "-- load via partition root public.t"; }, {}},
        {"root with line break",
         [](EntryValue& e) { e.defn = "-- load via partition root t\n\\! id"; },
         {"statement-injection"}},
        {"definition", [](EntryValue& e) { e.defn = "DROP TABLE t;\n"; }, {"statement-injection"}},
        {"two statements",
         [](EntryValue& e) { e.copy_stmt = "COPY a FROM stdin; COPY t FROM stdin;\n"; },
         {"statement-injection"}},
        {"program",
         [](EntryValue& e) { e.copy_stmt = "COPY a FROM PROGRAM 'id' FROM stdin;\n"; },
         {"statement-injection"}},
        {"no rows", [](EntryValue& e) { e.rows.reset(); }, {"data-missing"}},
        {"no table", [](EntryValue& e) { e.dependencies = {5}; }, {"table-missing"}},
        {"impossible table", [](EntryValue& e) { e.dependencies = {99999}; }, {"table-of-contents"}},
        {"large objects", [](EntryValue& e) { e.desc = "BLOBS"; }, {"block-type"}},
        {"cannot have data", [](EntryValue& e) { e.desc = "SEQUENCE SET"; }, {"field-value"}},
    };
    for (const EntryCase& example : cases) {
        SCOPED_TRACE(example.what);
        EntryValue entry = rows_of(10, {end_of_rows});
        example.change(entry);
        expect_kinds(archive_of({table(10), entry}), example.kinds);
    }
}

TEST(Check, FindsWhatTheFirstEntriesMustNotSay) {
    const auto with = [](std::size_t place, const char* defn) {
        ArchiveValue archive = archive_of({});
        archive.entries[place].defn = defn;
        return archive;
    };
    expect_kinds(with(0, "SET client_encoding = 'LATIN1';\n"), {});
    expect_kinds(with(0, "SET client_encoding = 'EUC_JIS_2004';\n"), {});
    expect_kinds(with(0, "SET client_encoding = 'KLINGON';\n"), {"encoding"});
    expect_kinds(with(0, "SET client_encoding = UTF8;\n"), {"encoding"});
    expect_kinds(with(1, "SET standard_conforming_strings = 'off';\n"), {});
    expect_kinds(with(1, "SET standard_conforming_strings = 'x';\n"), {"standard-strings"});
    ArchiveValue archive = archive_of({});
    archive.entries.erase(archive.entries.begin());
    expect_kinds(archive, {"encoding"});
    archive = archive_of({});
    archive.entries.push_back(archive.entries[0]);
    archive.entries.back().dump_id = 77;
    expect_kinds(archive, {});
    archive.entries.back().defn = "SET client_encoding = 'LATIN1';\n";
    expect_kinds(archive, {"encoding", "statement-injection"});  // the rest is read in another one
    archive.entries.back().desc = "SEARCHPATH";
    archive.entries.back().defn = "SELECT pg_catalog.set_config('search_path', '', false);\n";
    expect_kinds(archive, {});
    archive.entries.back().defn = "SELECT pg_catalog.set_config('search_path', '', false); DROP TABLE t;\n";
    expect_kinds(archive, {"search-path"});
}

TEST(Check, FindsCyclesOfAnyLength) {
    std::vector<EntryValue> entries;
    constexpr int count = 900;
    for (int i = 0; i < count; ++i) {
        entries.push_back(table(10 + i));
        entries.back().dependencies = {10 + (i + 1) % count, 5};
    }
    const CheckReport report = check(test::build(archive_of(entries)).bytes(), true);
    EXPECT_EQ(kinds_of(report, Severity::error), Kinds({"dependency-cycle"}));
    EXPECT_EQ(report.counts[static_cast<std::size_t>(FindingKind::dependency_cycle)], 1u);
    EXPECT_EQ(report.counts[static_cast<std::size_t>(FindingKind::dependency_order)], count - 1u);
    EXPECT_LT(report.findings.size(), 2 * CheckReport::most_of_a_kind);
}

TEST(Check, KindsHaveNamesOfTheirOwn) {
    Kinds names;
    for (std::size_t i = 0; i < finding_kinds; ++i) names.insert(info_of(static_cast<FindingKind>(i)).name);
    EXPECT_EQ(names.size(), finding_kinds);
}

TEST(CopyText, FindsItsEndInPiecesOfAnySize) {
    struct Example {
        std::string text;
        bool ended;
        std::uint64_t rows;
        std::size_t good;
    };
    const std::vector<Example> examples{
        {"", false, 0, 0},
        {"\\.\n", true, 0, 3},
        {"\\.\n\n\n", true, 0, 5},
        {"a\n\\.\n\n\n", true, 1, 7},
        {"a\n\\.x\n\\.\n", true, 2, 9},
        {"\n\n\\.\n", true, 2, 5},
        {"\\\\.\n", false, 1, 4},
        {"\\N\n\\\n\\.\r\n", true, 2, 9},
        {"a\\.\n", false, 1, 4},
        {"\\.\nx", true, 0, 3},
        {"a\n\\.", false, 1, 4},
        {"\\.\r\r\n", false, 1, 5},
    };
    for (const Example& example : examples) {
        for (std::size_t piece = 1; piece <= example.text.size() + 1; ++piece) {
            CopyText text;
            std::size_t good = 0;
            for (std::size_t at = 0; at < example.text.size(); at += piece) {
                const Bytes bytes = Bytes(example.text).substr(at, piece);
                const std::size_t taken = text.take(bytes);
                good += taken;
                if (taken < bytes.size()) break;
            }
            EXPECT_EQ(text.ended(), example.ended) << example.text;
            EXPECT_EQ(text.rows(), example.rows) << example.text;
            EXPECT_EQ(good, example.good) << example.text;
        }
    }
}

TEST(WorkerPool, DoesWhatItIsGivenAndTellsWhatFailed) {
    std::atomic<int> done = 0;
    WorkerPool pool(3);
    for (int i = 0; i < 1000; ++i) pool.give([&](std::size_t) { ++done; });
    pool.finish();
    EXPECT_EQ(done, 1000);
    const auto fail = [] {
        WorkerPool failing(2);
        for (int i = 0; i < 100; ++i) failing.give([](std::size_t) { throw Error(ErrorCode::io, "x"); });
        failing.finish();
    };
    EXPECT_THROW(fail(), Error);
}

TEST(BytePipe, HoldsNoMoreThanItsMemoryAndLetsGo) {
    PipeMemory memory(BytePipe::piece_size);
    const std::string piece(BytePipe::piece_size / 2, 'x');
    std::string got;
    {
        const auto pipe = std::make_shared<BytePipe>(memory);
        PipeEnd end(pipe);
        std::thread reader([&] {
            for (Bytes run = end.peek(1); !run.empty(); run = end.peek(1)) {
                got += run;
                end.skip(run.size());
            }
        });
        for (int i = 0; i < 100; ++i) pipe->put(piece);
        pipe->close();
        reader.join();
    }
    EXPECT_EQ(got.size(), 100 * piece.size());
    const auto pipe = std::make_shared<BytePipe>(memory);
    pipe->put(piece);
    { const PipeEnd end(pipe); }
    for (int i = 0; i < 100; ++i) pipe->put(piece);  // nobody listens any more
    memory.take(BytePipe::piece_size);
}

/// A frame of `size` bytes, begun without knowing how many they are, or with.
std::string zstd_frame(std::size_t size, int window_log, bool is_known) {
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    if (is_known) ZSTD_CCtx_setPledgedSrcSize(context, size);
    const std::string plain(size, 'x');
    std::string stored(ZSTD_compressBound(size), '\0');
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    ZSTD_outBuffer out{stored.data(), stored.size(), 0};
    EXPECT_EQ(ZSTD_compressStream2(context, &out, &in, is_known ? ZSTD_e_end : ZSTD_e_flush), 0U);
    EXPECT_EQ(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end), 0U);
    ZSTD_freeCCtx(context);
    stored.resize(out.pos);
    return stored;
}

TEST(CheckCosts, KnowWindowsOfZstd) {
    for (const int log : {10, 17, 23, 27})
        EXPECT_EQ(zstd_window(zstd_frame(100, log, false).substr(0, 18)), std::uint64_t{1} << log);
    for (const std::size_t size : {1U, 255U, 256U, 65'791U, 65'792U, 100'000U})
        EXPECT_EQ(zstd_window(zstd_frame(size, 23, true).substr(0, 18)), size) << size;
    EXPECT_EQ(zstd_window(zstd_frame(100, 23, false).substr(0, 5)), 0U);
    EXPECT_EQ(zstd_window(zstd_frame(100'000, 23, true).substr(0, 7)), 0U);
}

TEST(CheckCosts, LetOneBlockHaveALargeWindowAtATime) {
    BlockCosts costs(0, 2);
    auto first = std::make_unique<BlockCosts::Block>(costs, costs.add());
    BlockCosts::Block second(costs, costs.add());
    second.take_window(8 << 20);
    EXPECT_FALSE(second.has_large_window());
    std::atomic<bool> has_it = false;
    std::thread other([&] {
        second.take_window(128 << 20);
        has_it = true;
    });
    first->take_window(128 << 20);  // does not wait for the second
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_FALSE(has_it);
    first.reset();
    other.join();
    EXPECT_TRUE(second.has_large_window());
}

// Whichever block is done first.
TEST(CheckCosts, HoldTheRatioInTheOrderOfTheArchive) {
    constexpr std::uint64_t half = 40 << 20;
    for (const bool is_reversed : {false, true}) {
        BlockCosts costs(1000, 2);
        std::vector<std::unique_ptr<BlockCosts::Block>> blocks;
        for (const int position : {10'000, 20'000}) {
            blocks.push_back(std::make_unique<BlockCosts::Block>(costs, costs.add()));
            blocks.back()->count(half, static_cast<std::uint64_t>(position));
        }
        blocks[is_reversed ? 1 : 0].reset();
        EXPECT_NO_THROW(costs.check());
        blocks.clear();
        EXPECT_THROW(costs.check(), Error);
    }
    BlockCosts costs(1000, 2);
    BlockCosts::Block block(costs, costs.add());
    EXPECT_NO_THROW(block.count(2 * half, 90'000));
    EXPECT_THROW(block.count(2 * half, 80'000), Error);
    BlockCosts unlimited(0, 2);
    BlockCosts::Block any(unlimited, unlimited.add());
    EXPECT_NO_THROW(any.count(UINT64_MAX, 1));
}

TEST(Check, RefusesDataThatBecomesManyTimesAsLarge) {
    const std::string bomb = zstd_frame(80 << 20, 17, false);
    ArchiveValue archive = archive_of({table(10), rows_of(10, {bomb})}, 3);
    archive.entries.back().copy_stmt = "";
    const std::string bytes = test::build(archive).bytes();
    for (const bool from_file : {false, true}) {
        try {
            check(bytes, from_file);
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::limit);
            EXPECT_NE(error.message().find("more than 1000 times as large"), std::string::npos);
            EXPECT_GT(error.offset().value_or(0), 0U);
        }
    }
    MemorySource source(bytes);
    CheckOptions options;
    options.limits.ratio = 1'000'000;
    EXPECT_EQ(check_archive({source, {}}, options).blocks.front().bytes, 80U << 20);
}

}  // namespace
}  // namespace pgfilter
