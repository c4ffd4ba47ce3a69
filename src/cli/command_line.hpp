// SPDX-License-Identifier: PostgreSQL
// The command line as options and files, before any of them means anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/option_table.hpp"

namespace pgfilter::cli {

/// "-O", "--no-owner".
std::vector<std::string> names_of(const char* names);

/// "--no-owner": the first long one.
std::string long_name(const OptionRow& row);
/// "--file", and not "-f".
inline bool is_long_name(std::string_view name) {
    return name.starts_with("--");
}

struct GivenOption {
    const OptionRow* row;
    std::string value;  ///< its argument, or the topic of --help=TOPIC; empty if there is none
};

struct CommandLine {
    std::vector<GivenOption> options;  ///< in the order in which they are given
    std::vector<std::string> files;
};

/// Short options can be bundled, and long ones shortened as getopt_long() takes them, as long as one option
/// alone begins like that.  Throws UsageError for the first option that is refused, unknown or ambiguous, or
/// whose argument is missing or too many: before anything is done, so that the answer does not depend on what
/// else is wrong.
CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace pgfilter::cli
