// SPDX-License-Identifier: PostgreSQL
// Where an archive seems to be from.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// Which --from fits the archive, if it looks like a platform's dump and nothing was said of that; or empty.
std::string origin_hint(const Plan& plan, const Options& options);

}  // namespace pgfilter::cli
