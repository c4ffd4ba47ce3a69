// SPDX-License-Identifier: PostgreSQL
// Which texts of an archive count as harmful, and that nothing pg_dump writes does.
#include "archive/suspicious_texts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "pgfilter/archive_io.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter {
namespace {

using namespace test;
Prologue prologue_of(const std::string& bytes) {
    MemorySource source(bytes);
    return read_prologue(source);
}

std::vector<SuspiciousText> found_in(const Prologue& prologue) {
    std::vector<SuspiciousText> found;
    const auto add = [&](const SuspiciousText& text) { found.push_back(text); };
    judge_texts(prologue.header, add);
    const TextJudge judge(prologue.toc);
    for (std::size_t i = 0; i < prologue.toc.size(); ++i) judge.judge_texts(prologue.toc[i], add);
    return found;
}

std::vector<SuspiciousText> found_in(const EntryValue& entry) {
    ArchiveValue archive;
    archive.entries = first_entries();
    archive.entries.push_back(entry);
    return found_in(prologue_of(build(archive).bytes()));
}

/// The one suspicious text of the entry, described.
std::string only(const EntryValue& entry) {
    const auto found = found_in(entry);
    return found.size() == 1 ? found[0].describe() : std::to_string(found.size()) + " found";
}

EntryValue table_data(MaybeText defn, MaybeText copy) {
    EntryValue entry;
    entry.desc = "TABLE DATA";
    entry.defn = std::move(defn);
    entry.copy_stmt = std::move(copy);
    entry.rows.emplace();
    return entry;
}

// Names with line breaks do occur in the archives of tests.
TEST(SuspiciousTexts, NothingElseThatPgDumpWroteIs) {
    for (const std::string& name : test_archives()) {
        for (const SuspiciousText& text : found_in(prologue_of(read_test_archive(name))))
            EXPECT_EQ(text.kind, FindingKind::name_line_break) << name << ": " << text.describe();
    }
}

TEST(SuspiciousTexts, LineBreaksInNamesAre) {
    const auto with = [](auto member, const char* text) {
        EntryValue entry;
        entry.*member = text;
        return only(entry);
    };
    EXPECT_EQ(with(&EntryValue::tag, "t\n\\! id"), "tag has a line break");
    EXPECT_EQ(with(&EntryValue::tag, "t\r"), "tag has a line break");
    EXPECT_EQ(with(&EntryValue::desc, "TABLE\n"), "desc has a line break");
    EXPECT_EQ(with(&EntryValue::namespace_, "\nx"), "namespace has a line break");
    EXPECT_EQ(with(&EntryValue::tablespace, "a\nb"), "tablespace has a line break");
    EXPECT_EQ(with(&EntryValue::tableam, "a\nb"), "table access method has a line break");
    EXPECT_EQ(with(&EntryValue::owner, "a\nb"), "owner has a line break");
    EXPECT_EQ(with(&EntryValue::defn, "CREATE TABLE t (\n);\n"), "0 found");
}

TEST(SuspiciousTexts, HalfCharactersInNamesAre) {
    const auto with = [](const char* encoding, const char* name) {
        ArchiveValue archive;
        archive.entries = first_entries();
        archive.entries[0].defn = "SET client_encoding = '" + std::string(encoding) + "';\n";
        archive.entries.emplace_back().owner = name;
        const auto found = found_in(prologue_of(build(archive).bytes()));
        return found.empty() ? "" : found[0].describe();
    };
    EXPECT_EQ(with("SJIS", "\x95\x5c"), "");
    EXPECT_EQ(with("UTF8", "\x95"), "");
    for (const char* const encoding :
         {"SJIS", "shift-jis", "BIG5", "GBK", "UHC", "JOHAB", "GB18030", "win936"})
        EXPECT_EQ(with(encoding, "\x95").substr(0, 14), "owner has half") << encoding;
}

TEST(SuspiciousTexts, DropStatementsThatPgRestoreTakesApartAre) {
    const auto with = [](const char* desc, const char* drop) {
        EntryValue entry;
        entry.desc = desc;
        entry.owner = "o";
        entry.drop_stmt = drop;
        return only(entry);
    };
    EXPECT_EQ(with("FUNCTION", "DROP FUNCTION f();\n"), "0 found");
    EXPECT_EQ(with("FUNCTION", "DROP'FUNCTION f()';\n"),
              "drop statement is read in another way as pg_restore's ALTER ... OWNER");
    EXPECT_EQ(with("FUNCTION", "DROP FUNCTION f() --\n;"),
              "drop statement is read in another way as pg_restore's ALTER ... OWNER");
    EXPECT_EQ(with("E", "DROP E 'a';\n"), "0 found");
    EXPECT_EQ(with("E", "DROP E'a\\'' ;\n"),
              "drop statement is read in another way with pg_restore's IF EXISTS");
}

// pg_restore takes the last.
TEST(SuspiciousTexts, EncodingsThatDisagreeAre) {
    ArchiveValue archive;
    archive.entries = first_entries();
    EXPECT_EQ(found_in(prologue_of(build(archive).bytes())).size(), 0U);
    archive.entries.push_back(archive.entries[0]);
    archive.entries.back().dump_id = 100;
    EXPECT_EQ(found_in(prologue_of(build(archive).bytes())).size(), 0U);
    archive.entries.back().defn = "SET client_encoding = 'SJIS';\n";
    EXPECT_EQ(found_in(prologue_of(build(archive).bytes())).size(), 1U);
}

TEST(SuspiciousTexts, AreOfDangerousKinds) {
    EntryValue desc;
    desc.desc = "TABLE\n";
    EXPECT_EQ(found_in(desc).at(0).kind, FindingKind::name_injection);
    EntryValue tag;
    tag.tag = "a\nb";
    EXPECT_EQ(found_in(tag).at(0).kind, FindingKind::name_line_break);
    std::set<FindingKind> dangerous;
    for (std::size_t i = 0; i < finding_kinds; ++i) {
        if (info_of(static_cast<FindingKind>(i)).dangerous) dangerous.insert(static_cast<FindingKind>(i));
    }
    EXPECT_EQ(dangerous, (std::set<FindingKind>{FindingKind::zero_byte, FindingKind::search_path,
                                                FindingKind::statement_injection, FindingKind::name_injection,
                                                FindingKind::name_line_break, FindingKind::rows_not_ended,
                                                FindingKind::rows_behind_end, FindingKind::data_command}));
}

TEST(SuspiciousTexts, TheHeaderIsLookedAt) {
    ArchiveValue archive;
    archive.database = "a\nb";
    const auto found = found_in(prologue_of(build(archive).bytes()));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].describe(), "database name has a line break");
    Prologue prologue = prologue_of(build(archive).bytes());
    Header header = prologue.header;
    header.database = std::string("a\0b", 3);
    header.server_version = "17\r";
    header.dump_version = "17\n";
    const Prologue hostile{header, std::move(prologue.toc), prologue.stored_count, prologue.size};
    std::vector<std::string> all;
    for (const SuspiciousText& text : found_in(hostile)) all.push_back(text.describe());
    EXPECT_EQ(all, (std::vector<std::string>{"database name has a zero byte, where pg_restore stops reading",
                                             "server version has a line break",
                                             "pg_dump version has a line break"}));
}

