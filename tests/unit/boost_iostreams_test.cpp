// SPDX-License-Identifier: PostgreSQL
// pgfilter in chains of Boost.Iostreams, and devices of such chains as sources and sinks.
#include "pgfilter/boost_iostreams.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include "pgfilter/rules.hpp"
#include "support/archive_builder.hpp"
#include "support/rule_sets.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;
namespace io = boost::iostreams;

const RuleRegistry& rules_for_chains() {
    static const RuleRegistry registry = [] {
        RuleRegistry rules;
        add_builtin_rules(rules);
        return rules;
    }();
    return registry;
}

/// Gives from 0 to a few bytes at a time, as a descriptor does that does not block.
class HesitantSource {
public:
    using char_type = char;
    using category = io::source_tag;

    HesitantSource(Bytes bytes, std::size_t most, unsigned seed) : left_(bytes), most_(most), random_(seed) {}

    std::streamsize read(char* into, std::streamsize size) {
        if (left_.empty()) return -1;
        const Bytes piece =
            left_.substr(0, std::min(static_cast<std::size_t>(size), random_() % (most_ + 1)));
        std::copy(piece.begin(), piece.end(), into);
        left_.remove_prefix(piece.size());
        return static_cast<std::streamsize>(piece.size());
    }

private:
    Bytes left_;
    std::size_t most_;
    std::mt19937 random_;
};

/// Takes from 0 to a few bytes at a time.
class HesitantSink {
public:
    using char_type = char;
    using category = io::sink_tag;

    HesitantSink(std::string& output, std::size_t most, unsigned seed)
        : output_(&output), most_(most), random_(seed) {}

    std::streamsize write(const char* from, std::streamsize size) {
        const std::size_t count = std::min(static_cast<std::size_t>(size), random_() % (most_ + 1));
        output_->append(from, count);
        return static_cast<std::streamsize>(count);
    }

private:
    std::string* output_;
    std::size_t most_;
    std::mt19937 random_;
};

/// Takes so many bytes, and then fails, or takes nothing more, as a full disk behind a std::ofstream does.
class FullSink {
public:
    using char_type = char;
    using category = io::sink_tag;

    FullSink(std::string& output, std::size_t room, bool throws)
        : output_(&output), room_(room), throws_(throws) {}

    std::streamsize write(const char* from, std::streamsize size) {
        const std::size_t count = std::min(static_cast<std::size_t>(size), room_ - output_->size());
        output_->append(from, count);
        if (count == 0 && throws_) throw std::ios_base::failure("the disk is full");
        return static_cast<std::streamsize>(count);
    }

private:
    std::string* output_;
    std::size_t room_;
    bool throws_;
};

/// What became of an archive: the bytes, and what the Error says if there was one.
struct ChainOutcome {
    std::string output;
    std::string complaint;
};

template <class Work>
ChainOutcome chain_outcome(Work work) {
    ChainOutcome outcome;
    try {
        work(outcome.output);
    } catch (const Error& error) {
        outcome.complaint = error.what();
    }
    return outcome;
}

ChainOutcome run_outcome(const Job& job, Bytes archive) {
    MemorySource source(archive);
    MemorySink sink;
    ChainOutcome outcome = chain_outcome([&](std::string&) { run(job, rules_for_chains(), source, sink); });
    outcome.output = sink.bytes();
    return outcome;
}

/// How bytes go through a chain.
struct Sizes {
    std::streamsize buffer;  ///< of filter and device
    std::size_t piece;       ///< the most that the device, or the test, reads or writes at once
    unsigned seed;
};

Sizes any_sizes(std::mt19937& random, bool small) {
    const std::size_t piece = std::size_t{small ? 1U : 64U} << (random() % (small ? 4 : 7));
    return {std::streamsize{1} << (random() % 13), piece, static_cast<unsigned>(random())};
}

/// A job and its filters, which serve one chain after the other.
struct Filters {
    explicit Filters(Job what)
        : job(std::move(what)), input(job, rules_for_chains()), output(job, rules_for_chains()) {}

