// SPDX-License-Identifier: PostgreSQL
#include "bytes/file_status.hpp"

#include "bytes/retry.hpp"

namespace pgfilter {

std::optional<struct stat> status_of(const std::string& name) {
    struct stat status {};
    if (uninterrupted([&] { return ::stat(name.c_str(), &status); }) == 0) return status;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("cannot tell what '" + name + "' is");
}

struct stat status_of(int descriptor, const char* what) {
    struct stat status {};
    if (uninterrupted([&] { return ::fstat(descriptor, &status); }) != 0)
        throw system_error(std::string("cannot tell what ") + what + " is");
    return status;
}

}  // namespace pgfilter