TEST(SuspiciousTexts, ZeroBytesHideWhatFollows) {
    const std::string reason = " has a zero byte, where pg_restore stops reading";
    EntryValue entry;
    entry.desc = std::string("EVENT TRIGGER\0x", 15);
    EXPECT_EQ(only(entry), "desc" + reason);
    EXPECT_EQ(found_in(entry).at(0).kind, FindingKind::zero_byte);
    EntryValue defn;
    defn.defn = std::string("SELECT 1;\0", 10);
    EXPECT_EQ(only(defn), "definition" + reason);
}

TEST(SuspiciousTexts, AreFoundInWhatRulesHaveWritten) {
    ArchiveValue archive;
    archive.entries = first_entries();
    Prologue prologue = prologue_of(build(archive).bytes());
    const TextJudge judge(prologue.toc);
    TocEntry& entry = prologue.toc[0];
    std::vector<std::string> found;
    const auto add = [&](const SuspiciousText& text) { found.push_back(text.describe()); };
    prologue.toc.set_text(entry, Field::owner, "a\nb", 0);
    judge.judge_texts(entry, add);
    EXPECT_EQ(found, std::vector<std::string>{"owner has a line break"});
    found.clear();
    prologue.toc.set_text(entry, Field::owner, "ab", 0);
    judge.judge_texts(entry, add);
    EXPECT_TRUE(found.empty());
}