    Job job;
    BoostInputFilter input;
    BoostOutputFilter output;
};

ChainOutcome of_input_filter(const Filters& filters, Bytes archive, const Sizes& sizes) {
    return chain_outcome([&](std::string& output) {
        io::filtering_istream in;
        in.push(filters.input, sizes.buffer);
        in.push(HesitantSource(archive, sizes.piece, sizes.seed), sizes.buffer);
        std::mt19937 random(sizes.seed);
        std::string piece(sizes.piece, '\0');
        std::streamsize count = 0;
        do {
            const auto size = static_cast<std::streamsize>(1 + random() % sizes.piece);
            count = in.rdbuf()->sgetn(piece.data(), size);
            output.append(piece, 0, static_cast<std::size_t>(count));
        } while (count > 0);
    });
}

ChainOutcome of_output_filter(const Filters& filters, Bytes archive, const Sizes& sizes) {
    return chain_outcome([&](std::string& output) {
        io::filtering_ostream out;
        out.push(filters.output, sizes.buffer);
        out.push(HesitantSink(output, sizes.piece, sizes.seed), 0);
        out.exceptions(std::ios_base::badbit);
        std::mt19937 random(sizes.seed);
        while (!archive.empty()) {
            const Bytes piece = archive.substr(0, 1 + random() % sizes.piece);
            out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
            archive.remove_prefix(piece.size());
        }
        out.reset();
    });
}

ChainOutcome of_devices(const Filters& filters, Bytes archive, const Sizes& sizes) {
    return chain_outcome([&](std::string& output) {
        HesitantSource from(archive, sizes.piece, sizes.seed);
        HesitantSink to(output, sizes.piece, sizes.seed);
        BoostSource source(from, static_cast<std::size_t>(sizes.buffer));
        BoostSink sink(to);
        run(filters.job, rules_for_chains(), source, sink);
    });
}

using Way = ChainOutcome (*)(const Filters& filters, Bytes archive, const Sizes& sizes);
constexpr std::array<Way, 3> ways{of_input_filter, of_output_filter, of_devices};

