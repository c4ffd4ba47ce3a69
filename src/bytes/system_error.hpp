// errno, as an Error.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include "pgfilter/error.hpp"

namespace pgfilter {

/// "WHAT: No such file or directory", from the current errno.
inline Error system_error(const std::string& what) {
    return {ErrorCode::io, what + ": " + std::generic_category().message(errno)};
}

}  // namespace pgfilter
