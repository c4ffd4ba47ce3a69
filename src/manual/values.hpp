// SPDX-License-Identifier: PostgreSQL
// What can follow an option, for the completions of shells.
#pragma once

#include <string>
#include <vector>

#include "cli/option_table.hpp"
#include "pgfilter/rule_registry.hpp"

namespace pgfilter::manual {

struct Candidate {
    std::string text;
    std::string about = {};  ///< empty: the text says it
};

/// Values of which an argument is one.
struct Choice {
    std::string name;  ///< "target"
    std::vector<Candidate> candidates;
    bool or_file = false;  ///< the argument can be a file, too
    bool goes_on = false;  ///< something is to be typed behind each
    bool joined = false;   ///< it follows the option after "=" alone, or not at all
};

class Values {
public:
    /// Throws std::runtime_error if the table of options has an argument of which nobody has said what it is.
    explicit Values(const RuleRegistry& registry);

    [[nodiscard]] const std::vector<Choice>& choices() const { return choices_; }
    /// Null if the option takes no argument, or one that is nothing of a choice.
    [[nodiscard]] const Choice* choice_of(const cli::OptionRow& row) const;
    /// What an option does: of a rule, what that says of itself, for the help needs the title of its topic.
    [[nodiscard]] std::string about(const cli::OptionRow& row) const;
    /// Whether its argument is a file and nothing else.
    [[nodiscard]] static bool takes_file(const cli::OptionRow& row);

private:
    const RuleRegistry& registry_;
    std::vector<Choice> choices_;
};

/// Whether it can be given more than once.
bool can_be_repeated(const cli::OptionRow& row);

/// The text with a backslash before each of the characters.
std::string with_backslashes(std::string_view text, std::string_view before);

/// What a completion begins with.
inline constexpr std::string_view completion_origin =
    "# Made by pgfilter-manual of pgfilter's table of options: do not edit.\n";

std::string bash_completion(const Values& values);
std::string zsh_completion(const Values& values);
std::string fish_completion(const Values& values);

}  // namespace pgfilter::manual