TEST(SuspiciousTexts, ADefinitionOfDataIsOneCommentOrNothing) {
    const auto with = [](MaybeText defn, const char* desc = "TABLE DATA") {
        EntryValue entry = table_data(std::move(defn), std::nullopt);
        entry.desc = desc;
        return only(entry);
    };
    EXPECT_EQ(with(std::nullopt), "0 found");
    EXPECT_EQ(with(""), "0 found");
    EXPECT_EQ(with("-- load via partition root public.\"a b\""), "0 found");
    const std::string strange =
        "definition is not just the comment of --load-via-partition-root, of one line (CVE-2025-8715)";
    EXPECT_EQ(with("-- load via partition root public.\"a\n\\! id\""), strange);
    EXPECT_EQ(with("-- load via partition root a\r\\! id"), strange);
    EXPECT_EQ(with("DROP TABLE t;"), strange);
    for (const char* const desc : {"BLOBS", "BLOB COMMENTS"}) {
        EXPECT_EQ(with("", desc), "0 found");
        EXPECT_EQ(with("DROP TABLE t;", desc), "definition is there, where large objects' data has none");
    }
    EXPECT_EQ(with("REFRESH MATERIALIZED VIEW v;\n", "MATERIALIZED VIEW DATA"), "0 found");
}

// Of all versions, with names of all kinds, as fmtId() of pg_dump quotes them.
TEST(SuspiciousTexts, CopyStatementsOfPgDumpAreNot) {
    for (const char* const fine :
         {"COPY t (a, b) FROM stdin;\n", "COPY public.t  FROM stdin;\n", "COPY t FROM stdin;\n",
          "COPY \"A;\n'\"\"b\".t (\"x y\") FROM stdin;\n", "COPY public.t (a) WITH OIDS FROM stdin;\n",
          "COPY t WITH OIDS FROM stdin;\n", "COPY t  WITH OIDS FROM stdin;\n",
          "COPY public.\"from\" (\"a\n\\! id\n) FROM stdin;\", \"\"\"\", \"\xc3\xa4$\") FROM stdin;\n"}) {
        EXPECT_EQ(only(table_data(std::nullopt, fine)), "0 found") << fine;
    }
}

TEST(SuspiciousTexts, ACopyStatementIsNothingElse) {
    const std::string strange = "copy statement is more than COPY ... FROM stdin";
    for (const char* const bad : {"COPY t (from) FROM stdin;\n",
                                  "COPY select FROM stdin;\n",
                                  "COPY t (Id) FROM stdin;\n",
                                  "COPY t FROM PROGRAM 'id';\n",
                                  "COPY t FROM PROGRAM 'id'; COPY t FROM stdin;\n",
                                  "COPY t FROM PROGRAM $$id$$ -- FROM stdin;\n",
                                  "COPY t FROM PROGRAM $$id$$ /* FROM stdin;\n",
                                  "COPY t (a) FROM stdin WHERE f() IS DISTINCT FROM stdin;\n",
                                  "COPY t (a, f()) FROM stdin;\n",
                                  "COPY t FROM stdin WHERE f(stdin) IS DISTINCT FROM stdin;\n",
                                  "COPY (SELECT f()) FROM stdin;\n",
                                  "COPY t FROM stdin; \n",
                                  "COPY t FROM stdin;",
                                  "\\! id\nCOPY t FROM stdin;\n",
                                  "COPY t\n\\! id\n FROM stdin;\n",
                                  "COPY \"t FROM stdin;\n",
                                  "COPY \"t\"\\! id\" FROM stdin;\n",
                                  "COPY \"t\"\"\\! id FROM stdin;\n",
                                  "COPY t (a FROM stdin;\n",
                                  "COPY t (\"a\"\n) FROM stdin;\n",
                                  "COPY t$ FROM stdin;\n",
                                  "COPY \xc3\xa4 FROM stdin;\n",
                                  "COPY ",
                                  "COPY t",
                                  "COPY t (a",
                                  "COPY t (",
                                  "COPY t.",
                                  "DROP TABLE t;"})
        EXPECT_EQ(only(table_data(std::nullopt, bad)), strange) << bad;
    // pg_restore sends it whatever kind the entry is of.
    EntryValue other;
    other.copy_stmt = "DROP TABLE t;";
    EXPECT_EQ(only(other), strange);
}

