// SPDX-License-Identifier: PostgreSQL
// Texts that could steer a terminal.
#include "bytes/harmless.hpp"

#include <gtest/gtest.h>

namespace pgfilter {
namespace {

std::string shown(const std::string& text, HarmlessSink::Form form, std::size_t piece) {
    MemorySink into;
    HarmlessSink sink(into, form);
    for (std::size_t at = 0; at < text.size(); at += piece) sink.write(Bytes(text).substr(at, piece));
    sink.finish();
    return into.bytes();
}

TEST(Harmless, WhatSteersIsReplaced) {
    EXPECT_EQ(harmless("a\x1b[31mb\x7f\n"), "a?[31mb??");
    EXPECT_EQ(harmless("C1: \xc2\x9b, one byte of it: \x9b"), "C1: ?, one byte of it: ?");
    for (const char* text :
         {"\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u0080", "\u009f"})
        EXPECT_EQ(harmless(text), "?") << text;
}

TEST(Harmless, TextStays) {
    for (const char* text :
         {"", "plain", "Grüße, 张三, \U0001f600", "\u00a0\u2029\u202f\u2065\u206a", "Latin-1: \xe9t\xe9"})
        EXPECT_EQ(harmless(text), text);
}

// Neither what is longer than need be nor half of a pair is UTF-8; a terminal may take its bytes one by one.
TEST(Harmless, BytesThatAreNoUtf8AreLookedAtOneByOne) {
    EXPECT_EQ(harmless("\xe0\x82\x9b"), "\xe0??");
    EXPECT_EQ(harmless("\xed\xa0\x80"), "\xed\xa0?");
    EXPECT_EQ(harmless("\xf4\x90\x80\x80"), "\xf4???");
    EXPECT_EQ(harmless("\xe2\x80"), "\xe2?");
    EXPECT_EQ(harmless("\xc3"), "\xc3");
}

TEST(Harmless, SinkEscapesWhereverPiecesBegin) {
    const std::string text = "a\tb\n\x1b[1m \u202e\u009b \x9b ü张\U0001f600 \xe2\x80";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        EXPECT_EQ(shown(text, HarmlessSink::Form::text, piece),
                  "a\tb\n\\x1b[1m \\xe2\\x80\\xae\\xc2\\x9b \\x9b ü张\U0001f600 \xe2\\x80");
        EXPECT_EQ(shown("\"ü\u202e\u009b\x7f\"", HarmlessSink::Form::json, piece),
                  "\"ü\\u202e\\u009b\\u007f\"");
    }
}

}  // namespace
}  // namespace pgfilter