// Every archive, every set of rules, both sides.
TEST(BoostIostreams, GivesWhatRunWritesWhateverTheBuffers) {
    std::mt19937 random(1);
    std::size_t unchanged = 0;
    std::size_t changed = 0;
    for (const std::vector<RuleSpec>& rules : rule_sets()) {
        const Filters filters({rules, {}});
        for (const std::string& name : test_archives()) {
            const std::string archive = read_test_archive(name);
            const ChainOutcome expected = run_outcome(filters.job, archive);
            for (std::size_t i = 0; i < ways.size(); ++i) {
                const Sizes sizes = any_sizes(random, archive.size() < 10'000);
                const ChainOutcome found = ways[i](filters, archive, sizes);
                ASSERT_EQ(found.complaint, expected.complaint) << name << ", way " << i;
                ASSERT_EQ(found.output == expected.output, true) << name << ", way " << i;
            }
            ASSERT_EQ(expected.complaint, "") << name;
            ++(expected.output == archive ? unchanged : changed);
        }
    }
    EXPECT_GT(unchanged, test_archives().size());
    EXPECT_GT(changed, 3 * test_archives().size());
}

TEST(BoostIostreams, GivesWhatRunWritesByteByByte) {
    const Filters filters({{{"no-owner", {}}}, {}});
    for (const std::string& name : test_archives("tiny")) {
        const std::string archive = read_test_archive(name);
        for (const Way way : ways) {
            const ChainOutcome found = way(filters, archive, {1, 1, 1});
            ASSERT_EQ(found.complaint, "") << name;
            ASSERT_EQ(found.output, run_outcome(filters.job, archive).output) << name;
        }
    }
}

// With an Error that says where; and what has come through is never an archive.
TEST(BoostIostreams, NoticesATruncatedUpstreamAtEveryByte) {
    const std::array<Filters, 3> filters{Filters({}), Filters({{{"no-owner", {}}}, {}}),
                                         Filters({{{"exclude-table-data", {{"", "*.*"}}}}, {}})};
    std::size_t refused = 0;
    for (const std::string& name : test_archives("tiny")) {
        const std::string archive = read_test_archive(name);
        MemorySource whole(archive);
        MemorySink ignored;
        const std::size_t end = copy_archive(whole, ignored).position;  // what follows is not needed
        for (std::size_t size = 0; size < end; ++size) {
            for (std::size_t i = 0; i < 2; ++i) {
                const ChainOutcome found =
                    ways[i](filters[size % filters.size()], Bytes(archive).substr(0, size), {4096, 4096, 1});
                const std::string where = size < 6 ? "" : "offset " + std::to_string(size) + ": ";
                ASSERT_NE(found.complaint, "") << name << " cut to " << size << ", way " << i;
                ASSERT_NE(found.complaint.find(where), std::string::npos) << found.complaint;
                ++refused;
                if (found.output.empty()) continue;
                ASSERT_TRUE(refusal(found.output)) << name << " cut to " << size << ", way " << i;
            }
        }
    }
    EXPECT_GT(refused, 2 * 22 * 3000U);
}

TEST(BoostIostreams, CopyThrowsWhatIsWrong) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    const Bytes cut = Bytes(archive).substr(0, archive.size() - 1);
    const std::string expected = run_outcome({}, cut).complaint;
    ASSERT_NE(expected, "");
    const ChainOutcome of_input = chain_outcome([&](std::string& output) {
        io::filtering_istream in;
        in.push(BoostInputFilter({}, rules_for_chains()));
        in.push(io::array_source(cut.data(), cut.size()));
        io::copy(in, io::back_inserter(output));
    });
    EXPECT_EQ(of_input.complaint, expected);
    EXPECT_TRUE(refusal(of_input.output));
    const ChainOutcome of_output = chain_outcome([&](std::string& output) {
        io::filtering_ostream out;
        out.push(BoostOutputFilter({}, rules_for_chains()));
        out.push(io::back_inserter(output));
        io::copy(io::array_source(cut.data(), cut.size()), out);
    });
    EXPECT_EQ(of_output.complaint, expected);
    EXPECT_TRUE(refusal(of_output.output));
}

TEST(BoostIostreams, StandsBetweenOtherFilters) {
    const std::string archive = read_test_archive("15/roles.fc.dump");
    const Job job{{{"no-owner", {}}, {"no-privileges", {}}}, {}};
    std::string packed;
    {
        io::filtering_ostream out;
        out.push(BoostOutputFilter(job, rules_for_chains()));
        out.push(io::gzip_compressor());
        out.push(io::back_inserter(packed));
        io::copy(io::array_source(archive.data(), archive.size()), out);
    }
    std::string output;
    io::filtering_istream in;
    in.push(BoostInputFilter({}, rules_for_chains()));
    in.push(io::gzip_decompressor());
    in.push(io::array_source(packed.data(), packed.size()));
    io::copy(in, io::back_inserter(output));
    EXPECT_EQ(output == run_outcome(job, archive).output, true);

    const ChainOutcome of_cut = chain_outcome([&](std::string& cut) {
        io::filtering_istream damaged;
        damaged.push(BoostInputFilter({}, rules_for_chains()));
        damaged.push(io::gzip_decompressor());
        damaged.push(io::array_source(packed.data(), packed.size() / 2));
        io::copy(damaged, io::back_inserter(cut));
    });
    EXPECT_NE(of_cut.complaint, "");
    EXPECT_TRUE(refusal(of_cut.output));
}

