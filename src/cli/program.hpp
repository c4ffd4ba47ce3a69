// The program: from options to an exit status.
#pragma once

#include "cli/options.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter::cli {

enum ExitStatus : int {
    done = 0,
    failed = 1,   ///< after output had begun: it must be discarded
    refused = 2,  ///< not a byte was written
};

/// Does what the options say.  Messages go to standard error.  Throws Error (broken_pipe) alone.
ExitStatus run_program(const Options& options, const RuleRegistry& registry);

/// Prints "pgfilter: MESSAGE" to standard error.
void complain(const std::string& message);

}  // namespace pgfilter::cli
