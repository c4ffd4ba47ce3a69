// SPDX-License-Identifier: PostgreSQL
// Calls on descriptors that may have to be made again.
#pragma once

#include <poll.h>

#include <cerrno>

#include "bytes/system_error.hpp"

namespace pgfilter {

/// Makes a call again as long as signals interrupt it.  Its result is negative if it fails.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

inline void wait_for(int descriptor, short event, const char* what) {
    pollfd waiting{descriptor, event, 0};
    if (poll(&waiting, 1, -1) < 0 && errno != EINTR && errno != EAGAIN) throw system_error(what);
}

/// After a failed call: returns if it is to be made again, throws otherwise.
inline void retry_or_throw(int descriptor, short event, const char* what) {
    if (errno == EINTR) return;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return wait_for(descriptor, event, what);
    if (errno == EPIPE) throw Error(ErrorCode::broken_pipe, "the reader of the output has gone");
    throw system_error(what);
}

}  // namespace pgfilter