TEST(BoostIostreams, TakesWholeChainsAndStandardStreamsAsSourcesAndSinks) {
    const std::string archive = read_test_archive("15/roles.fc.dump");
    std::string packed;
    {
        std::istringstream from(archive);
        io::filtering_ostream to;
        to.push(io::gzip_compressor());
        to.push(io::back_inserter(packed));
        BoostSource source(from);
        BoostSink sink(to);
        run({}, rules_for_chains(), source, sink);
    }
    io::filtering_istream from;
    from.push(io::gzip_decompressor());
    from.push(io::array_source(packed.data(), packed.size()));
    std::ostringstream to;
    BoostSource source(from);
    BoostSink<std::ostream> sink(to);
    run({}, rules_for_chains(), source, sink);
    EXPECT_EQ(to.str() == archive, true);
}

TEST(BoostIostreams, WorksWithoutAChain) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    std::string written;
    auto sink = io::back_inserter(written);
    BoostOutputFilter filter({}, rules_for_chains());
    filter.write(sink, archive.data(), static_cast<std::streamsize>(archive.size()));
    filter.close(sink);
    EXPECT_EQ(written, archive);
}

// Whether it is forgotten or an exception goes through it.
TEST(BoostIostreams, AChainThatIsGivenUpLeavesNoArchive) {
    for (const char* name : {"tiny/tiny.17.pipe.dump", "tiny/tiny.18.none.file.dump", "15/roles.fc.dump"}) {
        const std::string archive = read_test_archive(name);
        MemorySource source(archive);
        MemorySink ignored;
        const auto end = static_cast<std::size_t>(copy_archive(source, ignored).position);
        std::size_t longest = 0;
        for (std::size_t size = 0; size < end; size += 1 + end / 199) {
            std::string output;
            try {
                io::filtering_ostream out;
                out.push(BoostOutputFilter({}, rules_for_chains()));
                out.push(io::back_inserter(output));
                out.write(archive.data(), static_cast<std::streamsize>(size));
                out.flush();
                if (size % 2 == 0) throw std::runtime_error("given up");
            } catch (const std::runtime_error&) {
            }
            longest = std::max(longest, output.size());
            ASSERT_TRUE(refusal(output)) << name << " given up after " << size;
        }
        EXPECT_GT(longest, 9 * end / 10) << name;
    }
}

// The stream swallows what the filter throws: closing says it again.
TEST(BoostIostreams, ClosingThrowsWhatAStreamHasSwallowed) {
    std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    archive[3] = 'X';
    const std::string expected = run_outcome({}, archive).complaint;
    std::string output;
    io::filtering_ostream out;
    out.push(BoostOutputFilter({}, rules_for_chains()), 16);
    out.push(io::back_inserter(output));
    for (int i = 0; i < 10; ++i) out.write(archive.data(), static_cast<std::streamsize>(archive.size()));
    EXPECT_TRUE(out.bad());
    EXPECT_EQ(chain_outcome([&](std::string&) { out.reset(); }).complaint, expected);
    EXPECT_EQ(output, "");

    io::filtering_istream in;
    in.push(BoostInputFilter({}, rules_for_chains()));
    in.push(io::array_source(archive.data(), archive.size()));
    EXPECT_EQ(in.get(), std::char_traits<char>::eof());
    EXPECT_TRUE(in.bad());
    EXPECT_EQ(chain_outcome([&](std::string&) { in.reset(); }).complaint, expected);
}

TEST(BoostIostreams, AFilterMayBeUsedAgainAfterClosing) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    const BoostOutputFilter output_filter({}, rules_for_chains());
    const BoostInputFilter input_filter({}, rules_for_chains());
    for (const std::size_t size : {archive.size(), archive.size() - 5, archive.size(), std::size_t{10},
                                   std::size_t{0}, archive.size()}) {
        const std::string expected = run_outcome({}, Bytes(archive).substr(0, size)).complaint;
        const ChainOutcome written = chain_outcome([&](std::string& output) {
            io::filtering_ostream out;
            out.push(output_filter);
            out.push(io::back_inserter(output));
            out.write(archive.data(), static_cast<std::streamsize>(size));
            out.reset();
        });
        EXPECT_EQ(written.complaint, expected);
        const ChainOutcome read = chain_outcome([&](std::string& output) {
            io::filtering_istream in;
            in.push(input_filter);
            in.push(io::array_source(archive.data(), size));
            output.assign(std::istreambuf_iterator<char>(in), {});
        });
        EXPECT_EQ(read.complaint, expected);
        if (size < archive.size()) continue;
        EXPECT_EQ(written.output, archive);
        EXPECT_EQ(read.output, archive);
    }
    io::filtering_istream half_read;
    half_read.push(input_filter);
    half_read.push(io::array_source(archive.data(), archive.size()));
    EXPECT_EQ(half_read.get(), 'P');
    half_read.reset();  // no Error: nobody wanted the rest
}

