// SPDX-License-Identifier: PostgreSQL
// The file that an output is to replace: where its name leads, and whether it is still the same.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "bytes/file_status.hpp"
#include "bytes/file_target_state.hpp"
#include "bytes/retry.hpp"

namespace pgfilter {
namespace {

/// Where a link leads, whether there is a file yet or not.
std::string follow_links(const std::string& name) {
    constexpr int most_links = 40;  // as Linux
    std::filesystem::path path(name);
    for (int links = 0; links < most_links; ++links) {
        std::error_code error;
        const std::filesystem::path next = std::filesystem::read_symlink(path, error);
        if (error == std::errc::interrupted) continue;
        // Not a link, or nothing there yet.
        if (error == std::errc::invalid_argument || error == std::errc::no_such_file_or_directory ||
            error == std::errc::not_a_directory)
            return path.string();
        errno = error.value();
        if (error) throw system_error("cannot tell where '" + name + "' leads");
        path = path.parent_path() / next;  // an absolute one replaces all of it
    }
    errno = ELOOP;
    throw system_error("cannot tell where '" + name + "' leads");
}

/// Whether the system cannot lock a file like this, which some file systems in a network cannot.
bool has_no_locks(int error) {
    constexpr std::array errors{EBADF, EINVAL, ENOLCK, ENOSYS, ENOTSUP, EOPNOTSUPP};
    return std::find(errors.begin(), errors.end(), error) != errors.end();
}

bool same_state(const struct stat& one, const struct stat& other) {
    return same_file(one, other) && one.st_size == other.st_size &&
           one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

}  // namespace

FileTarget::State::State(const std::string& given) : name(follow_links(given)) {
    const auto named = status_of(name);
    if (!named) return;
    demand_regular(*named);
    try {
        open_existing();
    } catch (...) {
        if (descriptor >= 0) ::close(descriptor);
        throw;
    }
}

FileTarget::State::~State() {
    if (descriptor >= 0) ::close(descriptor);
}

void FileTarget::State::open_existing() {
    // A FIFO that has taken the name since would make open() wait.
    descriptor = uninterrupted([&] { return ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); });
    if (descriptor < 0) throw system_error("cannot open '" + name + "', which is to be replaced");
    lock();
    existing = status_of(descriptor, "the file to be replaced");
    demand_regular(*existing);
}

// Renaming would put a file where a device is, if root asks for it.
void FileTarget::State::demand_regular(const struct stat& status) const {
    if (!S_ISREG(status.st_mode))
        throw Error(ErrorCode::io, "'" + name + "' is not a regular file and cannot be replaced by one");
}

void FileTarget::State::lock() const {
    if (uninterrupted([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); }) == 0) return;
    if (errno == EWOULDBLOCK)
        throw Error(ErrorCode::io, "'" + name +
                                       "' is locked by another program, perhaps another pgfilter that "
                                       "replaces it");
    if (!has_no_locks(errno)) throw system_error("cannot lock '" + name + "'");
}

FileTarget::FileTarget(const std::string& name) : state_(std::make_unique<State>(name)) {}
FileTarget::FileTarget(FileTarget&&) noexcept = default;
FileTarget::~FileTarget() = default;

const std::string& FileTarget::name() const noexcept {
    return state_->name;
}

bool FileTarget::is_open_as(int descriptor) const {
    return state_->existing && same_file(*state_->existing, status_of(descriptor, "the input"));
}

bool FileTarget::has_changed() const {
    const auto& before = state_->existing;
    const auto now = status_of(state_->name);
    return now && before ? !same_state(*now, *before) : now.has_value() != before.has_value();
}

}  // namespace pgfilter
