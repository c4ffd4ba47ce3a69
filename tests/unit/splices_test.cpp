// SPDX-License-Identifier: PostgreSQL
// Edits as data: applied as they were written down, or refused.
#include "pgfilter/splices.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter {
namespace {

using namespace test;

TEST(SpliceList, ReplacesCutsAndInserts) {
    Splices splices;
    EXPECT_TRUE(splices.empty());
    EXPECT_EQ(splices.apply("text"), "text");
    splices.insert(0, "<");
    splices.cut(0, 1);
    splices.replace(2, 3, "three");
    splices.insert(4, ">");
    EXPECT_FALSE(splices.empty());
    EXPECT_EQ(splices.apply("text"), "<ethreet>");
    EXPECT_EQ(splices.apply("texts"), "<ethreet>s");
}

TEST(SpliceList, RefusesWhatIsOutOfOrderOrBounds) {
    Splices splices;
    splices.replace(2, 4, "x");
    EXPECT_THROW(splices.cut(3, 5), ContractError);
    EXPECT_THROW(splices.insert(0, "y"), ContractError);
    EXPECT_THROW(splices.cut(6, 5), ContractError);
    EXPECT_EQ(splices.apply("0123456"), "01x456") << "what was refused leaves nothing behind";
    std::size_t pieces = 0;
    EXPECT_THROW(splices.apply("012", [&](std::string_view) { ++pieces; }), ContractError);
    EXPECT_EQ(pieces, 0U);
}

RC_GTEST_PROP(SpliceList, IsAppliedAsWritten, ()) {
    // Numbers of one, two and three bytes, and more than one run.
    const auto some = [] { return *rc::gen::element<std::size_t>(0, 1, 3, 127, 128, 200, 20'000); };
    std::string text;
    std::string expected;
    Splices splices;
    for (int count = *rc::gen::inRange(0, 20); count > 0; --count) {
        const std::string kept(some(), 'k');
        const std::string old(some(), 'o');
        const std::string fresh(some(), 'n');
        splices.replace(text.size() + kept.size(), text.size() + kept.size() + old.size(), fresh);
        text.append(kept).append(old);
        expected.append(kept).append(fresh);
    }
    const std::string rest(some(), 'r');
    RC_ASSERT(splices.apply(text + rest) == expected + rest);
}

/// A Toc of one entry, whose definition is this text.
Prologue with_definition(const MaybeText& defn) {
    ArchiveValue archive;
    archive.entries.resize(1);
    archive.entries[0].defn = defn;
    const std::string bytes = build(archive).bytes();
    MemorySource source(bytes);
    return read_prologue(source);
}

TEST(EditedText, IsThatOfTheToc) {
    for (const std::size_t size : {std::size_t{10}, std::size_t{100}, std::size_t{300'000}}) {
        Prologue prologue = with_definition(std::string(size, 'a'));
        Toc& toc = prologue.toc;
        Splices splices;
        splices.replace(0, 1, "a");
        EXPECT_FALSE(toc.edit_text(toc[0], Field::defn, splices, 0)) << "it is the same";
        EXPECT_FALSE(toc.rewritten());
        splices.insert(5, "bb");
        for (int times = 1; times <= 3; ++times) {  // the text that is edited is in the way of the new one
            EXPECT_TRUE(toc.edit_text(toc[0], Field::defn, splices, 7));
            EXPECT_EQ(toc[0].defn()->size(), size + 2 * static_cast<std::size_t>(times));
        }
        EXPECT_EQ(*toc[0].defn(), std::string("aaaaabbbbbb").append(size - 5, 'a'));
        EXPECT_EQ(toc[0].changed_by(Field::defn), 7U);
    }
}

TEST(EditedText, MustBeThere) {
    Prologue prologue = with_definition(std::nullopt);
    Toc& toc = prologue.toc;
    Splices splices;
    EXPECT_FALSE(toc.edit_text(toc[0], Field::defn, splices, 0)) << "nothing to do";
    splices.insert(0, "x");
    EXPECT_THROW(toc.edit_text(toc[0], Field::defn, splices, 0), ContractError);
    EXPECT_THROW(toc.edit_text(toc[0], Field::section, splices, 0), ContractError);
    splices.cut(3, 9);
    EXPECT_THROW(toc.edit_text(toc[0], Field::tag, splices, 0), ContractError) << "\"t\" ends before";
    EXPECT_FALSE(toc.rewritten());
}

}  // namespace
}  // namespace pgfilter
