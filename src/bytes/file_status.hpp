// SPDX-License-Identifier: PostgreSQL
// What kind of file something is.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace pgfilter {

/// Of the file that `name` leads to; nothing if there is none.  Not to know is an error, for what depends on
/// it protects files of the user.  Throws Error (io).
std::optional<struct stat> status_of(const std::string& name);

inline bool same_file(const struct stat& one, const struct stat& other) noexcept {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// Of an open file.  `what` it is, for the message.
struct stat status_of(int descriptor, const char* what);

}  // namespace pgfilter
