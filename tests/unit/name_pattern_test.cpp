// SPDX-License-Identifier: PostgreSQL
// Patterns for names, as psql's \dt and pg_dump -t read them.
#include "pgfilter/name_pattern.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

using Parts = NamePattern::Parts;

bool matches(const std::string& pattern, const std::string& name) {
    return NamePattern(pattern, Parts::name).matches(name);
}

bool matches(const std::string& pattern, const std::string& schema, const std::string& name) {
    return NamePattern(pattern, Parts::schema_and_name).matches(schema, name);
}

TEST(NamePattern, MatchesAllOfANameAndFoldsCase) {
    EXPECT_TRUE(matches("app", "app"));
    EXPECT_TRUE(matches("APP", "app"));
    EXPECT_FALSE(matches("app", "App"));
    EXPECT_FALSE(matches("app", "app_ro"));
    EXPECT_FALSE(matches("app", "my app"));
    EXPECT_TRUE(matches("\"App\"", "App"));
    EXPECT_FALSE(matches("\"App\"", "app"));
}

TEST(NamePattern, KnowsWildcardsOutsideQuotes) {
    EXPECT_TRUE(matches("app*", "app"));
    EXPECT_TRUE(matches("app*", "app_ro"));
    EXPECT_TRUE(matches("*", "new\nline"));
    EXPECT_TRUE(matches("app?ro", "app_ro"));
    EXPECT_FALSE(matches("app?", "app"));
    EXPECT_TRUE(matches("\"a*b?\"", "a*b?"));
    EXPECT_FALSE(matches("\"a*b?\"", "axbx"));
    EXPECT_TRUE(matches("a\"*\"b*", "a*bcd"));
}

TEST(NamePattern, KnowsRegularExpressionsAsPostgresDoes) {
    EXPECT_TRUE(matches("part_[0-9]+", "part_2024"));
    EXPECT_FALSE(matches("part_[0-9]+", "part_x"));
    EXPECT_TRUE(matches("(a|b)c", "bc"));
    EXPECT_FALSE(matches("a|b", "ab"));
    EXPECT_TRUE(matches("a$b", "a$b"));
    EXPECT_TRUE(matches("int[]", "int[]"));
    EXPECT_TRUE(matches("\"(a|b)\"", "(a|b)"));
    EXPECT_TRUE(matches("part_[a-c]", "part_b"));
    EXPECT_FALSE(matches("part_[a-c]", "part_-"));
    EXPECT_TRUE(matches("ab{0,1}c*", "acd"));
    EXPECT_TRUE(matches("abc|d", "d"));
    EXPECT_FALSE(matches("abc|d", "abd"));
}

// Names, and names with an asterisk behind them, are compared without a regular expression.
TEST(NamePattern, IsTheSameHoweverItIsCompared) {
    for (const std::string name : {"", "a", "ab", "abc", "b", "a\xff", "a\xc3\xa4", "ab\n"}) {
        EXPECT_EQ(matches("ab", name), matches("(ab)", name)) << name;
        EXPECT_EQ(matches("ab*", name), matches("(ab)*", name)) << name;
        EXPECT_EQ(matches("*", name), matches("()*", name)) << name;
        EXPECT_EQ(matches("a?", name), matches("(a)?", name)) << name;
        EXPECT_EQ(matches("a*c", name), matches("(a)*c", name)) << name;
    }
}

TEST(NamePattern, DoublesQuotesAndKeepsDotsInThem) {
    EXPECT_TRUE(matches("\"we\"\"ird\"", "we\"ird"));
    EXPECT_TRUE(matches("\"odd.name\"", "odd.name"));
    EXPECT_TRUE(matches("\"a.b\".\"c.d\"", "a.b", "c.d"));
}

TEST(NamePattern, PartsSchemaAndName) {
    EXPECT_TRUE(matches("app.t", "app", "t"));
    EXPECT_FALSE(matches("app.t", "public", "t"));
    EXPECT_TRUE(matches("t", "public", "t"));
    EXPECT_TRUE(matches("app.*", "app", "anything"));
    EXPECT_TRUE(matches("a*.t", "app", "t"));
    EXPECT_TRUE(matches("db.app.t", "app", "t"));
    EXPECT_FALSE(matches("db.app.t", "db", "t"));
}

TEST(NamePattern, KnowsTheDatabaseByItsName) {
    Header header;
    const auto check = [&](const std::string& pattern) {
        NamePattern(pattern, Parts::schema_and_name).check_database(header);
    };
    EXPECT_NO_THROW(check("app.t"));
    EXPECT_THROW(check("prod.app.t"), Error);  // the archive does not say
    header.database = "prod";
    EXPECT_NO_THROW(check("PROD.app.t"));
    EXPECT_NO_THROW(check("\"prod\".app.t"));
    for (const char* const other : {"\"PROD\".app.t", "pro*.app.t", "prod2.app.t", "p.prod.t"})
        EXPECT_THROW(check(other), Error) << other;
    header.database = "odd.\"name\"*[]";
    EXPECT_NO_THROW(check("\"odd.\"\"name\"\"\"*[].app.t"));
}

TEST(NamePattern, TakesACharacterForOneAndBytesWhereTheNameIsNotUtf8) {
    EXPECT_TRUE(matches("zo?", "zo\xc3\xab"));
    EXPECT_FALSE(matches("zo??", "zo\xc3\xab"));
    EXPECT_TRUE(matches("zo?", "zo\xeb"));
    EXPECT_TRUE(matches("zo\xeb", "zo\xeb"));
    EXPECT_TRUE(matches("\"zo\xc3\xab\"", "zo\xc3\xab"));
    EXPECT_TRUE(matches("*", "\xff\xfe"));
}

TEST(NamePattern, RefusesWhatMakesNoSense) {
    for (const std::string pattern : {"", ".", "a.", ".a", "a.b.c.d", ".b.c", "\"a", "(a", "a[", "*\\", ""}) {
        EXPECT_THROW(NamePattern(pattern, Parts::schema_and_name), Error) << pattern;
    }
    EXPECT_THROW(NamePattern("a.b", Parts::name), Error);
    EXPECT_THROW(NamePattern(std::string("a\0b", 3), Parts::name), Error);
}

// That of characters is four times the size of that of bytes, which would match what it should not.
TEST(NamePattern, RefusesWhatIsLongerThanAnyNameAtOnce) {
    for (const std::string piece : {"x", "*x"}) {
        std::string pattern;
        while (pattern.size() < 30'000'000) pattern += piece;
        const auto start = std::clock();
        try {
            matches(pattern, "x");
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::usage);
            EXPECT_LT(std::string(error.what()).size(), 200U);
        }
        EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 0.5);
    }
    EXPECT_TRUE(matches(std::string(60'000, 'x') + "|y", "y"));
}

TEST(NamePattern, RefusesPatternsTooLargeForCharactersAlone) {
    std::string pattern;
    for (int i = 0; i < 160; ++i) pattern += "[^a-c]{500}";
    EXPECT_THROW(NamePattern(pattern, Parts::name), Error);
}

TEST(NamePattern, TakesLinearTime) {
    EXPECT_FALSE(matches("(a*)*(a*)*b", std::string(100'000, 'a')));
}

}  // namespace
}  // namespace pgfilter
