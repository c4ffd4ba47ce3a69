// SPDX-License-Identifier: PostgreSQL
// Linux passes bytes from pipe to pipe without a copy through the process: tee, splice.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "bytes/pipes.hpp"

namespace pgfilter {
namespace {

// As much as fits in a core's own cache: what one process of a pipeline has written is still there for the
// next.
constexpr int pipe_size = 256 * 1024;

}  // namespace

void enlarge_pipe(int descriptor) noexcept {
    const int size = ::fcntl(descriptor, F_GETPIPE_SZ);
    if (size >= 0 && size < pipe_size) ::fcntl(descriptor, F_SETPIPE_SZ, pipe_size);
}

bool make_pipe(int (&ends)[2]) noexcept {
    return ::pipe2(ends, O_CLOEXEC) == 0;
}

ssize_t copy_between_pipes(int from, int to, std::size_t count) noexcept {
    return ::tee(from, to, count, 0);
}

ssize_t move_from_pipe(int from, int to, std::size_t count) noexcept {
    return ::splice(from, nullptr, to, nullptr, count, SPLICE_F_MOVE);
}

bool is_impossible(int error) noexcept {
    return error == EINVAL || error == ENOSYS || error == EPERM || error == EXDEV || error == EOPNOTSUPP;
}

}  // namespace pgfilter
