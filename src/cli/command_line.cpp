// SPDX-License-Identifier: PostgreSQL
#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>

#include "cli/options.hpp"

namespace pgfilter::cli {

std::vector<std::string> names_of(const char* names) {
    std::vector<std::string> list(1);
    for (const char* c = names; *c != '\0'; ++c) {
        if (*c == ',') {
            list.emplace_back();
        } else {
            list.back() += *c;
        }
    }
    return list;
}

std::string long_name(const OptionRow& row) {
    const auto names = names_of(row.names);
    const auto is_long = [](const std::string& name) { return name.starts_with("--"); };
    return *std::find_if(names.begin(), names.end(), is_long);
}

namespace {

/// One name of an option.
struct Meaning {
    std::string name;                        ///< in full
    const OptionRow* row = nullptr;          ///< null if the option is refused
    const RefusedOption* refused = nullptr;  ///< null if it is not

    [[nodiscard]] bool is_same_option(const Meaning& other) const {
        return row == other.row && refused == other.refused;
    }
};

/// Those of one option follow each other.
std::vector<Meaning> all_meanings() {
    std::vector<Meaning> all;
    for (const OptionRow& row : option_table) {
        for (std::string& name : names_of(row.names)) all.push_back({std::move(name), &row, nullptr});
    }
    for (const RefusedOption& option : refused_options) {
        for (std::string& name : names_of(option.names)) all.push_back({std::move(name), nullptr, &option});
    }
    return all;
}

// CLI11 2.1 has ideas of its own about some words.  Marks, which no word of a command line can hold, hide
// these from it.  They are put in without knowing whether a word is an option or the argument of one, and
// are taken out of whatever CLI11 gives back.
constexpr char mark = '\0';
constexpr std::string_view missing("\0", 1);  // what an option is given that lacks its argument

std::string without_marks(std::string text) {
    std::erase(text, mark);
    return text;
}

class Parser {
public:
    Parser() {
        app_.set_help_flag();
        unknown_ = add({'-', mark});  // the rest of the word is its argument
        files_ = add("FILE")->allow_extra_args();
    }

    CommandLine read(std::vector<std::string> words) {
        for (std::string& word : words) mark_word(word);
        words.emplace_back(missing);
        std::reverse(words.begin(), words.end());  // as CLI11 wants them
        app_.parse(std::move(words));
        CommandLine line;
        std::map<const CLI::Option*, std::size_t> seen;
        for (const CLI::Option* const option : app_.parse_order()) {
            const std::string& value = option->results()[seen[option]++];
            if (option == unknown_) refuse_unknown("-" + without_marks(value), value.starts_with(mark));
            if (option != files_) {
                line.options.push_back(accepted(meanings_.at(option), value));
            } else if (value != missing) {
                line.files.push_back(without_marks(value));
            }
        }
        return line;
    }

private:
    CLI::Option* add(const std::string& name) {
        return app_.add_option(name)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    /// Tells CLI11 of an option, if the name, which can be shortened, is that of one.  That it knows no
    /// others saves a millisecond, for it compares each new name with all before it.
    bool introduce(const std::string& name) {
        const std::vector<Meaning> candidates = candidates_for(name);
        if (candidates.size() != 1) return false;
        if (app_.get_option_no_throw(name) != nullptr) return true;
        CLI::Option* const option = add(name);
        const OptionRow* const row = candidates.front().row;
        if (row == nullptr || row->argument == nullptr) option->expected(0);
        meanings_.emplace(option, candidates.front());
        return true;
    }

    void mark_word(std::string& word) {
        if (word.empty() || word == "-" || word == "--") return;
        if (!word.starts_with('-')) {
            word.insert(0, 1, mark);  // CLI11 takes "[a,b]" apart
        } else if (word.starts_with("--")) {
            const std::size_t end = std::min(word.find('='), word.size());
            if (end < word.size()) word.insert(end + 1, 1, mark);  // CLI11 gives --file= the next word
            if (!introduce(word.substr(0, end))) word.insert(1, 2, mark);
        } else {
            word = "-" + marked_bundle(std::string_view(word).substr(1));
        }
    }

    /// CLI11 takes -5 for a file, and the end of -O- for the end of all options.
    std::string marked_bundle(std::string_view names) {
        std::string marked;
        for (const char name : names) {
            if (!introduce({'-', name})) marked += mark;
            marked += name;
        }
        return marked;
    }

    /// The one of that name, or those that begin with it, each by the first of its names that does.
    [[nodiscard]] std::vector<Meaning> candidates_for(std::string_view name) const {
        std::vector<Meaning> found;
        for (const Meaning& meaning : names_) {
            if (meaning.name == name) return {meaning};
            const bool is_new = found.empty() || !found.back().is_same_option(meaning);
            if (is_new && meaning.name.starts_with(name)) found.push_back(meaning);
        }
        return found;
    }

    static GivenOption accepted(const Meaning& meaning, const std::string& value) {
        const auto& [name, row, refused] = meaning;
        if (refused != nullptr) throw UsageError{"option " + name + ": " + std::string(refused->reason)};
        const bool is_flag = row->argument == nullptr;
        const bool is_given = value.starts_with(mark);  // after "=", if it is the value of a flag
        if (!is_flag && value == missing)
            throw UsageError{"option " + name + " needs an argument, " + row->argument};
        // --no-owner=false reads like the opposite of what a hurried person wants.
        if (is_flag && is_given && row->id != OptionId::help)
            throw UsageError{"option " + name + " takes no value"};
        return {row, is_flag && !is_given ? std::string() : without_marks(value)};
    }

    [[noreturn]] void refuse_unknown(const std::string& word, bool is_long) const {
        const std::string name = word.substr(0, is_long ? word.find('=') : 2);
        const std::vector<Meaning> candidates = is_long ? candidates_for(name) : std::vector<Meaning>();
        if (!candidates.empty()) refuse_ambiguous(name, candidates);
        std::vector<std::string> known;
        for (const Meaning& meaning : names_) {
            if (meaning.row != nullptr) known.push_back(meaning.name);
        }
        const std::string nearest = nearest_name(name, known);
        throw UsageError{"unknown option " + name +
                         (nearest.empty() ? "." : "; did you mean " + nearest + "?") +
                         " Try \"pgfilter --help\" for more information."};
    }

    [[noreturn]] static void refuse_ambiguous(const std::string& name,
                                              const std::vector<Meaning>& candidates) {
        constexpr std::size_t most_told = 8;
        std::string message = "option " + name + " is ambiguous; it could be ";
        for (std::size_t i = 0; i < candidates.size() && i < most_told; ++i)
            message.append(i == 0 ? "" : ", ").append(candidates[i].name);
        throw UsageError{message + (candidates.size() > most_told ? " or others" : "")};
    }

    const std::vector<Meaning> names_ = all_meanings();
    CLI::App app_;
    CLI::Option* unknown_;
    CLI::Option* files_;
    std::map<const CLI::Option*, Meaning> meanings_;
};

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
    return Parser().read({argv + std::min(argc, 1), argv + argc});
}

}  // namespace pgfilter::cli
