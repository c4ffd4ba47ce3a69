// SPDX-License-Identifier: PostgreSQL
#include "cli/place.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "bytes/file_status.hpp"
#include "bytes/system_error.hpp"

namespace pgfilter::cli {
namespace {

namespace fs = std::filesystem;

/// Makes a call of the file system again as long as signals interrupt it.
template <class Call>
fs::path repeated(Call call, std::error_code& error) {
    fs::path result;
    do {
        error.clear();
        result = call(error);
    } while (error == std::errc::interrupted);
    return result;
}

bool is_nothing(const std::error_code& error) {
    return !error || error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory ||
           error == std::errc::invalid_argument;
}

[[noreturn]] void throw_untold(const std::error_code& error, const std::string& name) {
    errno = error.value();
    throw system_error("cannot tell where '" + name + "' leads");
}

/// Past links and dots, as far as there are files.
fs::path canonical_name(const fs::path& name) {
    std::error_code error;
    const auto canonical = [&](std::error_code& failure) {
        const fs::path full = fs::absolute(name, failure);
        return failure ? full : fs::weakly_canonical(full, failure);
    };
    fs::path full = repeated(canonical, error);
    if (error) throw_untold(error, name.string());
    return full;
}

/// Where the system shows the descriptors of this process; links lead there from /dev.
bool is_own_folder(const fs::path& folder) {
    const std::string text = folder.string();
    if (text == "/dev/fd") return true;  // where it is no link
    std::string own = "/proc/" + std::to_string(::getpid());
    if (!text.starts_with(own) || !text.ends_with("/fd")) return false;
    const std::string between = text.substr(own.size(), text.size() - own.size() - 3);
    return between.empty() || between.starts_with("/task/");  // threads have the same ones
}

std::optional<int> number_in(const std::string& text) {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < 0) return std::nullopt;
    return number;
}

/// The open descriptor that a name leads to, link by link: the last one would lead on to what is open.
std::optional<int> own_descriptor(const std::string& name) {
    constexpr int most_links = 40;  // as Linux
    if (name.empty() || name == "-" || name == "/dev/stdout") return STDOUT_FILENO;
    if (name == "/dev/stderr") return STDERR_FILENO;
    fs::path path(name);
    for (int links = 0; links < most_links; ++links) {
        const fs::path folder = canonical_name(path.has_parent_path() ? path.parent_path() : ".");
        const fs::path last = path.filename();
        if (is_own_folder(folder)) {
            if (const auto number = number_in(last.string())) return number;
        }
        std::error_code error;
        const auto follow = [&](std::error_code& failure) {
            return fs::read_symlink(folder / last, failure);
        };
        const fs::path next = repeated(follow, error);
        if (!is_nothing(error)) throw_untold(error, name);
        if (error) return std::nullopt;  // no link
        path = folder / next;            // an absolute one replaces all of it
    }
    throw_untold(std::make_error_code(std::errc::too_many_symbolic_link_levels), name);
}

}  // namespace

Place::Place(std::string name, std::optional<int> descriptor, std::optional<struct stat> status)
    : name_(std::move(name)), descriptor_(descriptor), status_(status) {}

Place Place::of_output(const std::string& name) {
    const auto own = own_descriptor(name);
    return {name, own, own ? status_of(*own, "the output") : status_of(name)};
}

Place Place::of_descriptor(int number) {
    return {{}, number, status_of(number, "an open file")};
}

bool Place::is_same_file(const Place& other) const {
    if (!status_ || !other.status_)
        return !status_ && !other.status_ && canonical_name(name_) == canonical_name(other.name_);
    if (S_ISBLK(status_->st_mode) && S_ISBLK(other.status_->st_mode))
        return status_->st_rdev == other.status_->st_rdev;
    return S_ISREG(status_->st_mode) && same_file(*status_, *other.status_);
}

}  // namespace pgfilter::cli
