// SPDX-License-Identifier: PostgreSQL
// Names of output files that promise something else.
#pragma once

#include <string>

namespace pgfilter::cli {

/// What to say of an archive of that name; empty if there is nothing to say.
std::string describe_misleading_name(const std::string& name);

}  // namespace pgfilter::cli
