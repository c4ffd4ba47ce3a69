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

/// Does what the options say, and reports what went wrong.  `on_error` is at any time the status that an
/// exception means: Error (broken_pipe) and std::bad_alloc are not reported but thrown on.
ExitStatus run_program(const Options& options, const RuleRegistry& registry, ExitStatus& on_error);

}  // namespace pgfilter::cli
