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

/// A command line, word by word.
struct CommandWords {
    std::vector<std::string> words;  ///< without the program's name, long options spelled out in full
    std::vector<std::string> files;  ///< those that are no options and no arguments of options
    std::string help_topic;          ///< of --help=TOPIC, which is no argument to the parser
    bool asks_for_text = false;      ///< help and the like: no archive is read

    /// Whether the archive is what standard input has.
    [[nodiscard]] bool archive_is_standard_input() const {
        return !asks_for_text && (files.empty() || files.front() == "-");
    }
};

/// Long options may be shortened, as getopt_long() takes them, as long as one option alone begins like that.
/// Throws UsageError for options that are refused, unknown or ambiguous, and for arguments that are missing
/// or too many: before anything else is done, so that the answer does not depend on what else is wrong.
CommandWords read_words(int argc, const char* const* argv);

}  // namespace pgfilter::cli
