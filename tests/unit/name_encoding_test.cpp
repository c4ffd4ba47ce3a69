// SPDX-License-Identifier: PostgreSQL
// Names of the user's in archives of other encodings than UTF-8.
#include "rules/name_encoding.hpp"

#include <gtest/gtest.h>

#include "archive/encoding.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter {
namespace {

const std::string zhang = "\xe5\xbc\xa0";  // U+5F20
const std::string zhang_in_gbk = "\xd5\xc5";
const std::string cheng = "\xe8\xaa\xa0";   // U+8AA0
const std::string cheng_in_gbk = "\xd5\\";  // a backslash

std::string archive_of_table(const std::string& encoding, const std::string& name,
                             const std::string& owner = "app") {
    test::EntryValue first;
    first.dump_id = 9001;
    first.tag = first.desc = "ENCODING";
    first.defn = "SET client_encoding = '" + encoding + "';\n";
    test::EntryValue table;
    table.tag = name;
    table.owner = owner;
    return test::build({.entries = {first, table}}).bytes();
}

std::string archive_in(const std::string& encoding, const std::string& owner) {
    return archive_of_table(encoding, "t", owner);
}

Job job_of(const char* rule, std::vector<RuleArgument> arguments) {
    Job job;
    job.rules = {{rule, std::move(arguments)}};
    return job;
}

Plan plan_of(const Job& job, const std::string& archive) {
    static const RuleRegistry registry = [] {
        RuleRegistry rules;
        add_builtin_rules(rules);
        return rules;
    }();
    MemorySource source(archive);
    return make_plan(job, registry, source);
}

/// The table's owner afterwards.
std::string owner_with(const Job& job, const std::string& encoding, const std::string& owner = "app") {
    return std::string(*plan_of(job, archive_in(encoding, owner)).prologue.toc[1].owner());
}

bool is_dropped_with(const std::string& pattern, const std::string& encoding, const std::string& role) {
    return plan_of(job_of("drop-role", {{"pattern", pattern}}), archive_in(encoding, role))
               .reports[0]
               .changed > 0;
}

TEST(Encoding, HasTheNamesThatPostgresTakes) {
    for (const char* const name :
         {"SJIS", "sjis", "Shift_JIS", "shiftjis", "mskanji", "Windows-932", "WIN932"})
        EXPECT_EQ(find_encoding(name)->name, "SJIS") << name;
    EXPECT_EQ(find_encoding("unicode")->name, "UTF8");
    EXPECT_EQ(find_encoding("Utf-8")->name, "UTF8");
    EXPECT_EQ(find_encoding("ISO 8859-15")->name, "LATIN9");
    EXPECT_EQ(find_encoding("iso_8859_5")->name, "ISO_8859_5");
    EXPECT_EQ(find_encoding("ms950"), nullptr);
    EXPECT_EQ(find_encoding(""), nullptr);
}

TEST(NameEncoding, IsThatOfTheArchive) {
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", zhang}}), "GBK"), zhang_in_gbk);
    EXPECT_EQ(owner_with(job_of("set-owner", {{"role", cheng}}), "gbk"), cheng_in_gbk);
    EXPECT_EQ(owner_with(job_of("map-role", {{zhang, "app"}}), "GBK", zhang_in_gbk), "app");
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", zhang}}), "UTF8"), zhang);
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", "\xc3\xa9"}}), "LATIN1"), "\xe9");
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", zhang}}), "SQL_ASCII"), zhang);
}

TEST(NameEncoding, CanBeTheUsersOwn) {
    Job job = job_of("map-role", {{"app", "\xe9"}});
    job.other_encoding = "ISO-8859-1";
    EXPECT_EQ(owner_with(job, "UTF8"), "\xc3\xa9");
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", zhang_in_gbk}}), "GBK"), zhang_in_gbk);
}

TEST(NameEncoding, KeepsLastCharactersThatOthersCombineWith) {
    const std::string ka = "\xe3\x81\x8b";  // U+304B, of which U+309A makes another letter
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", ka}}), "EUC_JIS_2004"), "\xa4\xab");
    EXPECT_EQ(owner_with(job_of("map-role", {{"app", ka}}), "SHIFT_JIS_2004"), "\x82\xa9");
    Job job = job_of("map-role", {{"app", "\xa4\xab"}, {"other", "a"}});
    job.other_encoding = "EUC-JISX0213";
    EXPECT_EQ(owner_with(job, "UTF8"), ka);
}

TEST(NameEncoding, IsRefusedWhereTheArchiveHasNoSuchCharacters) {
    for (const auto& [name, encoding] :
         std::vector<std::pair<std::string, std::string>>{{zhang, "LATIN1"},
                                                          {"\xe9", "UTF8"},
                                                          {"\xd5", "GBK"},
                                                          {"a\x95", "SJIS"},
                                                          {zhang, "MULE_INTERNAL"}}) {
        try {
            owner_with(job_of("map-role", {{"app", name}}), encoding);
            ADD_FAILURE() << encoding;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::usage);
            EXPECT_NE(error.message().find(encoding), std::string::npos) << error.message();
        }
    }
}

TEST(NameEncoding, ServesPatternsWithBytesThatLookLikeOperators) {
    EXPECT_TRUE(is_dropped_with(zhang, "GBK", zhang_in_gbk));
    EXPECT_TRUE(is_dropped_with(cheng, "GBK", cheng_in_gbk));
    EXPECT_TRUE(is_dropped_with(cheng + "*", "GBK", cheng_in_gbk + "_ro"));
    EXPECT_TRUE(is_dropped_with("\"" + cheng + "\"", "GBK", cheng_in_gbk));
    EXPECT_TRUE(is_dropped_with("app|" + cheng, "GBK", cheng_in_gbk));
    EXPECT_FALSE(is_dropped_with(cheng + "*", "GBK", zhang_in_gbk));
    EXPECT_THROW(is_dropped_with("[" + zhang + "]", "GBK", "app"), Error);
    EXPECT_TRUE(is_dropped_with("[" + zhang + "]", "UTF8", zhang));
    for (const char* const rule : {"exclude", "exclude-table"}) {
        const std::string kind = rule == std::string("exclude") ? "TABLE " : "";
        const Plan plan = plan_of(job_of(rule, {{"", kind + "t" + cheng + "*"}}),
                                  archive_of_table("GBK", "t" + cheng_in_gbk + "x"));
        EXPECT_TRUE(plan.prologue.toc[1].dropped()) << rule;
    }
}

}  // namespace
}  // namespace pgfilter
