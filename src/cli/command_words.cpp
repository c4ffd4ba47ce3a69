#include "cli/command_words.hpp"

#include <algorithm>

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

// Short options can be bundled: -Oxd is -O -x -d.  Returns whether the next word is the last one's argument.
bool check_bundle(std::string_view word, bool is_last) {
    for (std::size_t i = 1; i < word.size(); ++i) {
        const std::string name = {'-', word[i]};
        refuse(name);
        const OptionRow* row = find_row(name);
        if (row == nullptr) refuse_unknown(word.size() == 2 ? word : name);
        if (row->argument == nullptr) continue;
        const bool is_next = i + 1 == word.size();
        if (is_next && is_last) refuse_without_argument(name, *row);
        return is_next;
    }
    return false;
}

bool check_long(std::string_view word, bool is_last) {
    const std::string_view name = word.substr(0, word.find('='));
    refuse(name);
    const OptionRow* row = find_row(name);
    if (row == nullptr) refuse_unknown(name);
    const bool has_value = name.size() < word.size();
    // CLI11 would take --no-owner=false, which reads like the opposite of what a hurried person wants.
    if (row->argument == nullptr && has_value)
        throw UsageError{"option " + std::string(name) + " takes no value"};
    // CLI11 would take the next word for the value of --file=, as a script with an empty variable writes it.
    if (row->argument != nullptr && (has_value ? name.size() + 1 == word.size() : is_last))
        refuse_without_argument(name, *row);
    return row->argument != nullptr && !has_value;
}

}  // namespace

void check_words(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--") return;
        if (!word.starts_with('-') || word == "-") continue;
        const bool is_last = i + 1 == argc;
        const bool takes_next =
            word.starts_with("--") ? check_long(word, is_last) : check_bundle(word, is_last);
        if (takes_next) ++i;
    }
}

}  // namespace pgfilter::cli
