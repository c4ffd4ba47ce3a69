// Which texts of an archive count as harmful, and that nothing pg_dump writes does.
#include "archive/suspicious_names.hpp"

#include <gtest/gtest.h>

#include "pgfilter/archive_io.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Danger = SuspiciousText::Danger;

Prologue prologue_of(const std::string& bytes) {
    MemorySource source(bytes);
    return read_prologue(source);
}

std::vector<SuspiciousText> found_in(const Prologue& prologue) {
    std::vector<SuspiciousText> found;
    const auto add = [&](const SuspiciousText& text) { found.push_back(text); };
    find_suspicious_texts(prologue.header, add);
    for (std::size_t i = 0; i < prologue.toc.size(); ++i) find_suspicious_texts(prologue.toc[i], add);
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
TEST(SuspiciousNames, NothingThatPgDumpWroteInjectsOrHides) {
    for (const std::string& name : test_archives()) {
        for (const SuspiciousText& text : found_in(prologue_of(read_test_archive(name))))
            EXPECT_EQ(text.danger, Danger::misleads) << name << ": " << text.describe();
    }
}

TEST(SuspiciousNames, LineBreaksInNamesAre) {
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

TEST(SuspiciousNames, OnlyWhatReachesAScriptInjects) {
    EntryValue desc;
    desc.desc = "TABLE\n";
    EXPECT_EQ(found_in(desc).at(0).danger, Danger::injects);
    EntryValue tag;
    tag.tag = "a\nb";
    EXPECT_EQ(found_in(tag).at(0).danger, Danger::misleads);
}

TEST(SuspiciousNames, TheDatabaseOfTheHeaderIsLookedAt) {
    ArchiveValue archive;
    archive.database = "a\nb";
    const auto found = found_in(prologue_of(build(archive).bytes()));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].describe(), "database name has a line break");
}

TEST(SuspiciousNames, ZeroBytesHideWhatFollows) {
    EntryValue entry;
    entry.desc = std::string("EVENT TRIGGER\0x", 15);
    EXPECT_EQ(only(entry), "desc has a zero byte, where pg_restore stops reading");
    EXPECT_EQ(found_in(entry).at(0).danger, Danger::hides);
    EntryValue defn;
    defn.defn = std::string("SELECT 1;\0", 10);
    EXPECT_EQ(only(defn), "definition has a zero byte, where pg_restore stops reading");
}

TEST(SuspiciousNames, ADefinitionOfDataIsOneCommentOrNothing) {
    const auto with = [](MaybeText defn) { return only(table_data(std::move(defn), std::nullopt)); };
    EXPECT_EQ(with(std::nullopt), "0 found");
    EXPECT_EQ(with(""), "0 found");
    EXPECT_EQ(with("-- load via partition root public.\"a b\""), "0 found");
    const std::string strange = "definition is not pg_dump's, of one line (CVE-2025-8715)";
    EXPECT_EQ(with("-- load via partition root public.\"a\n\\! id\""), strange);
    EXPECT_EQ(with("-- load via partition root a\r\\! id"), strange);
    EXPECT_EQ(with("DROP TABLE t;"), strange);
}

TEST(SuspiciousNames, ACopyStatementIsNothingElse) {
    const auto with = [](const char* copy) { return only(table_data(std::nullopt, copy)); };
    for (const char* const fine :
         {"COPY t (a, b) FROM stdin;\n", "COPY public.t  FROM stdin;\n",
          "COPY \"A;\n'\"\"b\".t (\"x y\") FROM stdin;\n", "COPY t (a) WITH OIDS FROM stdin;\n"})
        EXPECT_EQ(with(fine), "0 found") << fine;
    const std::string strange = "copy statement is more than COPY ... FROM stdin";
    for (const char* const bad :
         {"COPY t FROM PROGRAM 'id';\n", "COPY t FROM PROGRAM 'id'; COPY t FROM stdin;\n",
          "COPY t FROM stdin; \n", "\\! id\nCOPY t FROM stdin;\n", "COPY t\n\\! id\n FROM stdin;\n",
          "COPY \"t FROM stdin;\n", "DROP TABLE t;"})
        EXPECT_EQ(with(bad), strange) << bad;
}

TEST(SuspiciousNames, TheSearchPathIsPgDumps) {
    EntryValue entry;
    entry.desc = "SEARCHPATH";
    entry.defn = "SELECT pg_catalog.set_config('search_path', '', false);\n";
    EXPECT_EQ(only(entry), "0 found");
    entry.defn = "SELECT pg_catalog.set_config('search_path', '', false);\n\\! id\n";
    EXPECT_EQ(only(entry), "definition is not pg_dump's");
}

}  // namespace
}  // namespace pgfilter
