// SPDX-License-Identifier: PostgreSQL
// The program: from options to an exit status.
#pragma once

#include "cli/options.hpp"

namespace pgfilter::cli {

enum ExitStatus : int {
    done = 0,
    failed = 1,   ///< after output had begun: it must be discarded
    refused = 2,  ///< not a byte was written
};

/// Does what the options say, and reports what went wrong.  Throws UsageError if they turn out to make no
/// sense, which means `refused`, and Error (broken_pipe), which means that the reader of the output has gone.
ExitStatus run_program(const Options& options, const RuleRegistry& registry);

}  // namespace pgfilter::cli
