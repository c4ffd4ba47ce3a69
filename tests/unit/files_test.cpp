// SPDX-License-Identifier: PostgreSQL
// Descriptors and the file that appears only when complete.
#include "pgfilter/files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = fs::temp_directory_path() / "pgfilter-test-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
    static std::string content(const std::string& name) {
        std::ifstream file(name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static void create(const std::string& name, const std::string& text) { std::ofstream(name) << text; }
    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

private:
    fs::path folder_;
};

TEST_F(Files, PartsBehindTheEndAreEmpty) {
    std::ofstream(path("file")) << "0123456789";
    const int file = ::open(path("file").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    FileRangeSource part(file, 8, 10);
    EXPECT_EQ(part.peek(10), "89");
    for (const std::uint64_t begin : {10ULL, 1ULL << 62U, (1ULL << 63U) - 1, ~0ULL - 5}) {
        FileRangeSource nothing(file, begin, 31);
        EXPECT_EQ(nothing.peek(1), "") << begin;
    }
    ::close(file);
}

TEST_F(Files, OutputAppearsOnlyWhenComplete) {
    OutputFile file(path("new"));
    file.write("abc");
    EXPECT_FALSE(fs::exists(path("new")));
    EXPECT_TRUE(fs::exists(file.temporary_name()));
    file.rewrite(1, "X");
    file.finish();
    EXPECT_EQ(content(path("new")), "aXc");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, OutputThatIsGivenUpLeavesNothing) {
    create(path("old"), "precious");
    {
        OutputFile file(path("old"));
        file.write("abc");
    }
    EXPECT_EQ(content(path("old")), "precious");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, OutputTakesTheModeOfWhatItReplaces) {
    create(path("old"), "precious");
    fs::permissions(path("old"), fs::perms(0640));
    OutputFile file(path("old"), {.sync = false, .keep_owner = true});
    file.finish();
    EXPECT_EQ(fs::status(path("old")).permissions(), fs::perms(0640));
    const mode_t mask = ::umask(027);
    OutputFile fresh(path("fresh"));
    fresh.finish();
    ::umask(mask);
    EXPECT_EQ(fs::status(path("fresh")).permissions(), fs::perms(0640));
}

TEST_F(Files, OutputLeavesWhatSomebodyElseHasPutThere) {
    create(path("old"), "precious");
    for (const std::string name : {"old", "fresh"}) {
        OutputFile file(path(name), {.sync = false});
        file.write("new");
        create(path("newer"), "newer");
        fs::rename(path("newer"), path(name));
        const std::string kept = file.temporary_name();
        EXPECT_THROW(file.finish(), Error);
        EXPECT_EQ(content(path(name)), "newer");
        EXPECT_EQ(content(kept), "new");
    }
}

TEST_F(Files, TargetIsOfOneAtATime) {
    create(path("old"), "precious");
    {
        const FileTarget first(path("old"));
        EXPECT_THROW(FileTarget(path("old")), Error);
        EXPECT_FALSE(first.has_changed());
        create(path("old"), "longer than it was");
        EXPECT_TRUE(first.has_changed());
    }
    EXPECT_FALSE(FileTarget(path("old")).has_changed());
}

TEST_F(Files, OutputFollowsLinks) {
    create(path("real"), "precious");
    fs::create_symlink("real", path("link"));
    OutputFile file(path("link"));
    file.write("new");
    file.finish();
    EXPECT_TRUE(fs::is_symlink(path("link")));
    EXPECT_EQ(content(path("real")), "new");
}

TEST_F(Files, OutputFollowsLinksToWhereNothingIsYet) {
    fs::create_directory(path("folder"));
    fs::create_symlink("folder/second", path("first"));
    fs::create_symlink("real", path("folder/second"));
    OutputFile file(path("first"));
    file.write("new");
    file.finish();
    EXPECT_TRUE(fs::is_symlink(path("first")));
    EXPECT_EQ(content(path("folder/real")), "new");
}

TEST_F(Files, OutputWithALongNameIsPossible) {
    const std::string name(250, 'n');
    OutputFile file(path(name));
    file.finish();
    EXPECT_TRUE(fs::exists(path(name)));
}

TEST_F(Files, OutputIntoNowhereIsRefused) {
    try {
        OutputFile file(path("no/such/folder"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::io);
        EXPECT_NE(error.message().find("No such file"), std::string::npos);
    }
}

TEST_F(Files, OnlyAFileFromItsStartCanBeOverwritten) {
    const auto is_rewritable = [&](int flags, const std::string& before) {
        create(path("file"), "");
        const int descriptor = ::open(path("file").c_str(), O_WRONLY | flags);
        EXPECT_EQ(::write(descriptor, before.data(), before.size()), static_cast<ssize_t>(before.size()));
        const bool result = DescriptorSink(descriptor).can_rewrite();
        ::close(descriptor);
        return result;
    };
    EXPECT_TRUE(is_rewritable(0, ""));
    EXPECT_FALSE(is_rewritable(0, "x"));
    EXPECT_FALSE(is_rewritable(O_APPEND, ""));
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    EXPECT_FALSE(DescriptorSink(ends[1]).can_rewrite());
    ::close(ends[0]);
    ::close(ends[1]);
}

// Non-blocking at both ends, with a reader and a writer that keep each other waiting.
TEST_F(Files, PipesThatDoNotBlockAreWaitedFor) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
    std::string sent;
    for (int i = 0; i < 500'000; ++i) sent += std::to_string(i);
    std::thread writer([&] {
        DescriptorSink sink(ends[1]);
        for (std::size_t at = 0; at < sent.size(); at += 100'000) sink.write(Bytes(sent).substr(at, 100'000));
        sink.finish();
        ::close(ends[1]);
    });
    std::string received;
    DescriptorSource source(ends[0]);
    for (Bytes run = source.peek(1); !run.empty(); run = source.peek(1)) {
        received += run;
        source.skip(run.size());
    }
    writer.join();
    ::close(ends[0]);
    EXPECT_EQ(received == sent, true);
    EXPECT_EQ(source.offset(), sent.size());
}

/// Takes all of `sent` from a pipe that it comes through in pieces, by peeking, skipping and moving at
/// random, and returns what has been moved or copied to the output.  `expected` is what should have been.
std::string through_pipe_source(const std::string& sent, unsigned seed, int flags, std::string& expected) {
    std::mt19937 random(seed);
    const auto up_to = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(1, most)(random);
    };
    int in[2];
    int out[2];
    EXPECT_EQ(::pipe2(in, flags), 0);
    EXPECT_EQ(::pipe2(out, flags), 0);
    std::thread writer([&, pieces = std::mt19937(seed + 1)]() mutable {
        DescriptorSink sink(in[1]);
        for (std::size_t at = 0; at < sent.size();) {
            const std::size_t size = std::uniform_int_distribution<std::size_t>(1, 70'000)(pieces);
            sink.write(Bytes(sent).substr(at, size));
            if (pieces() % 4 == 0) sink.finish();
            at += size;
        }
        sink.finish();
        ::close(in[1]);
    });
    std::string received;
    std::thread reader([&] {
        DescriptorSource source(out[0]);
        for (Bytes run = source.peek(1); !run.empty(); run = source.peek(1)) {
            received += run;
            source.skip(run.size());
        }
    });
    PipeSource source(in[0]);
    DescriptorSink sink(out[1]);
    for (Bytes shown = source.peek(up_to(40)); !shown.empty(); shown = source.peek(up_to(40))) {
        EXPECT_EQ(shown == Bytes(sent).substr(source.offset(), shown.size()), true) << source.offset();
        const std::size_t count = up_to(shown.size());
        if (up_to(3) == 1) {
            source.skip(count);
        } else {
            expected += shown.substr(0, count);
            sink.take(source, count);
        }
    }
    EXPECT_EQ(source.offset(), sent.size());
    sink.finish();
    ::close(out[1]);
    writer.join();
    reader.join();
    ::close(in[0]);
    ::close(out[0]);
    return received;
}

TEST_F(Files, PipesCanBeLookedIntoAndPassedOn) {
    std::string sent;
    for (int i = 0; i < 400'000; ++i) sent += std::to_string(i);
    for (unsigned seed = 0; seed < 12; ++seed) {
        std::string expected;
        const std::string received =
            through_pipe_source(sent, seed, seed % 2 == 0 ? 0 : O_NONBLOCK, expected);
        EXPECT_EQ(received == expected, true) << "seed " << seed;
    }
}

// A socket knows no tee, as some sandboxes do not.
TEST_F(Files, PipesAreReadWhereTheyCannotBeLookedInto) {
    int in[2];
    int out[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, in), 0);
    ASSERT_EQ(::pipe(out), 0);
    const std::string sent(60'000, 'x');
    std::thread writer([&] {
        DescriptorSink sink(in[1]);
        sink.write("begin" + sent);
        sink.finish();
        ::close(in[1]);
    });
    PipeSource source(in[0]);
    DescriptorSink sink(out[1]);
    EXPECT_EQ(source.peek(5).substr(0, 5), "begin");
    source.skip(5);
    std::thread taker([&] {
        sink.take(source, sent.size());
        sink.finish();
        ::close(out[1]);
    });
    DescriptorSource end(out[0]);
    std::string received;
    for (Bytes run = end.peek(1); !run.empty(); run = end.peek(1)) {
        received += run;
        end.skip(run.size());
    }
    writer.join();
    taker.join();
    EXPECT_EQ(received == sent, true);
    EXPECT_TRUE(source.peek(1).empty());
    ::close(in[0]);
    ::close(out[0]);
}

TEST_F(Files, ErrorsOfTheSystemAreReported) {
    const int full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    DescriptorSink sink(full);
    sink.write("x");
    EXPECT_THROW(sink.finish(), Error);
    ::close(full);
    DescriptorSource directory(::open(path(".").c_str(), O_RDONLY));
    EXPECT_THROW(directory.peek(1), Error);
}

}  // namespace
}  // namespace pgfilter
