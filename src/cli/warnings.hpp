// SPDX-License-Identifier: PostgreSQL
// What standard error is told around a run: what the user must know of the plan, and how it went.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Of a name that promises something else than an archive.
void warn_of_name(const Options& options);

/// Of what must be known before the output can be trusted.  False if it is to be refused for that.
bool warn_of_plan(const Plan& plan, const Options& options);

/// Of what was done to write the archive.  `file`: what messages call the input.
void tell_of_run(const Plan& plan, const Summary& summary, const Options& options, const std::string& file);

}  // namespace pgfilter::cli
