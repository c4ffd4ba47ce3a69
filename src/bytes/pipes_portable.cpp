// SPDX-License-Identifier: PostgreSQL
// Systems that can do no more with pipes than read and write them.
#include <cerrno>

#include "bytes/pipes.hpp"

namespace pgfilter {
namespace {

ssize_t not_here() noexcept {
    errno = ENOSYS;
    return -1;
}

}  // namespace

void enlarge_pipe(int) noexcept {}

bool make_pipe(int (&)[2]) noexcept {
    return not_here() == 0;
}

ssize_t copy_between_pipes(int, int, std::size_t) noexcept {
    return not_here();
}

ssize_t move_from_pipe(int, int, std::size_t) noexcept {
    return not_here();
}

bool is_impossible(int error) noexcept {
    return error == ENOSYS;
}

}  // namespace pgfilter
