// The words of a command line, before they mean anything.
#pragma once

#include <string>
#include <vector>

#include "cli/option_table.hpp"

namespace pgfilter::cli {

/// "-O", "--no-owner".
std::vector<std::string> names_of(const OptionRow& row);

/// "--no-owner": the first long one.
std::string long_name(const OptionRow& row);

/// Throws UsageError for options that are refused or unknown, and for arguments that are missing or too many:
/// before anything else is done, so that the answer does not depend on what else is wrong.
void check_words(int argc, const char* const* argv);

}  // namespace pgfilter::cli
