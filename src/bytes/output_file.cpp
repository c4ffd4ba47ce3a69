// SPDX-License-Identifier: PostgreSQL
// A file that appears under its name when it is complete.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "bytes/file_attributes.hpp"
#include "bytes/file_target_state.hpp"
#include "bytes/retry.hpp"

namespace pgfilter {
namespace {

std::string directory_of(const std::string& name) {
    const std::string parent = std::filesystem::path(name).parent_path().string();
    return parent.empty() ? "." : parent;
}

/// Digits that no other program is likely to come upon at the same time.
std::string unlikely_digits() {
    constexpr Bytes digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    // Multiplied by an odd number of 64 bits (2^64 divided by the golden ratio), all bits depend on the
    // lowest.
    std::uint64_t mixed = static_cast<std::uint64_t>(nanoseconds) + static_cast<std::uint64_t>(::getpid());
    mixed = (mixed * 0x9e3779b97f4a7c15) >> 20;
    std::string result;
    for (int i = 0; i < 6; ++i, mixed /= digits.size()) result += digits[mixed % digits.size()];
    return result;
}

/// Creates a file beside `target` that was not there before; its name comes to `name`.  The system subtracts
/// from `mode` what the umask or the directory forbids.  Returns its descriptor, negative if that failed.
int create_beside(const std::string& target, mode_t mode, std::string& name) {
    const std::string stem = directory_of(target) + "/." +
                             std::filesystem::path(target).filename().string().substr(0, 200) + ".pgfilter-";
    for (int attempts = 0;; ++attempts) {
        name = stem + unlikely_digits();
        const int descriptor = uninterrupted(
            [&] { return ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); });
        if (descriptor >= 0 || errno != EEXIST || attempts == 100) return descriptor;
    }
}

// So that the new name is on disk too.
void sync_directory_of(const std::string& file) {
    const std::string complaint =
        "'" + file + "' is complete and in place, but its directory cannot be synced to disk";
    const int directory =
        uninterrupted([&] { return ::open(directory_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (directory < 0) throw system_error(complaint);
    const int result = uninterrupted([&] { return ::fsync(directory); });
    const int why = errno;
    ::close(directory);
    errno = why;
    // Some file systems cannot sync a directory and say so; there is nothing more to be had from them.
    if (result != 0 && why != EINVAL && why != ENOTSUP) throw system_error(complaint);
}

}  // namespace

struct OutputFile::State {
    State(FileTarget to, OutputFileOptions how);
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { discard(); }

    void create();
    void finish();
    [[noreturn]] void keep_beside();
    void discard() noexcept;

    FileTarget target;
    OutputFileOptions options;
    std::string temporary;
    int descriptor = -1;
    std::optional<DescriptorSink> sink;
};

OutputFile::State::State(FileTarget to, OutputFileOptions how) : target(std::move(to)), options(how) {
    try {
        create();
    } catch (...) {
        discard();
        throw;
    }
}

void OutputFile::State::create() {
    const FileTarget::State& replaced = *target.state_;
    // What replaces a file shows nothing to others before it has that file's mode.
    std::string name;
    descriptor = create_beside(replaced.name, replaced.existing ? 0600 : 0666, name);
    if (descriptor < 0) throw system_error("cannot create a temporary file for '" + replaced.name + "'");
    temporary = std::move(name);
    if (replaced.existing)
        copy_attributes(replaced.descriptor, descriptor, *replaced.existing, options.keep_owner,
                        replaced.name);
    sink.emplace(descriptor);
}

void OutputFile::State::finish() {
    const std::string& name = target.name();
    sink->finish();
    if (options.sync && uninterrupted([&] { return ::fsync(descriptor); }) != 0)
        throw system_error("cannot sync '" + name + "'");
    if (::close(std::exchange(descriptor, -1)) != 0) throw system_error("cannot close '" + name + "'");
    if (target.has_changed()) keep_beside();
    if (::rename(temporary.c_str(), name.c_str()) != 0)
        throw system_error("cannot rename the complete file to '" + name + "'");
    temporary.clear();
    if (options.sync) sync_directory_of(name);
}

void OutputFile::State::keep_beside() {
    const std::string kept = std::exchange(temporary, {});
    throw Error(ErrorCode::io, "'" + target.name() +
                                   "' has been changed or replaced by somebody else and stays as it is; the "
                                   "new file is complete and stays, too, as '" +
                                   kept + "'");
}

void OutputFile::State::discard() noexcept {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
    if (!temporary.empty()) uninterrupted([&] { return ::unlink(temporary.c_str()); });
    temporary.clear();
}

OutputFile::OutputFile(FileTarget target, OutputFileOptions options)
    : state_(std::make_unique<State>(std::move(target), options)) {}

OutputFile::OutputFile(const std::string& target, OutputFileOptions options)
    : OutputFile(FileTarget(target), options) {}

OutputFile::~OutputFile() = default;

void OutputFile::write(Bytes data) {
    state_->sink->write(data);
}

void OutputFile::finish() {
    state_->finish();
}

bool OutputFile::can_rewrite() const noexcept {
    return state_->sink->can_rewrite();
}

void OutputFile::rewrite(std::uint64_t offset, Bytes data) {
    state_->sink->rewrite(offset, data);
}

const std::string& OutputFile::temporary_name() const noexcept {
    return state_->temporary;
}

}  // namespace pgfilter
