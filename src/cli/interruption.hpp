// SPDX-License-Identifier: PostgreSQL
// What happens when the program is stopped from outside.
#pragma once

#include <functional>
#include <string>

namespace pgfilter::cli {

/// Occupies standard streams that the caller has closed, so that no file of ours gets their numbers: reading
/// and writing them fails as before.
void occupy_closed_streams();

/// From here on SIGPIPE is an error of write() like others, and SIGINT, SIGTERM and SIGHUP remove the files
/// named with remove_when_interrupted() before they end the program, as std::terminate() does.
void handle_signals();

/// Runs `create`, which makes a temporary file and returns its name, without a signal being able to come in
/// between.
void remove_when_interrupted(const std::function<std::string()>& create);

/// Ends the program as SIGPIPE does, which is how a reader that has gone ends its writers.
[[noreturn]] void die_of_broken_pipe();

}  // namespace pgfilter::cli