TEST(SuspiciousTexts, LargeObjectsAreNumbers) {
    const auto list = [](MaybeText defn) {
        EntryValue entry;
        entry.desc = "BLOB METADATA";
        entry.defn = std::move(defn);
        return only(entry);
    };
    for (const char* const fine : {"", "1\n", "1\n4294967295\n"}) EXPECT_EQ(list(fine), "0 found") << fine;
    for (const char* const bad : {"1", "\n", "1\n\n2\n", "1'); DROP TABLE t; --\n", "42949672950\n", " 1\n"})
        EXPECT_EQ(list(bad), "definition is not just the OIDs of large objects") << bad;
    const auto name = [](const char* tag) {
        EntryValue entry;
        entry.desc = "BLOB";
        entry.tag = tag;
        return only(entry);
    };
    EXPECT_EQ(name("4294967295"), "0 found");
    EXPECT_EQ(name("1 OWNER TO a; DROP TABLE t; --"), "tag is not just the OID of a large object");
}

// pg_restore runs the lines of whatever the privileges of several depend on first.
TEST(SuspiciousTexts, PrivilegesOfLargeObjectsDependOnTheirList) {
    const auto with = [](const char* desc, const char* defn) {
        EntryValue list;
        list.desc = desc;
        list.defn = defn;
        list.dump_id = 7;
        EntryValue acl;
        acl.dump_id = 8;
        acl.desc = "ACL";
        acl.tag = "LARGE OBJECTS 7..8";
        acl.dependencies = {7};
        ArchiveValue archive;
        archive.entries = {list, acl};
        std::vector<std::string> all;
        for (const SuspiciousText& text : found_in(prologue_of(build(archive).bytes())))
            all.push_back(text.describe());
        return all;
    };
    using Texts = std::vector<std::string>;
    EXPECT_EQ(with("BLOB METADATA", "7\n8\n"), Texts());
    EXPECT_EQ(with("COMMENT", "COMMENT ON TABLE t IS '\n7 TO a; DROP TABLE t; --\n';\n"),
              Texts{"dependency leads to an entry that is no list of large objects"});
    // As rules leave it where only the privileges are kept.
    EXPECT_EQ(with("<Init>", "7\n8\n"), Texts());
    EXPECT_EQ(with("<Init>", "7 TO a; DROP TABLE t; --\n"),
              Texts{"definition is not just the OIDs of large objects"});
}

TEST(SuspiciousTexts, TheSearchPathIsPgDumps) {
    const std::string strange = "definition is not pg_dump's, which makes the search_path empty";
    EntryValue entry;
    entry.desc = "SEARCHPATH";
    entry.defn = "SELECT pg_catalog.set_config('search_path', '', false);\n";
    EXPECT_EQ(only(entry), "0 found");
    for (const MaybeText& bad :
         {MaybeText("SELECT pg_catalog.set_config('search_path', '', false);\n\\! id\n"),
          MaybeText("SELECT pg_catalog.set_config('search_path', 'evil', false);\n"), MaybeText(""),
          MaybeText()}) {
        entry.defn = bad;
        EXPECT_EQ(only(entry), strange);
        EXPECT_EQ(found_in(entry).at(0).kind, FindingKind::search_path);
    }
}

// As the archive's own entries say that strings are to be read.
TEST(SuspiciousTexts, DefinitionsAndDropStatementsAreWhatPsqlReads) {
    EntryValue entry;
    entry.defn = "CREATE FUNCTION f() AS $$ \\! id $$;\n";
    entry.drop_stmt = "-- '\n";
    EXPECT_EQ(only(entry), "0 found");
    entry.defn = "SELECT 1;\n\\! id\n";
    EXPECT_EQ(only(entry), "definition has a backslash outside quotes, which psql takes for a command");
    entry.defn = "";
    entry.drop_stmt = "DROP TABLE \"t;\n";
    EXPECT_EQ(only(entry),
              "drop statement leaves a quote, comment or statement open, which swallows what follows");
    entry.drop_stmt = "SELECT 'a\\';\n";
    EXPECT_EQ(only(entry), "0 found");
    ArchiveValue archive;
    archive.entries = {entry};  // no STDSTRINGS: backslashes escape
    EXPECT_EQ(found_in(prologue_of(build(archive).bytes())).size(), 1U);
}

}  // namespace
}  // namespace pgfilter
