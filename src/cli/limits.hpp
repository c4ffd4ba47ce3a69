// SPDX-License-Identifier: PostgreSQL
// What --limit says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/archive_io.hpp"

namespace pgfilter::cli {

/// Reads "NAME=VALUE".  Throws UsageError.
void set_limit(Limits& limits, const std::string& text);

std::vector<std::string_view> limit_names();

/// All names, with the values that hold without the option, for the help.
std::string describe_limits();

}  // namespace pgfilter::cli