TEST(BoostIostreams, ASinkThatFailsIsAnErrorAndNotAskedForEver) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    for (const int kind : {0, 1, 2, 3}) {
        const bool throws = kind % 2 == 1;
        const std::streamsize buffer = kind < 2 ? 0 : 1000;
        for (std::size_t room = 0; room < archive.size(); room += 97) {
            const ChainOutcome outcome = chain_outcome([&](std::string& output) {
                io::filtering_ostream out;
                out.push(BoostOutputFilter({}, rules_for_chains(), {}, std::chrono::milliseconds(3)), 64);
                out.push(FullSink(output, room, throws), buffer);
                out.write(archive.data(), static_cast<std::streamsize>(archive.size()));
                out.reset();
            });
            ASSERT_NE(outcome.complaint, "") << room;
            ASSERT_EQ(outcome.output.size(), room);
        }
    }
    const ChainOutcome of_device = chain_outcome([&](std::string& output) {
        FullSink to(output, 100, true);
        BoostSink sink(to);
        MemorySource source(archive);
        run({}, rules_for_chains(), source, sink);
    });
    EXPECT_EQ(of_device.complaint.rfind("cannot write: the disk is full", 0), 0U) << of_device.complaint;
}

// Boost would repeat bytes.
TEST(BoostIostreams, RefusesABufferedSinkThatTakesParts) {
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    const ChainOutcome outcome = chain_outcome([&](std::string& output) {
        io::filtering_ostream out;
        out.push(BoostOutputFilter({}, rules_for_chains()));
        out.push(HesitantSink(output, 10, 1), 100);
        out.write(archive.data(), static_cast<std::streamsize>(archive.size()));
        out.reset();
    });
    EXPECT_NE(outcome.complaint.find("push it with a buffer of size 0"), std::string::npos)
        << outcome.complaint;
    EXPECT_TRUE(refusal(outcome.output));
}

TEST(BoostIostreams, AStandardStreamThatFailsIsAnErrorAtOnce) {
    std::ofstream full("/dev/full", std::ios::binary);
    ASSERT_TRUE(full.is_open());
    BoostSink sink(full);
    const std::string archive = read_test_archive("15/roles.fc.dump");
    MemorySource source(archive);
    EXPECT_NE(chain_outcome([&](std::string&) { run({}, rules_for_chains(), source, sink); }).complaint, "");
}

TEST(BoostIostreams, TellsThePlanAndRefusesRulesThatMakeNoSenseAtOnce) {
    EXPECT_THROW(BoostInputFilter({{{"no-such-rule", {}}}, {}}, rules_for_chains()), Error);
    EXPECT_THROW(BoostOutputFilter({{{"no-such-rule", {}}}, {}}, rules_for_chains()), Error);
    const std::string archive = read_test_archive("tiny/tiny.17.pipe.dump");
    std::size_t entries = 0;
    const auto count = [&](const Plan& plan) { entries += plan.prologue.toc.size(); };
    io::filtering_istream in;
    in.push(BoostInputFilter({}, rules_for_chains(), count));
    in.push(io::array_source(archive.data(), archive.size()));
    std::string output;
    io::copy(in, io::back_inserter(output));
    EXPECT_GT(entries, 5U);
}

}  // namespace
}  // namespace pgfilter
