#include "cli/command_words.hpp"

#include <algorithm>
#include <array>

#include "cli/options.hpp"

namespace pgfilter::cli {

std::vector<std::string> names_of(const OptionRow& row) {
    std::vector<std::string> names(1);
    for (const char* c = row.names; *c != '\0'; ++c) {
        if (*c == ',') {
            names.emplace_back();
        } else {
            names.back() += *c;
        }
    }
    return names;
}

std::string long_name(const OptionRow& row) {
    const auto names = names_of(row);
    const auto is_long = [](const std::string& name) { return name.starts_with("--"); };
    return *std::find_if(names.begin(), names.end(), is_long);
}

namespace {

const OptionRow* find_row(std::string_view name) {
    for (const OptionRow& row : option_table) {
        const auto names = names_of(row);
        if (std::find(names.begin(), names.end(), name) != names.end()) return &row;
    }
    return nullptr;
}

void refuse(std::string_view name) {
    for (const RefusedOption& option : refused_options) {
        if (name == option.short_name || name == option.long_name)
            throw UsageError{"option " + std::string(name) + ": " + std::string(option.reason)};
    }
}

[[noreturn]] void refuse_unknown(std::string_view name) {
    std::vector<std::string> known;
    for (const OptionRow& row : option_table) {
        const auto names = names_of(row);
        known.insert(known.end(), names.begin(), names.end());
    }
    const std::string nearest = nearest_name(std::string(name), known);
    throw UsageError{"unknown option " + std::string(name) +
                     (nearest.empty() ? "." : "; did you mean " + nearest + "?") +
                     " Try \"pgfilter --help\" for more information."};
}

[[noreturn]] void refuse_without_argument(std::string_view name, const OptionRow& row) {
    throw UsageError{"option " + std::string(name) + " needs an argument, " + row.argument};
}

/// Whether there is nothing to do but to print a text about the program or its command line.
bool asks_for_text(OptionId id) {
    constexpr std::array texts{OptionId::help, OptionId::version, OptionId::list_rules,
                               OptionId::list_targets, OptionId::print_rules};
    return std::find(texts.begin(), texts.end(), id) != texts.end();
}

// Short options can be bundled: -Oxd is -O -x -d.  Returns whether the next word is the last one's argument.
bool check_bundle(std::string_view word, bool is_last, CommandWords& read) {
    for (std::size_t i = 1; i < word.size(); ++i) {
        const std::string name = {'-', word[i]};
        refuse(name);
        const OptionRow* row = find_row(name);
        if (row == nullptr) refuse_unknown(word.size() == 2 ? word : name);
        read.asks_for_text = read.asks_for_text || asks_for_text(row->id);
        if (row->argument == nullptr) continue;
        const bool is_next = i + 1 == word.size();
        if (is_next && is_last) refuse_without_argument(name, *row);
        return is_next;
    }
    return false;
}

/// Options that begin with the word; names of one option count once.
std::vector<std::string> options_beginning_with(std::string_view word) {
    std::vector<std::string> found;
    for (const OptionRow& row : option_table) {
        for (const std::string& name : names_of(row)) {
            if (!name.starts_with(word)) continue;
            found.push_back(name);
            break;
        }
    }
    for (const RefusedOption& option : refused_options) {
        if (option.long_name.starts_with(word)) found.emplace_back(option.long_name);
    }
    return found;
}

/// The name in full of a long option that may be shortened.
std::string unshortened(std::string_view name) {
    refuse(name);
    if (find_row(name) != nullptr) return std::string(name);
    const std::vector<std::string> candidates = options_beginning_with(name);
    if (candidates.empty()) refuse_unknown(name);
    if (candidates.size() == 1) {
        refuse(candidates.front());
        return candidates.front();
    }
    constexpr std::size_t most_told = 8;
    std::string message = "option " + std::string(name) + " is ambiguous; it could be ";
    for (std::size_t i = 0; i < candidates.size() && i < most_told; ++i)
        message.append(i == 0 ? "" : ", ").append(candidates[i]);
    throw UsageError{message + (candidates.size() > most_told ? " or others" : "")};
}

/// Makes the name a full one.  Returns whether the next word is its argument.
bool check_long(std::string& word, bool is_last, CommandWords& read) {
    const std::size_t end = std::min(word.find('='), word.size());
    bool has_value = end < word.size();
    const std::string name = unshortened(std::string_view(word).substr(0, end));
    const OptionRow& row = *find_row(name);
    if (row.id == OptionId::help && has_value) {
        read.help_topic = word.substr(end + 1);
        word.resize(end);
        has_value = false;
    }
    // CLI11 would take --no-owner=false, which reads like the opposite of what a hurried person wants.
    if (row.argument == nullptr && has_value) throw UsageError{"option " + name + " takes no value"};
    // CLI11 would take the next word for the value of --file=, as a script with an empty variable writes it.
    if (row.argument != nullptr && (has_value ? end + 1 == word.size() : is_last))
        refuse_without_argument(name, row);
    word.replace(0, end, name);
    read.asks_for_text = read.asks_for_text || asks_for_text(row.id);
    return row.argument != nullptr && !has_value;
}

}  // namespace

CommandWords read_words(int argc, const char* const* argv) {
    CommandWords read;
    read.words.assign(argv + std::min(argc, 1), argv + argc);
    bool options_end = false;
    for (std::size_t i = 0; i < read.words.size(); ++i) {
        std::string& word = read.words[i];
        if (!options_end && word == "--") {
            options_end = true;
        } else if (options_end || !word.starts_with('-') || word == "-") {
            read.files.push_back(word);
        } else {
            const bool is_last = i + 1 == read.words.size();
            const bool takes_next =
                word.starts_with("--") ? check_long(word, is_last, read) : check_bundle(word, is_last, read);
            if (takes_next) ++i;
        }
    }
    return read;
}

}  // namespace pgfilter::cli
