// Files that options name: rules, lists, mappings.
#pragma once

#include <string>

namespace pgfilter::cli {

/// Up to its end.
std::string read_all(int descriptor);

/// Throws Error, with the name of the file.
std::string read_file(const std::string& name);

}  // namespace pgfilter::cli
