// SPDX-License-Identifier: PostgreSQL
// What the system does with pipes beyond reading and writing them.
//
// There are two of it: pipes_linux.cpp, and pipes_portable.cpp for all other systems, which can do nothing
// of the kind.  Whoever calls it reads and writes where it fails.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace pgfilter {

/// Fewer, larger hand-overs between the processes of a pipeline.  Not a pipe, or not allowed: it stays as it
/// is.
void enlarge_pipe(int descriptor) noexcept;

/// Makes a pipe that programs started later do not inherit.  False, with errno, if there is none to be had.
bool make_pipe(int (&ends)[2]) noexcept;

/// Copies what is in a pipe to another one, and leaves it there.  Waits until there is something.  Returns
/// how many bytes, 0 at the end; negative with errno if it failed, which is_impossible() looks at.
ssize_t copy_between_pipes(int from, int to, std::size_t count) noexcept;

/// Moves what is in a pipe to any other descriptor.  The same results.
ssize_t move_from_pipe(int from, int to, std::size_t count) noexcept;

/// Whether a call failed because this system, kernel or sandbox never does it, or not between these files.
bool is_impossible(int error) noexcept;

}  // namespace pgfilter
