// SPDX-License-Identifier: PostgreSQL
// The command line: refused with a complaint, or understood, and the rules that it stands for mean the same
// when they are written as a rule file.
//
// The input is words, one a line, and behind a zero byte the files that they name, with zero bytes between
// them: whatever a file's name is, the next one is read.  No file is ever opened.
#include <algorithm>
#include <vector>

#include "builtin_rules.hpp"
#include "cli/option_table.hpp"
#include "cli/options.hpp"
#include "cli/plugin_files.hpp"
#include "cli/text_file.hpp"
#include "fuzz_target.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"

namespace {

using namespace pgfilter;

Bytes files;

std::string next_file() {
    if (files.empty()) throw Error(ErrorCode::io, "there is no such file");
    const std::size_t size = std::min(files.find('\0'), files.size() - 1) + 1;
    std::string file(files.substr(0, size));
    files.remove_prefix(size);
    if (file.back() == '\0') file.pop_back();
    return file;
}

std::vector<std::string> words_of(Bytes text) {
    std::vector<std::string> words{"pgfilter"};
    while (!text.empty()) {
        const std::size_t size = std::min(text.find('\n'), text.size());
        words.emplace_back(text.substr(0, size));
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return words;
}

bool is_equal(const RuleSpec& a, const RuleSpec& b) {
    const auto same_argument = [](const RuleArgument& x, const RuleArgument& y) {
        return x.key == y.key && x.value == y.value;
    };
    return a.name == b.name && a.because == b.because &&
           std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
                      same_argument);
}

void check_rules_written(const std::vector<RuleSpec>& rules) {
    std::string text;
    for (const RuleSpec& rule : rules) text += write_rule(rule, builtin_rules());
    const std::vector<RuleSpec> again = parse_rules(text, "again", builtin_rules());
    require(std::equal(rules.begin(), rules.end(), again.begin(), again.end(), is_equal));
}

/// What main would find out next.
void check_sense(const std::vector<RuleSpec>& rules) try {
    check_rules(rules, builtin_rules());
} catch (const Error& error) {
    require(!error.message().empty());
}

/// A word that means something: an option by any of its names, sometimes with a value.
std::string random_word(Random& random) {
    const cli::OptionRow& row = random.pick(cli::option_table);
    const std::string names = row.names;
    const std::size_t comma = names.find(',');
    if (comma != std::string::npos && random.one_in(3)) return names.substr(0, comma);
    const std::string name =
        names.substr(names.find("--"), names.find(',', names.find("--")) - names.find("--"));
    if (row.argument == nullptr) return name;
    return name + (random.one_in(4) ? "\n" : "=") + (random.one_in(2) ? "app" : "a=b");
}

}  // namespace

namespace pgfilter::cli {

std::string read_all(int /*descriptor*/) {
    return next_file();
}

std::string read_all(ByteSource& /*source*/) {
    return next_file();
}

std::string read_file(const std::string& name, const std::string& /*option*/) try {
    return next_file();
} catch (Error& error) {
    error.in_file(name);
    throw;
}

void load_plugins(const CommandLine& /*line*/, RuleRegistry& /*registry*/) {}

}  // namespace pgfilter::cli

std::string fuzz_mutate(Bytes input, std::size_t most, Random& random) {
    if (random.one_in(2)) return mutate_bytes(input, most, random);
    std::string text(input);
    const std::size_t words = std::min(text.find('\0'), text.size());
    const std::size_t line = text.rfind('\n', random.below(words + 1));
    return text.insert(line == std::string::npos ? 0 : line + 1, random_word(random) + "\n").substr(0, most);
}

bool fuzz_one(Bytes input) try {
    const std::size_t end = std::min(input.find('\0'), input.size());
    files = input.substr(std::min(end + 1, input.size()));
    const std::vector<std::string> words = words_of(input.substr(0, end));
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    arguments.push_back(nullptr);
    static RuleRegistry registry = builtin_rules();
    const cli::Options options =
        cli::parse_command_line(static_cast<int>(words.size()), arguments.data(), registry);
    if (options.action == cli::Action::help || options.action == cli::Action::version) return true;
    check_rules_written(options.rules);
    check_sense(options.rules);
    return true;
} catch (const cli::UsageError& error) {
    require(!error.message.empty());
    return false;
} catch (const Error& error) {
    require(!error.message().empty());
    return false;
}
