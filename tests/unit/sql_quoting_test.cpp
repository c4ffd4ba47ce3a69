// SPDX-License-Identifier: PostgreSQL
// Names to SQL and back: what is quoted, what is read, and that PostgreSQL reads the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sql/quoting.hpp"
#include "support/dialects.hpp"
#include "support/postgres.hpp"

namespace pgfilter::sql {
namespace {

using namespace test;

/// The first token of the text, which must be its only one.
Token only_token(std::string_view sql, Dialect dialect = {}) {
    Token token{};
    Lexer lexer(sql, dialect);
    EXPECT_TRUE(lexer.next(token));
    EXPECT_EQ(token.text, sql);
    return token;
}

std::optional<std::string> identifier(std::string_view sql) {
    return decode_identifier(only_token(sql));
}

std::optional<std::string> literal(std::string_view sql, Dialect dialect = {}) {
    return decode_literal(only_token(sql, dialect), dialect);
}

TEST(QuoteIdentifier, LeavesPlainNames) {
    for (const char* name : {"app", "app_rw_1", "_", "role", "owner", "public", "none_", "begin", "set"})
        EXPECT_EQ(quote_identifier(name), name);
}

TEST(QuoteIdentifier, QuotesEverythingElse) {
    for (const char* name : {"App", "1digit", "$dollar$", "a$", "dot.ted", "a b", "", "it's", "back\\slash",
                             "new\nline", "zo\xc3\xab", "\xff", "--", "user", "group", "authorization"})
        EXPECT_EQ(quote_identifier(name), std::string("\"").append(name).append("\""));
    EXPECT_EQ(quote_identifier("we\"ird"), "\"we\"\"ird\"");
    EXPECT_EQ(quote_identifier("\""), "\"\"\"\"");
}

TEST(QuoteIdentifier, QuotesTheKeywordsThatAreNotUnreserved) {
    std::size_t needed = 0;
    for (const std::string& keyword : postgres_keywords()) {
        const auto tokens = postgres_scan(keyword);
        ASSERT_TRUE(tokens && tokens->size() == 1) << keyword;
        const bool is_needed = tokens->front().keyword != PostgresToken::unreserved;
        EXPECT_EQ(quote_identifier(keyword), is_needed ? "\"" + keyword + "\"" : keyword);
        needed += is_needed ? 1U : 0U;
    }
    EXPECT_EQ(needed, 151U);
}

TEST(QuoteIdentifier, QuotesKeywordsOfLaterServers) {
    for (const char* keyword : {"system_user", "json", "json_array", "json_arrayagg", "json_exists",
                                "json_object", "json_objectagg", "json_query", "json_scalar",
                                "json_serialize", "json_table", "json_value", "merge_action", "graph_table"})
        EXPECT_NE(quote_identifier(keyword), keyword);
}

TEST(QuoteLiteral, DoublesQuotesAndInTheOldDialectBackslashes) {
    EXPECT_EQ(quote_literal("", {}), "''");
    EXPECT_EQ(quote_literal(R"(it's a \)", {}), R"('it''s a \')");
    EXPECT_EQ(quote_literal(R"(it's a \)", escaping), R"('it''s a \\')");
    EXPECT_EQ(quote_literal("a\nb", escaping), "'a\nb'");
}

// 0x5C, a backslash in ASCII, is the second half of common characters in these encodings.
TEST(QuoteLiteral, LeavesTrailingBytes) {
    EXPECT_EQ(quote_literal("\x83\x5c\\", escaping_sjis), "'\x83\x5c\\\\'");
    EXPECT_EQ(quote_literal("\x81\x5c\\", escaping_wide), "'\x81\x5c\\\\'");
    EXPECT_EQ(quote_literal("\xb1\\", escaping_sjis), "'\xb1\\\\'");
}

TEST(DecodeIdentifier, FoldsWordsAndTakesQuotesOff) {
    EXPECT_EQ(identifier("App_1$"), "app_1$");
    EXPECT_EQ(identifier("ZO\xc3\x8b"), "zo\xc3\x8b");
    EXPECT_EQ(identifier(R"("App")"), "App");
    EXPECT_EQ(identifier(R"("we""ird")"), "we\"ird");
    EXPECT_EQ(identifier(R"("""")"), "\"");
    EXPECT_EQ(identifier(R"("")"), "");
}

TEST(DecodeIdentifier, ReadsNothingElse) {
    for (const char* sql : {"'a'", "$$a$$", "1", "*", "U&\"a\"", "u&\"a\"", "\"a", " ", "/*a*/"})
        EXPECT_EQ(identifier(sql), std::nullopt) << sql;
}

TEST(DecodeLiteral, ReadsPlainStrings) {
    EXPECT_EQ(literal("''"), "");
    EXPECT_EQ(literal("'it''s'"), "it's");
    EXPECT_EQ(literal(R"('a\nb\\')"), R"(a\nb\\)");
    EXPECT_EQ(literal(R"('a\nb\\')", escaping), "a\nb\\");
    EXPECT_EQ(literal(R"('it\'s')", escaping), "it's");
}

TEST(DecodeLiteral, ReadsEscapeStrings) {
    for (const Dialect dialect : {Dialect{}, escaping}) {
        EXPECT_EQ(literal(R"(E'\b\f\n\r\t\\\'\"\q''')", dialect), "\b\f\n\r\t\\'\"q'");
        EXPECT_EQ(literal("e''", dialect), "");
    }
}

TEST(DecodeLiteral, LeavesTrailingBytes) {
    EXPECT_EQ(literal("'\x83\x5cn'", escaping_sjis), "\x83\x5cn");
    EXPECT_EQ(literal("'\x81\x5cn'", escaping_wide), "\x81\x5cn");
    EXPECT_EQ(literal("E'\x83\x5cn'", sjis), "\x83\x5cn");
    EXPECT_EQ(literal("'\xb1\\n'", escaping_sjis), "\xb1\n");
}

TEST(DecodeLiteral, ReadsNothingElse) {
    for (const char* sql : {R"(E'\x41')", R"(E'\101')", R"(E'\0')", R"(E'\u0041')", R"(E'\U00000041')",
                            "B'1'", "x'1F'", "N'a'", "U&'a'", "$$a$$", "a", "\"a\"", "1", "'a"})
        EXPECT_EQ(literal(sql), std::nullopt) << sql;
}

// ------------------------------------------------------------------------------------------ properties

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += part;
    return text;
}

/// Names rich in what needs care.
rc::Gen<std::string> any_name() {
    const std::vector<std::string> parts{"\"", "'", "\\", "$",  "a",        "A",    "_",
                                         "1",  " ", "\n", "--", "\xc3\xab", "user", "n"};
    return rc::gen::oneOf(
        rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::distinctFrom('\0'))),
        rc::gen::map(
            rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(parts))),
            join));
}

/// Well-formed text of a dialect's encoding, rich in bytes that look like a backslash.
rc::Gen<std::string> any_text(Dialect::Trail trail) {
    std::vector<std::string> characters{"'", "\\", "n", "a", "x", "1", "\n"};
    if (trail != Dialect::Trail::none)
        characters.insert(characters.end(), {"\x83\x5c", "\x95\x5c", "\xe0\x5c", "\x83\x6e"});
    if (trail == Dialect::Trail::sjis) characters.insert(characters.end(), {"\xb1", "\xdf"});
    if (trail == Dialect::Trail::none) characters.insert(characters.end(), {"\xc3\xab", "\xff"});
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(characters)), join);
}

RC_GTEST_PROP(Quoting, IdentifiersAreReadBack, ()) {
    const std::string name = *any_name();
    const std::string quoted = quote_identifier(name);
    RC_ASSERT(identifier(quoted) == name);
}

RC_GTEST_PROP(Quoting, LiteralsAreReadBack, (bool standard_conforming_strings)) {
    const auto trail = *rc::gen::element(Dialect::Trail::none, Dialect::Trail::sjis, Dialect::Trail::wide);
    const Dialect dialect{standard_conforming_strings, trail};
    const std::string text = *any_text(trail);
    RC_ASSERT(literal(quote_literal(text, dialect), dialect) == text);
}

RC_GTEST_PROP(Quoting, LiteralsOfTheOldDialectAreReadAsEscapeStrings, ()) {
    const std::string text = *any_text(Dialect::Trail::none);
    RC_ASSERT(literal(std::string("E").append(quote_literal(text, escaping))) == text);
}

// PostgreSQL reads what we write.  It cuts names off at 63 bytes.
RC_GTEST_PROP(Quoting, PostgresReadsTheNameInIdentifiersAndLiterals, ()) {
    const std::string name = *any_name();
    RC_PRE(name.size() < 64 && name != "public" && name != "none");
    const auto as_identifier = postgres_parse("DROP ROLE " + quote_identifier(name));
    RC_ASSERT(as_identifier.has_value());
    RC_ASSERT(as_identifier->find("\"rolename\":" + to_json(name) + ",") != std::string::npos);
    const auto as_literal = postgres_parse("SET role TO " + quote_literal(name, {}));
    RC_ASSERT(as_literal.has_value());
    RC_ASSERT(as_literal->find("{\"sval\":" + to_json(name) + "}") != std::string::npos);
}

}  // namespace
}  // namespace pgfilter::sql
