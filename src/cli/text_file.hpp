// Files that options name: rules, lists, mappings.
#pragma once

#include <string>

namespace pgfilter::cli {

/// Up to its end, or as many bytes.
std::string read_all(int descriptor, std::size_t most = std::string::npos);

/// Throws Error, with the name of the file and of the option that names it.
std::string read_file(const std::string& name, const std::string& option);

}  // namespace pgfilter::cli
