// SPDX-License-Identifier: PostgreSQL
// errno, as an Error.
#pragma once

#include <cerrno>
#include <new>
#include <string>
#include <system_error>

#include "pgfilter/error.hpp"

namespace pgfilter {

/// "WHAT: No such file or directory", from the current errno.  Throws std::bad_alloc where that is a lack of
/// memory, so that it is reported as one wherever it shows first.
inline Error system_error(const std::string& what) {
    if (errno == ENOMEM) throw std::bad_alloc();
    return {ErrorCode::io, what + ": " + std::generic_category().message(errno)};
}

}  // namespace pgfilter
