// SPDX-License-Identifier: PostgreSQL
// The completion for bash.
#include <algorithm>
#include <utility>

#include "cli/command_line.hpp"
#include "manual/values.hpp"

namespace pgfilter::manual {
namespace {

constexpr std::string_view beginning = R"bash(
# Offers lines.
_pgfilter_add() {
    local word
    while IFS= read -r word; do
        [[ -z $word ]] || COMPREPLY+=("$prefix$word")
    done
}

# Offers those of some lines that begin with what is typed, its quotes aside.
_pgfilter_choose() {
    local IFS=$'\n'
    _pgfilter_add <<<"$(compgen -W "$1" -- "${current//[\\\'\"]/}")"
}

# Leaves files, which readline completes by itself, out.
_pgfilter_no_files() {
    compopt +o default +o bashdefault 2>/dev/null
}

_pgfilter() {
    local current=${COMP_WORDS[COMP_CWORD]} before='' option='' value='' prefix='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; ++i)); do
        before=${COMP_WORDS[i]}
        [[ $before != -- ]] || return 0
    done
    # What COMP_WORDBREAKS has, as a rule "=", is a word of its own.
    if [[ $current == --*=* ]]; then
        option=${current%%=*}
        prefix=$option=
        value='='
        current=${current#*=}
    elif [[ $current == = ]]; then
        option=$before
        value='='
        current=
    elif [[ $before == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
        value='='
)bash";

constexpr std::string_view after_bundles = R"bash(        option=-${BASH_REMATCH[1]}
    else
        option=$before
    fi
    if [[ -n $value && $option != --* ]]; then
        _pgfilter_no_files
        return 0
    fi
    case $option$value in
)bash";

constexpr std::string_view ending = R"bash(            return 0
            ;;
    esac
    if [[ $current == -* ]]; then
        _pgfilter_choose "$_pgfilter_options"
    fi
}

complete -o bashdefault -o default -F _pgfilter pgfilter
)bash";

std::string lines_in_quotes(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text.append(text.empty() ? "'" : "\n").append(line);
    return text + "'";
}

std::string variables(const Values& values) {
    std::vector<std::string> options;
    for (const cli::OptionRow& row : cli::option_table) {
        for (std::string& name : cli::names_of(row.names)) options.push_back(std::move(name));
    }
    std::string text = "\n_pgfilter_options=" + lines_in_quotes(options) + "\n";
    for (const Choice& choice : values.choices()) {
        std::vector<std::string> words;
        for (const Candidate& candidate : choice.candidates) words.push_back(candidate.text);
        text.append("_pgfilter_")
            .append(choice.name)
            .append("s=")
            .append(lines_in_quotes(words))
            .append("\n");
    }
    return text;
}

/// In "-OxR" the last letter is an option whose argument follows.
std::string bundles() {
    std::string flags;
    std::string others;
    for (const cli::OptionRow& row : cli::option_table) {
        for (const std::string& name : cli::names_of(row.names)) {
            if (!cli::is_long_name(name)) (row.argument == nullptr ? flags : others) += name[1];
        }
    }
    return "    elif [[ $before =~ ^-[" + flags + "]*([" + others + "])$ ]]; then\n";
}

/// "-f | --file | --file=".
std::string pattern_of(const cli::OptionRow& row, bool is_joined) {
    std::string pattern;
    for (const std::string& name : cli::names_of(row.names)) {
        const char* const separator = pattern.empty() ? "" : " | ";
        const bool is_long = cli::is_long_name(name);
        if (!is_joined) pattern.append(separator).append(name);
        if (is_long) pattern.append(pattern.empty() ? "" : " | ").append(name).append("=");
    }
    return pattern;
}

/// The options of which the argument is of one sort, as a pattern.
template <typename IsOne>
std::string pattern_of_all(bool is_joined, const IsOne& is_one) {
    std::string pattern;
    for (const cli::OptionRow& row : cli::option_table) {
        if (is_one(row)) pattern.append(pattern.empty() ? "" : " | ").append(pattern_of(row, is_joined));
    }
    return "        " + pattern + ")\n";
}

std::string branch_of(const Values& values, const Choice& choice) {
    std::string text = pattern_of_all(
        choice.joined, [&](const cli::OptionRow& row) { return values.choice_of(row) == &choice; });
    if (!choice.or_file) text += "            _pgfilter_no_files\n";
    if (choice.goes_on) text += "            compopt -o nospace 2>/dev/null\n";
    // Else readline would not quote them.
    const bool has_blanks =
        std::any_of(choice.candidates.begin(), choice.candidates.end(),
                    [](const Candidate& candidate) { return candidate.text.find(' ') != std::string::npos; });
    if (has_blanks) text += "            compopt -o filenames 2>/dev/null\n";
    text.append("            _pgfilter_choose \"$_pgfilter_").append(choice.name).append("s\"\n");
    return text + "            return 0\n            ;;\n";
}

}  // namespace

std::string bash_completion(const Values& values) {
    const auto takes_text = [&](const cli::OptionRow& row) {
        return row.argument != nullptr && !Values::takes_file(row) && values.choice_of(row) == nullptr;
    };
    std::string text = "# bash completion for pgfilter.\n";
    text.append(completion_origin)
        .append(variables(values))
        .append(beginning)
        .append(bundles())
        .append(after_bundles);
    for (const Choice& choice : values.choices()) text += branch_of(values, choice);
    text.append(pattern_of_all(false, takes_text))
        .append("            _pgfilter_no_files\n            return 0\n            ;;\n");
    text.append(pattern_of_all(false, Values::takes_file))
        .append("            [[ -z $prefix ]] || compopt -o filenames 2>/dev/null\n")
        .append("            [[ -z $prefix ]] || _pgfilter_add <<<\"$(compgen -f -- \"$current\")\"\n");
    return text.append(ending);
}

}  // namespace pgfilter::manual
