// SPDX-License-Identifier: PostgreSQL
// The completion for zsh.
#include "cli/command_line.hpp"
#include "manual/values.hpp"

namespace pgfilter::manual {
namespace {

std::string in_zsh_quotes(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) c == '\'' ? quoted.append("'\\''") : quoted.append(1, c);
    return quoted + "'";
}

/// Other files only if nothing else is there, as their names can begin like those of targets.
constexpr std::string_view or_file = R"zsh( && found=1
    _path_files -g '*.rules *(-/)' && found=1
    ((found)) || _files)zsh";

/// _pgfilter_target(), which offers the targets.
std::string function_of(const Choice& choice) {
    std::string text = "\n_pgfilter_" + choice.name + "() {\n    local -i found=0\n    local -a words=(\n";
    for (const Candidate& candidate : choice.candidates) {
        std::string word = with_backslashes(candidate.text, ":\\");
        if (!candidate.about.empty()) word.append(":").append(candidate.about);
        text.append("        ").append(in_zsh_quotes(word)).append("\n");
    }
    text += "    )\n    _describe -t " + choice.name + "s " + choice.name + " words";
    if (choice.goes_on) text += " -S ''";
    if (choice.or_file) text += or_file;
    return text + "\n}\n";
}

/// ":TARGET:_pgfilter_target": what follows the option.
std::string argument_of(const cli::OptionRow& row, const Values& values) {
    const Choice* const choice = values.choice_of(row);
    std::string text;
    if (row.argument != nullptr) text.append(":").append(row.argument);
    if (choice == nullptr)
        return text.empty() ? text : text.append(Values::takes_file(row) ? ":_files" : ": ");
    if (text.empty()) text.append("::").append(choice->name);
    return text.append(":_pgfilter_").append(choice->name);
}

/// What cannot follow: its other names, or anything.
std::string exclusions_of(const cli::OptionRow& row) {
    if (can_be_repeated(row)) return "*";
    if (row.id == cli::OptionId::help || row.id == cli::OptionId::version) return "(- :)";
    std::string names = "(";
    for (const std::string& name : cli::names_of(row.names))
        names.append(names.size() > 1 ? " " : "").append(name);
    return names + ")";
}

std::string specifications_of(const cli::OptionRow& row, const Values& values) {
    const std::string argument = argument_of(row, values);
    std::string text;
    for (const std::string& name : cli::names_of(row.names)) {
        const bool is_long = cli::is_long_name(name);
        const bool is_joined = row.argument == nullptr;
        std::string specification = exclusions_of(row) + with_backslashes(name, "?");
        if (!argument.empty() && is_long) specification += is_joined ? "=-" : "=";
        if (!argument.empty() && !is_long && !is_joined) specification += "+";
        specification.append("[").append(with_backslashes(values.about(row), "[]:\\")).append("]");
        if (is_long || !is_joined) specification += argument;
        text.append("    ").append(in_zsh_quotes(specification)).append(" \\\n");
    }
    return text;
}

}  // namespace

std::string zsh_completion(const Values& values) {
    std::string text = "#compdef pgfilter\n";
    text += completion_origin;
    for (const Choice& choice : values.choices()) text += function_of(choice);
    text += "\n_arguments -s -S : \\\n";
    for (const cli::OptionRow& row : cli::option_table) text += specifications_of(row, values);
    return text + "    ':FILE:_files'\n";
}

}  // namespace pgfilter::manual
