// SPDX-License-Identifier: PostgreSQL
// Files that options name: rules, lists, mappings.
#pragma once

#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter::cli {

/// What is left of it, up to its end.
std::string read_all(ByteSource& source);
std::string read_all(int descriptor);

/// Throws Error, with the name of the file and of the option that names it.
std::string read_file(const std::string& name, const std::string& option);

}  // namespace pgfilter::cli
