// SPDX-License-Identifier: PostgreSQL
// The completion for fish.
#include "cli/command_line.hpp"
#include "manual/values.hpp"

namespace pgfilter::manual {
namespace {

std::string in_fish_quotes(std::string_view text) {
    return std::string("'").append(with_backslashes(text, "'\\")).append("'");
}

/// __pgfilter_target, which prints the targets.
std::string list_of(const Choice& choice) {
    std::string text = "\nfunction __pgfilter_" + choice.name + "\n    printf '%s\\t%s\\n'";
    for (const Candidate& candidate : choice.candidates)
        text.append(" \\\n        ")
            .append(in_fish_quotes(candidate.text))
            .append(" ")
            .append(in_fish_quotes(candidate.about));
    return text + "\nend\n";
}

std::string command_for(const cli::OptionRow& row, const Values& values) {
    std::string text = "complete -c pgfilter";
    for (const std::string& name : cli::names_of(row.names)) {
        const bool is_long = cli::is_long_name(name);
        text.append(is_long ? " -l " : " -s ").append(in_fish_quotes(name.substr(is_long ? 2 : 1)));
    }
    const Choice* const choice = values.choice_of(row);
    if (row.argument != nullptr)
        text += Values::takes_file(row) || (choice != nullptr && choice->or_file) ? " -r -F" : " -x";
    if (choice != nullptr && choice->joined) text += " -f";
    if (choice != nullptr) text.append(" -a '(__pgfilter_").append(choice->name).append(")'");
    return text.append(" -d ").append(in_fish_quotes(values.about(row))).append("\n");
}

}  // namespace

std::string fish_completion(const Values& values) {
    std::string text = "# fish completion for pgfilter.\n";
    text += completion_origin;
    for (const Choice& choice : values.choices()) text += list_of(choice);
    text += "\n";
    for (const cli::OptionRow& row : cli::option_table) text += command_for(row, values);
    return text;
}

}  // namespace pgfilter::manual
