// The command line: what it can say, and what was said.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/targets.hpp"

namespace pgfilter::cli {

/// A complaint about the command line, for standard error; exit status 2.
struct UsageError {
    std::string message;
};

struct Options {
    std::string input;   ///< empty or "-": standard input
    std::string output;  ///< empty or "-": standard output
    bool in_place = false;
    bool sync = true;
    bool dry_run = false;
    bool needs = false;
    bool check = false;
    bool print_rules = false;
    bool list_rules = false;
    bool list_targets = false;
    bool check_for = false;  ///< report what would fail on the target
    bool strict = false;
    bool json = false;
    std::string report;  ///< file for the JSON report; empty: none
    bool list = false;
    bool verbose = false;
    bool quiet = false;
    bool help = false;
    std::string help_topic;  ///< of --help=TOPIC; empty: none
    bool version = false;
    Limits limits;
    std::string target;                  ///< of --for and --check-for, a name or a file; empty: none
    std::vector<std::string> sources;    ///< of --from
    std::vector<AnsweredRule> answered;  ///< rules of target files that those of the user leave out
    std::string last_comment;            ///< of target files, after their last rule
    std::vector<RuleSpec> rules;         ///< in order of appearance, those of target files after them

    /// Whether an archive is to be written.
    [[nodiscard]] bool writes_archive() const { return !dry_run && !needs && !list && !check_for && !check; }
    [[nodiscard]] bool reads_standard_input() const { return input.empty() || input == "-"; }
};

/// Throws UsageError, and Error if a file that an option names cannot be read or makes no sense.
Options parse_command_line(int argc, const char* const* argv, const RuleRegistry& registry);

}  // namespace pgfilter::cli
