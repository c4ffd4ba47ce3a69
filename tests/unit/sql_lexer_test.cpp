// SPDX-License-Identifier: PostgreSQL
// How SQL is cut into tokens: examples of every kind, and the same borders as PostgreSQL's own scanner.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "pgfilter/archive_io.hpp"
#include "support/archive_builder.hpp"
#include "support/dialects.hpp"
#include "support/postgres_borders.hpp"

namespace pgfilter::sql {
namespace {

using namespace test;

/// "word<a> string<'b'>": all tokens, without those that are one blank.
std::string cut(std::string_view sql, Dialect dialect = {}) {
    std::string result;
    for (const Token& token : tokens_of(sql, dialect)) {
        if (token.text == " ") continue;
        if (!result.empty()) result += ' ';
        result.append(name_of(token.kind)).append("<").append(token.text).append(">");
    }
    return result;
}

TEST(Lexer, NothingIsNoToken) {
    EXPECT_EQ(cut(""), "");
}

TEST(Lexer, KnowsEveryKind) {
    EXPECT_EQ(cut("a \"b\" 'c' $$d$$ 1 ; --e"),
              "word<a> quoted<\"b\"> string<'c'> dollar<$$d$$> number<1> symbol<;> comment<--e>");
    EXPECT_EQ(cut(" \t\n\v\f\r"), "blank< \t\n\v\f\r>");
}

TEST(Lexer, TellsWhereATokenIs) {
    const std::vector<Token> tokens = tokens_of("SET \"a\"");
    ASSERT_EQ(tokens.size(), 3U);
    EXPECT_EQ(tokens[2].position, 4U);
    EXPECT_EQ(tokens[2].end(), 7U);
}

TEST(Lexer, WordsHoldLettersDigitsDollarsAndBytesBeyondAscii) {
    EXPECT_EQ(cut("_a1$ zo\xc3\xab a$$b$$"), "word<_a1$> word<zo\xc3\xab> word<a$$b$$>");
    EXPECT_EQ(cut("a.b(c)"), "word<a> symbol<.> word<b> symbol<(> word<c> symbol<)>");
}

TEST(Lexer, NumbersAreDigitsAndDots) {
    EXPECT_EQ(cut("12.5,1$$a$$"), "number<12.5> symbol<,> number<1> dollar<$$a$$>");
}

TEST(Lexer, QuotedIdentifiersDoubleTheirQuotes) {
    EXPECT_EQ(cut(R"("we""ird" """" "")"), R"(quoted<"we""ird"> quoted<""""> quoted<"">)");
    EXPECT_EQ(cut(R"("back\" "--" "'" "$$")"), R"(quoted<"back\"> quoted<"--"> quoted<"'"> quoted<"$$">)");
    EXPECT_EQ(cut(R"("back\" x)", escaping), R"(quoted<"back\"> word<x>)");
}

TEST(Lexer, BackslashesInStringsDependOnTheDialect) {
    EXPECT_EQ(cut(R"('it''s' 'a\' b)"), R"(string<'it''s'> string<'a\'> word<b>)");
    EXPECT_EQ(cut(R"('a\' b' '\\' c)", escaping), R"(string<'a\' b'> string<'\\'> word<c>)");
    for (const Dialect dialect : {Dialect{}, escaping}) {
        EXPECT_EQ(cut(R"(E'a\' b' e'\\' c)", dialect), R"(string<E'a\' b'> string<e'\\'> word<c>)");
        EXPECT_EQ(cut(R"(B'01' X'1F\' U&'\' a)", dialect),
                  R"(string<B'01'> string<X'1F\'> string<U&'\'> word<a>)");
    }
    EXPECT_EQ(cut(R"(N'\' a)"), R"(string<N'\'> word<a>)");
    EXPECT_EQ(cut(R"(n'\' a')", escaping), R"(string<n'\' a'>)");
}

TEST(Lexer, PrefixesStandDirectlyBeforeTheQuote) {
    EXPECT_EQ(cut(R"(E 'a\' te'a\')"), R"(word<E> string<'a\'> word<te> string<'a\'>)");
    EXPECT_EQ(cut(R"(e"a" E)"), R"(word<e> quoted<"a"> word<E>)");
    EXPECT_EQ(cut(R"(U&"d!0061""t" u&'x' U& 'y' u&)"),
              R"(quoted<U&"d!0061""t"> string<u&'x'> word<U> symbol<&> string<'y'> word<u> symbol<&>)");
}

TEST(Lexer, DollarTagsEndAtTheSameTag) {
    EXPECT_EQ(cut("$$$$ $$a$b$c$$"), "dollar<$$$$> dollar<$$a$b$c$$>");
    EXPECT_EQ(cut("$_X$ $$ $_$ 'a $_X$ b"), "dollar<$_X$ $$ $_$ 'a $_X$> word<b>");
    EXPECT_EQ(cut("$A$ $a$ $A$"), "dollar<$A$ $a$ $A$>");
    EXPECT_EQ(cut("$ta$$tag$"), "unfinished<$ta$$tag$>");
    EXPECT_EQ(cut("$tag$ $ta$tag$"), "dollar<$tag$ $ta$tag$>");
    EXPECT_EQ(cut("$\xc3\xab_1$ $\xc3\xab_1$"), "dollar<$\xc3\xab_1$ $\xc3\xab_1$>");
}

TEST(Lexer, OtherDollarsAreSymbols) {
    EXPECT_EQ(cut("$1 $12a $1$"), "symbol<$1> symbol<$12> word<a> symbol<$1> symbol<$>");
    EXPECT_EQ(cut("$ $a $a b$"), "symbol<$> symbol<$> word<a> symbol<$> word<a> word<b$>");
}

TEST(Lexer, BlockCommentsNest) {
    EXPECT_EQ(cut("/* a /* b */ ' */ c"), "comment</* a /* b */ ' */> word<c>");
    EXPECT_EQ(cut("/**/*/ /***/ /*/ */ /*/**/*/"),
              "comment</**/> symbol<*> symbol</> comment</***/> comment</*/ */> comment</*/**/*/>");
    EXPECT_EQ(cut("a/*b*/c +/**/-"), "word<a> comment</*b*/> word<c> symbol<+> comment</**/> symbol<->");
}

TEST(Lexer, LineCommentsEndAtTheLineBreak) {
    EXPECT_EQ(cut("--a 'b\nc"), "comment<--a 'b> blank<\n> word<c>");
    EXPECT_EQ(cut("--a\rb"), "comment<--a> blank<\r> word<b>");
    EXPECT_EQ(cut("- -a+--"), "symbol<-> symbol<-> word<a> symbol<+> comment<-->");
    EXPECT_EQ(cut("--/*\na"), "comment<--/*> blank<\n> word<a>");
}

// 0x5C, a backslash in ASCII, is the second half of common characters in these encodings.
TEST(Lexer, TrailingBytesAreNoBackslashes) {
    EXPECT_EQ(cut("'\x83\x5c' a", escaping_sjis), "string<'\x83\x5c'> word<a>");
    EXPECT_EQ(cut("'\x81\x5c' a", escaping_wide), "string<'\x81\x5c'> word<a>");
    EXPECT_EQ(cut("E'\x83\x5c' a", sjis), "string<E'\x83\x5c'> word<a>");
    EXPECT_EQ(cut("E'\\\\\x83\x5c' a", sjis), "string<E'\\\\\x83\x5c'> word<a>");
    EXPECT_EQ(cut("'\x83\x5c' a", escaping), "unfinished<'\x83\x5c' a>");
}

TEST(Lexer, HalfWidthCharactersOfShiftJisHaveNoTrailingByte) {
    EXPECT_EQ(cut("'\xb1\\'' a", escaping_sjis), "string<'\xb1\\''> word<a>");
    EXPECT_EQ(cut("'\xb1\\' a", escaping_wide), "string<'\xb1\\'> word<a>");
}

TEST(Lexer, ABackslashEscapesAWholeCharacter) {
    EXPECT_EQ(cut("E'\\\x83\x5c' a", sjis), "string<E'\\\x83\x5c'> word<a>");
}

TEST(Lexer, WhatDoesNotEndIsUnfinishedToTheEndOfTheText) {
    for (const char* open :
         {"'a",      "'",     "'a''", "E'a\\",     "E'a\\'",   "N'a", "B'a", "U&'a", "\"a",     "\"",
          "\"a\"\"", "U&\"a", "/*",   "/* /* */*", "/* /* */", "/*/", "$$a", "$$a$", "$a$ $A$", "$a$a$"}) {
        EXPECT_EQ(cut(std::string("x ") + open), std::string("word<x> unfinished<") + open + ">");
        EXPECT_EQ(cut(std::string(open) + " ; z"), std::string("unfinished<") + open + " ; z>");
    }
}

TEST(Token, WordsAreComparedInAnyCaseAndOnlyWithoutQuotes) {
    EXPECT_TRUE(tokens_of("gRaNt")[0].is_word("grant"));
    EXPECT_FALSE(tokens_of("grants")[0].is_word("grant"));
    EXPECT_FALSE(tokens_of("\"grant\"")[0].is_word("grant"));
    EXPECT_TRUE(tokens_of(";")[0].is_symbol(';'));
    EXPECT_FALSE(tokens_of(";")[0].is_symbol(','));
    EXPECT_FALSE(tokens_of("\";\"")[0].is_symbol('"'));
}

// ------------------------------------------------------------------------------------------ properties

/// Pieces that start, end or look like tokens.
std::vector<std::string> pieces() {
    return {"'",  "\"", "$",    "$$",   "$a$", "\\",  "--", "/*", "*/",       "\n",  "\r", " ",  ";", "(",
            ")",  ",",  ".",    ":",    "1",   "2.5", "e",  "E'", "U&\"",     "U&'", "N'", "B'", "a", "app",
            "''", "+",  "\"\"", "\\\\", "SET", "_",   "*",  "-",  "\xc3\xab", "$1",  "/",  "=",  "x", "X'"};
}

rc::Gen<std::string> sql_like() {
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces())),
                        [](const std::vector<std::string>& parts) {
                            std::string text;
                            for (const std::string& part : parts) text += part;
                            return text;
                        });
}

rc::Gen<Dialect> any_dialect() {
    const auto trail = rc::gen::element(Dialect::Trail::none, Dialect::Trail::sjis, Dialect::Trail::wide);
    return rc::gen::construct<Dialect>(rc::gen::arbitrary<bool>(), trail);
}

void check_that_nothing_is_lost(const std::string& text, Dialect dialect) {
    std::string joined;
    const std::vector<Token> tokens = tokens_of(text, dialect);
    for (const Token& token : tokens) {
        RC_ASSERT(!token.text.empty());
        RC_ASSERT(token.position == joined.size());
        RC_ASSERT(token.kind != TokenKind::unfinished || token.end() == text.size());
        joined += token.text;
    }
    RC_ASSERT(joined == text);
}

RC_GTEST_PROP(LexerProperty, TokensOfAnyBytesAreTheText, (const std::string& text)) {
    check_that_nothing_is_lost(text, *any_dialect());
}

RC_GTEST_PROP(LexerProperty, TokensOfSqlAreTheText, ()) {
    check_that_nothing_is_lost(*sql_like(), *any_dialect());
}

RC_GTEST_PROP(LexerProperty, PlainStringsOfTheOldDialectAreEscapeStrings, ()) {
    const std::string prefixed = std::string("E'").append(*sql_like());
    const std::string text = prefixed.substr(1);
    const Token plain = tokens_of(text, escaping).front();
    const Token escape = tokens_of(prefixed).front();
    RC_ASSERT(plain.kind == escape.kind);
    RC_ASSERT(plain.end() + 1 == escape.end());
}

// ------------------------------------------------------------------------------------------ PostgreSQL

RC_GTEST_PROP(LexerAgainstPostgres, BordersAgree, ()) {
    std::string explanation;
    for (const std::string& sql : *rc::gen::container<std::vector<std::string>>(50, sql_like())) {
        if (compare_borders(sql, explanation) == Borders::disagree) RC_FAIL(explanation);
    }
}

TEST(LexerAgainstPostgres, BordersOfAllShortTextsAgree) {
    const std::string alphabet = "'\"$\\-/*aE1\n";
    std::size_t compared = 0;
    std::string explanation;
    for (std::size_t length = 1; length <= 5; ++length) {
        std::vector<std::size_t> digits(length);
        for (bool more = true; more;) {
            std::string text;
            for (const std::size_t digit : digits) text += alphabet[digit];
            const Borders result = compare_borders(text, explanation);
            ASSERT_NE(result, Borders::disagree) << explanation;
            compared += result == Borders::agree ? 1U : 0U;
            more = false;
            for (std::size_t& digit : digits) {
                digit = (digit + 1) % alphabet.size();
                if ((more = digit != 0)) break;
            }
        }
    }
    EXPECT_GT(compared, 50'000U);
}

TEST(LexerAgainstPostgres, BordersAgreeInEveryStatementOfTheTestArchives) {
    std::set<std::string> texts;
    for (const std::string& name : test_archives()) {
        const std::string archive = read_test_archive(name);
        MemorySource source(archive);
        const Prologue prologue = read_prologue(source);
        for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
            for (const Field field : {Field::defn, Field::drop_stmt, Field::copy_stmt})
                texts.emplace(prologue.toc[i].text(field).value_or(""));
        }
    }
    EXPECT_GT(texts.size(), 2'000U);
    std::string explanation;
    for (const std::string& text : texts)
        EXPECT_EQ(compare_borders(text, explanation), Borders::agree) << explanation;
}

}  // namespace
}  // namespace pgfilter::sql
