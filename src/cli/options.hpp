// SPDX-License-Identifier: PostgreSQL
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

/// What is to be done.  Of several up to print_rules, for which no archive is read, the first is done
/// whatever else is given; of the others there can be but one.
enum class Action {
    help,
    version,
    list_rules,
    list_targets,
    print_rules,
    check,
    list,
    dry_run,
    needs,
    check_for,  ///< report what would fail on the target
    filter,     ///< write an archive
};

struct Options {
    Action action = Action::filter;
    std::string input;   ///< empty or "-": standard input
    std::string output;  ///< empty or "-": standard output
    bool in_place = false;
    bool sync = true;
    bool strict = false;
    bool json = false;
    bool verbose = false;
    bool quiet = false;
    std::string report;      ///< file for the JSON report; empty: none
    std::string help_topic;  ///< of --help=TOPIC; empty: none
    Limits limits;
    std::string target;                  ///< of --for and --check-for, a name or a file; empty: none
    std::vector<std::string> sources;    ///< of --from
    std::vector<AnsweredRule> answered;  ///< rules of target files that those of the user leave out
    std::string last_comment;            ///< of target files, after their last rule
    std::vector<RuleSpec> rules;         ///< in order of appearance, those of target files after them

    /// Whether nothing is to be done but to print a text about the program or its command line.
    [[nodiscard]] bool prints_text() const { return action <= Action::print_rules; }
    [[nodiscard]] bool writes_archive() const { return action == Action::filter; }
    [[nodiscard]] bool reads_standard_input() const { return input.empty() || input == "-"; }
};

/// `registry`: gets the rules of plug-ins.
/// Throws UsageError, and Error if a file that an option names cannot be read or makes no sense.
Options parse_command_line(int argc, const char* const* argv, RuleRegistry& registry);

}  // namespace pgfilter::cli
