// SPDX-License-Identifier: PostgreSQL
// Sources and sinks that fail, at each of their operations in turn.
#include <gtest/gtest.h>

#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/archive_builder.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;
using FaultKind = FailingOperation::Kind;

struct Case {
    std::string archive;
    std::vector<RuleSpec> rules;
    bool rewritable = false;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    for (const char* name :
         {"tiny/tiny.15.redirect.dump", "tiny/tiny.17.file.dump", "tiny/tiny.18.zstd.pipe.dump"}) {
        const std::string archive = read_test_archive(name);
        for (const bool rewritable : {false, true}) {
            all.push_back({archive, {}, rewritable});
            all.push_back({archive, {{"no-owner", {}}, {"no-privileges", {}}}, rewritable});
            all.push_back({archive, {{"no-large-objects", {}}}, rewritable});
        }
    }
    return all;
}

Summary run_case(const Case& what, ByteSource& source, ByteSink& sink) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    Job job;
    job.rules = what.rules;
    return run(job, registry, source, sink);
}

/// What went wrong, as the caller learns of it.
std::string failure(const Case& what, ByteSource& source, ByteSink& sink) {
    try {
        run_case(what, source, sink);
    } catch (const Error& error) {
        return error.message() + (error.code() == ErrorCode::broken_pipe ? ", nobody reads" : "");
    } catch (const std::bad_alloc&) {
        return "no memory";
    }
    return "nothing";
}

std::string expected(FaultKind kind) {
    return kind == FaultKind::no_memory ? "no memory"
           : kind == FaultKind::error   ? "injected"
                                        : "injected, nobody reads";
}

std::string complete_output(const Case& what) {
    MemorySource source(what.archive);
    MemorySink sink;
    sink.set_rewritable(what.rewritable);
    run_case(what, source, sink);
    return sink.bytes();
}

/// What is left of a run that failed is not taken for an archive, unless all of it had been written.
void expect_given_up(const Case& what, const MemorySink& sink, bool all_written) {
    EXPECT_FALSE(sink.finished());
    if (all_written) return;
    EXPECT_TRUE(refusal(sink.bytes())) << "of " << sink.bytes().size() << " bytes";
    EXPECT_TRUE(what.rewritable || complete_output(what).starts_with(sink.bytes()));
}

TEST(Faults, EveryReadFails) {
    std::size_t failures = 0;
    for (const Case& what : cases()) {
        for (const FaultKind kind : {FaultKind::error, FaultKind::no_memory}) {
            for (std::size_t number = 1;; ++number) {
                FailingOperation operation(number, kind);
                FailingSource source(what.archive, 100, operation);
                MemorySink sink;
                sink.set_rewritable(what.rewritable);
                const std::string failed = failure(what, source, sink);
                if (!operation.failed()) {
                    EXPECT_EQ(sink.bytes(), complete_output(what));
                    break;
                }
                EXPECT_EQ(failed, expected(kind)) << "read " << number;
                expect_given_up(what, sink, false);
                ++failures;
            }
        }
    }
    EXPECT_GT(failures, 1000U);
}

TEST(Faults, EveryWriteFails) {
    std::size_t failures = 0;
    for (const Case& what : cases()) {
        for (const FaultKind kind : {FaultKind::error, FaultKind::broken_pipe, FaultKind::no_memory}) {
            for (const bool half_way : {false, true}) {
                for (std::size_t number = 1;; ++number) {
                    FailingOperation operation(number, kind);
                    TricklingSource source(what.archive, 100);
                    MemorySink memory;
                    memory.set_rewritable(what.rewritable);
                    FailingSink sink(memory, operation, half_way);
                    const std::string failed = failure(what, source, sink);
                    if (!operation.failed()) {
                        EXPECT_EQ(memory.bytes(), complete_output(what));
                        break;
                    }
                    EXPECT_EQ(failed, expected(kind)) << "write " << number;
                    expect_given_up(what, memory, sink.all_written());
                    ++failures;
                }
            }
        }
    }
    EXPECT_GT(failures, 1000U);
}

}  // namespace
}  // namespace pgfilter
