// SPDX-License-Identifier: PostgreSQL
// What names on the command line lead to.
#include "cli/place.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "pgfilter/error.hpp"

namespace pgfilter::cli {
namespace {

namespace fs = std::filesystem;

class Places : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = fs::temp_directory_path() / "pgfilter-test-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        std::ofstream(path("file")) << "content";
        descriptor_ = ::open(path("file").c_str(), O_RDONLY | O_CLOEXEC);
        ASSERT_GE(descriptor_, 0);
    }
    void TearDown() override {
        ::close(descriptor_);
        fs::remove_all(folder_);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

    fs::path folder_;
    int descriptor_ = -1;
};

TEST_F(Places, EverySpellingOfADescriptorIsThatDescriptor) {
    const std::string number = std::to_string(descriptor_);
    const std::string process = std::to_string(::getpid());
    fs::create_symlink("/proc/self/fd/" + number, path("second"));
    fs::create_symlink("second", path("first"));
    fs::create_directory_symlink("/dev/fd", path("folder"));
    for (const std::string& name :
         {"/dev/fd/" + number, "/proc/self/fd/" + number, "/proc/" + process + "/fd/" + number,
          "/proc/" + process + "/task/" + process + "/fd/" + number, "/proc/thread-self/fd/" + number,
          "//dev/../dev/./fd//" + number, path("first"), path("folder/" + number)}) {
        const Place place = Place::of_output(name);
        EXPECT_EQ(place.descriptor(), descriptor_) << name;
        EXPECT_TRUE(place.is_same_file(Place::of_output(path("file")))) << name;
        EXPECT_FALSE(place.is_special()) << name;
    }
    for (const char* name : {"", "-", "/dev/stdout", "//dev/stdout"})
        EXPECT_EQ(Place::of_output(name).descriptor(), STDOUT_FILENO) << name;
    EXPECT_EQ(Place::of_output("/dev/stderr").descriptor(), STDERR_FILENO);
}

TEST_F(Places, OtherNamesAreNot) {
    fs::create_symlink("file", path("link"));
    for (const std::string& name :
         {path("file"), path("link"), path("missing"), path("no/such"), std::string("/proc/self/exe"),
          std::string("/dev/null"), std::string("/")})
        EXPECT_FALSE(Place::of_output(name).descriptor()) << name;
    EXPECT_TRUE(Place::of_output("/dev/null").is_special());
    EXPECT_THROW(Place::of_output("/dev/fd/9999"), Error);
    fs::create_symlink("circle", path("circle"));
    EXPECT_THROW(Place::of_output(path("circle")), Error);
}

TEST_F(Places, SameFileWhateverItsName) {
    fs::create_symlink("file", path("link"));
    fs::create_hard_link(path("file"), path("other"));
    std::ofstream(path("different")) << "content";
    const Place file = Place::of_output(path("file"));
    for (const char* name : {"file", "./file", "link", "other"})
        EXPECT_TRUE(file.is_same_file(Place::of_output(path(name)))) << name;
    EXPECT_FALSE(file.is_same_file(Place::of_output(path("different"))));
    EXPECT_FALSE(file.is_same_file(Place::of_output(path("missing"))));
    EXPECT_TRUE(Place::of_output(path("missing")).is_same_file(Place::of_output(path("./missing"))));
    EXPECT_FALSE(Place::of_output("/dev/null").is_same_file(Place::of_output("/dev/null")));
}

}  // namespace
}  // namespace pgfilter::cli
