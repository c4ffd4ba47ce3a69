// SPDX-License-Identifier: PostgreSQL
// run(), given its input in pieces.
#include <gtest/gtest.h>

#include <random>

#include "pgfilter/filtering_sink.hpp"
#include "pgfilter/rules.hpp"
#include "support/archive_builder.hpp"
#include "support/rule_sets.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

RuleRegistry every_rule() {
    RuleRegistry registry;
    add_builtin_rules(registry);
    return registry;
}

/// In pieces of 1 to `longest` bytes.
void write_in_pieces(ByteSink& sink, Bytes bytes, std::size_t longest, std::mt19937& random) {
    std::uniform_int_distribution<std::size_t> sizes(1, longest);
    while (!bytes.empty()) {
        const Bytes piece = bytes.substr(0, sizes(random));
        sink.write(piece);
        bytes.remove_prefix(piece.size());
    }
    sink.finish();
}

template <class Work>
std::string complaint_of(Work work) try {
    work();
    return "";
} catch (const Error& error) {
    return error.what();
}

void expect_same_summary(const Summary& summary, const Summary& expected) {
    EXPECT_EQ(summary.entries_read, expected.entries_read);
    EXPECT_EQ(summary.entries_written, expected.entries_written);
    EXPECT_EQ(summary.blocks_read, expected.blocks_read);
    EXPECT_EQ(summary.blocks_written, expected.blocks_written);
    EXPECT_EQ(summary.data_read, expected.data_read);
    EXPECT_EQ(summary.data_written, expected.data_written);
    EXPECT_EQ(summary.bytes_read, expected.bytes_read);
    EXPECT_EQ(summary.bytes_written, expected.bytes_written);
    EXPECT_EQ(summary.trailer.kind, expected.trailer.kind);
    EXPECT_EQ(summary.trailer.position, expected.trailer.position);
    EXPECT_EQ(summary.trailer.size, expected.trailer.size);
    EXPECT_EQ(summary.rewritten, expected.rewritten);
}

TEST(FilteringSink, WritesWhatRunWritesWhateverThePieces) {
    const RuleRegistry registry = every_rule();
    std::mt19937 random(1);
    for (const std::string& name : test_archives()) {
        const std::string archive = read_test_archive(name);
        for (const std::vector<RuleSpec>& rules : rule_sets()) {
            const Job job{rules, {}};
            MemorySource source(archive);
            MemorySink expected;
            const Summary summary = run(job, registry, source, expected);
            MemorySink sink;
            FilteringSink filter(job, registry, sink);
            write_in_pieces(filter, archive, std::size_t{1} << (random() % 18), random);
            expect_same_summary(filter.summary(), summary);
            ASSERT_EQ(sink.bytes() == expected.bytes(), true) << name;
            ASSERT_TRUE(sink.finished()) << name;
        }
    }
}

TEST(FilteringSink, SaysWhatRunSaysOfAnInputThatEndsTooEarly) {
    const RuleRegistry registry = every_rule();
    for (const char* name :
         {"tiny/tiny.15.none.pipe.dump", "tiny/tiny.17.redirect.dump", "18/roles.fc_stats.dump"}) {
        const std::string archive = read_test_archive(name);
        for (std::size_t size = 0; size <= archive.size(); size += 1 + archive.size() / 100) {
            MemorySource source(Bytes(archive).substr(0, size));
            MemorySink expected;
            MemorySink sink;
            const std::string refused = complaint_of([&] { run({}, registry, source, expected); });
            const std::string found = complaint_of([&] {
                FilteringSink filter({}, registry, sink);
                filter.write(Bytes(archive).substr(0, size));
                filter.finish();
            });
            ASSERT_EQ(found, refused) << name << " cut to " << size;
            ASSERT_EQ(sink.bytes(), expected.bytes()) << name << " cut to " << size;
        }
    }
}

// Not even if the whole input has come.
TEST(FilteringSink, ThatIsGivenUpLeavesNoArchive) {
    const RuleRegistry registry = every_rule();
    EntryValue rows;
    rows.dump_id = 100;
    rows.section = 3;
    rows.desc = "TABLE DATA";
    rows.rows.emplace(1000, std::string(1000, 'x'));
    ArchiveValue value;
    value.entries = first_entries();
    value.entries.push_back(rows);
    const std::string archive = build(value).bytes();
    ASSERT_FALSE(refusal(archive));
    MemorySink sink;
    FilteringSink({}, registry, sink).write(archive);
    EXPECT_GE(sink.bytes().size() + 2 * ByteSource::max_peek, archive.size());
    EXPECT_TRUE(refusal(sink.bytes()));
}

TEST(FilteringSink, FailsAgainAfterAFailure) {
    const RuleRegistry registry = every_rule();
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    for (std::size_t number = 1;; ++number) {
        FailingOperation operation(number, FailingOperation::Kind::error);
        MemorySink output;
        FailingSink next(output, operation, false);
        FilteringSink filter({}, registry, next);
        std::mt19937 random(2);
        const std::string failure = complaint_of([&] { write_in_pieces(filter, archive, 100, random); });
        if (!operation.failed()) break;
        EXPECT_EQ(failure, "injected");
        EXPECT_EQ(complaint_of([&] { filter.write(archive); }), failure);
        EXPECT_EQ(complaint_of([&] { filter.finish(); }), failure);
        EXPECT_FALSE(output.finished());
        EXPECT_THROW(static_cast<void>(filter.summary()), ContractError);
        ASSERT_LT(number, 100U);
    }
}

TEST(FilteringSink, TellsThePlanBeforeItWrites) {
    const RuleRegistry registry = every_rule();
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    MemorySink sink;
    const auto refuse = [&](const Plan& plan) {
        EXPECT_EQ(sink.bytes(), "");
        throw Error(ErrorCode::refused, std::to_string(plan.reports.at(0).changed) + " entries are changed");
    };
    FilteringSink filter({{{"no-owner", {}}}, {}}, registry, sink, refuse);
    const std::string refused = complaint_of([&] {
        filter.write(archive);
        filter.finish();
    });
    EXPECT_NE(refused.find("entries are changed"), std::string::npos) << refused;
    EXPECT_EQ(sink.bytes(), "");
}

TEST(FilteringSink, RefusesRulesThatMakeNoSenseAtOnceAndBytesAfterTheEnd) {
    const RuleRegistry registry = every_rule();
    MemorySink sink;
    EXPECT_THROW(FilteringSink({{{"no-such-rule", {}}}, {}}, registry, sink), Error);
    FilteringSink filter({}, registry, sink);
    filter.write(read_test_archive("tiny/tiny.17.pipe.dump"));
    filter.finish();
    EXPECT_THROW(filter.write("more"), ContractError);
}

}  // namespace
}  // namespace pgfilter
