#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "bytes/system_error.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter {
namespace {

/// Where a link leads, whether there is a file yet or not.
std::string follow_links(const std::string& name) {
    std::filesystem::path path(name);
    std::error_code no_link;
    for (int links = 0; links < 40; ++links) {
        const std::filesystem::path next = std::filesystem::read_symlink(path, no_link);
        if (no_link) break;
        path = path.parent_path() / next;  // an absolute one replaces all of it
    }
    return path.string();
}

std::string directory_of(const std::string& name) {
    const std::string parent = std::filesystem::path(name).parent_path().string();
    return parent.empty() ? "." : parent;
}

mode_t mode_for_new_files() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

// So that the new name is on disk too.
void sync_directory_of(const std::string& file) {
    const std::string complaint =
        "'" + file + "' is complete and in place, but its directory cannot be synced to disk";
    const int directory = ::open(directory_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) throw system_error(complaint);
    const int result = ::fsync(directory);
    const int why = errno;
    ::close(directory);
    errno = why;
    // Some file systems cannot sync a directory and say so; there is nothing more to be had from them.
    if (result != 0 && why != EINVAL && why != ENOTSUP) throw system_error(complaint);
}

}  // namespace

OutputFile::OutputFile(const std::string& target, OutputFileOptions options)
    : target_(follow_links(target)), options_(options) {
    const std::filesystem::path path(target_);
    std::string pattern =
        directory_of(target_) + "/." + path.filename().string().substr(0, 200) + ".pgfilter-XXXXXX";
    descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (descriptor_ < 0) throw system_error("cannot create a temporary file for '" + target + "'");
    temporary_ = std::move(pattern);
    try {
        take_over_attributes();
        sink_.emplace(descriptor_);
    } catch (...) {
        discard();
        throw;
    }
}

OutputFile::~OutputFile() {
    discard();
}

void OutputFile::take_over_attributes() {
    struct stat replaced {};
    const bool exists = ::stat(target_.c_str(), &replaced) == 0;
    // Renaming would put a file where a device is, if root asks for it.
    if (exists && !S_ISREG(replaced.st_mode))
        throw Error(ErrorCode::io, "'" + target_ + "' is not a regular file and cannot be replaced by one");
    if (exists && options_.keep_owner && ::fchown(descriptor_, replaced.st_uid, replaced.st_gid) != 0)
        throw system_error("cannot give the new file the owner of '" + target_ + "'");
    const mode_t mode = exists ? replaced.st_mode & 07777 : mode_for_new_files();
    if (::fchmod(descriptor_, mode) != 0)
        throw system_error("cannot set the mode of the new file for '" + target_ + "'");
}

void OutputFile::finish() {
    sink_->finish();
    if (options_.sync && ::fsync(descriptor_) != 0) throw system_error("cannot sync '" + target_ + "'");
    if (::close(std::exchange(descriptor_, -1)) != 0) throw system_error("cannot close '" + target_ + "'");
    if (::rename(temporary_.c_str(), target_.c_str()) != 0)
        throw system_error("cannot rename the complete file to '" + target_ + "'");
    temporary_.clear();
    if (options_.sync) sync_directory_of(target_);
}

void OutputFile::discard() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

}  // namespace pgfilter
