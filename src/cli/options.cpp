#include "cli/options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

#include "cli/command_line.hpp"
#include "cli/limits.hpp"
#include "cli/option_table.hpp"
#include "cli/target_options.hpp"
#include "cli/text_file.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter::cli {
namespace {

std::string rule_name(const OptionRow& row) {
    return long_name(row).substr(2);
}

/// Whether there is nothing to do but to print a text about the program or its command line.
bool asks_for_text(const GivenOption& given) {
    constexpr std::array texts{OptionId::help, OptionId::version, OptionId::list_rules,
                               OptionId::list_targets, OptionId::print_rules};
    return std::find(texts.begin(), texts.end(), given.row->id) != texts.end();
}

/// Whether the archive is what standard input has.
bool archive_is_standard_input(const CommandLine& line) {
    return (line.files.empty() || line.files.front() == "-") &&
           std::none_of(line.options.begin(), line.options.end(), asks_for_text);
}

/// Takes the options in the order in which they are given, and reads the files that they name.
class Interpreter {
public:
    Interpreter(Options& options, const RuleRegistry& registry, const CommandLine& line)
        : options_(options),
          registry_(registry),
          input_reader_(archive_is_standard_input(line) ? archive_reader : "") {}

    void take(const GivenOption& given) {
        const auto& [row, value] = given;
        // clang-format off
        switch (row->id) {
            case OptionId::in_place: options_.in_place = true; return;
            case OptionId::no_sync: options_.sync = false; return;
            case OptionId::dry_run: options_.dry_run = true; return;
            case OptionId::needs: options_.needs = true; return;
            case OptionId::check: options_.check = true; return;
            case OptionId::print_rules: options_.print_rules = true; return;
            case OptionId::list_rules: options_.list_rules = true; return;
            case OptionId::list_targets: options_.list_targets = true; return;
            case OptionId::strict: options_.strict = true; return;
            case OptionId::json: options_.json = true; return;
            case OptionId::list: options_.list = true; return;
            case OptionId::verbose: options_.verbose = true; return;
            case OptionId::quiet: options_.quiet = true; return;
            case OptionId::version: options_.version = true; return;
            case OptionId::help: return help(value);
            case OptionId::file: return file(*row, value, options_.output);
            case OptionId::report: return file(*row, value, options_.report);
            case OptionId::format: return format(value);
            case OptionId::limit: return set_limit(options_.limits, value);
            case OptionId::use_list: return use_list(*row, value);
            case OptionId::filter: return add_filter(*row, value);
            case OptionId::map_role: case OptionId::map_tablespace:
                return add_mappings(rule_name(*row), {parse_option(*row, value)});
            case OptionId::map_role_file: return add_mappings("map-role", parse_file(*row, value));
            case OptionId::rule: return add_rule(*row, value);
            case OptionId::any_rule: return options_.rules.push_back(parse_rule(value, "-r '" + value + "'", registry_));
            case OptionId::rules_file: return add_rules(text_of(*row, value), origin_of(value));
            case OptionId::source: return options_.sources.push_back(value);
            case OptionId::target: case OptionId::check_for: return target(*row, value);
        }
        // clang-format on
    }

private:
    void help(const std::string& topic) {
        options_.help = true;
        if (!topic.empty()) options_.help_topic = topic;
    }

    static void file(const OptionRow& row, const std::string& name, std::string& file) {
        if (name.empty()) throw UsageError{long_name(row) + " needs a file name"};
        if (!file.empty()) throw UsageError{long_name(row) + " is given twice"};
        file = name;
    }

    /// The target is the same thing to both options.
    void target(const OptionRow& row, const std::string& name) {
        if (name.empty()) throw UsageError{long_name(row) + " needs the name of a target"};
        if (!options_.target.empty())
            throw UsageError{options_.check_for || row.id == OptionId::check_for
                                 ? "one target at a time, with --for or with --check-for"
                                 : "--for is given twice; the rules of one platform at a time"};
        options_.target = name;
        options_.check_for = row.id == OptionId::check_for;
    }

    static void format(const std::string& text) {
        if (text == "c" || text == "custom") return;
        throw UsageError{"--format=" + text + ": pgfilter reads the custom format only (pg_dump -Fc)"};
    }

    static RuleArgument parse_option(const OptionRow& row, const std::string& text) try {
        return parse_mapping(text);
    } catch (const Error& error) {
        throw UsageError{"--" + rule_name(row) + "=" + text + ": " + error.message()};
    }

    /// The text of a file that an option names; "-" is standard input, which is read once.
    std::string text_of(const OptionRow& row, const std::string& name) {
        if (name != "-") return read_file(name, long_name(row));
        const std::string option = long_name(row) + "=-";
        if (!input_reader_.empty())
            throw UsageError{option + " and " + input_reader_ + " cannot both be standard input" +
                             (input_reader_ == archive_reader ? "; name the archive as FILE" : "")};
        input_reader_ = option;
        return read_all(STDIN_FILENO);
    }

    static std::string origin_of(const std::string& name) { return name == "-" ? "standard input" : name; }

    std::vector<RuleArgument> parse_file(const OptionRow& row, const std::string& name) try {
        return parse_mappings(text_of(row, name));
    } catch (Error& error) {
        if (error.code() == ErrorCode::usage) error.in_file(origin_of(name));
        throw;
    }

    void add_rules(const std::string& text, const std::string& origin) {
        for (RuleSpec& rule : parse_rules(text, origin, registry_)) options_.rules.push_back(std::move(rule));
    }

    /// The lines of a list that pg_restore would look at, as it does: up to the first semicolon.
    void use_list(const OptionRow& row, const std::string& name) {
        if (std::exchange(has_list_, true)) throw UsageError{"--use-list is given twice"};
        RuleSpec spec{"use-list", {}, origin_of(name)};
        const std::string text = text_of(row, name);
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t end = std::min(text.find('\n', start), text.size());
            Bytes line = Bytes(text).substr(start, end - start);
            line = line.substr(0, line.find(';'));
            if (line.find_first_not_of(" \t\r") != Bytes::npos)
                spec.arguments.push_back({"", std::string(line)});
            start = end + 1;
        }
        options_.rules.push_back(std::move(spec));
    }

    void add_filter(const OptionRow& row, const std::string& name) {
        // To the parser, as to pg_dump, standard input has no name.
        const std::string file = name == "-" ? std::string() : name;
        for (RuleSpec& rule : parse_filter_file(text_of(row, name), file))
            options_.rules.push_back(std::move(rule));
    }

    /// A flag given twice means no more than once.
    void add_rule(const OptionRow& row, const std::string& value) {
        if (row.argument != nullptr) return add_argument(rule_name(row), {"", value});
        if (find_rule(rule_name(row)) == options_.rules.end()) options_.rules.push_back({rule_name(row), {}});
    }

    /// All mappings of a kind are one rule, for they apply at once.
    void add_mappings(const std::string& rule, const std::vector<RuleArgument>& mappings) {
        for (const RuleArgument& mapping : mappings) {
            if (mappings_.emplace(rule, mapping.key, mapping.value).second) add_argument(rule, mapping);
        }
    }

    /// An option given several times is one rule with several arguments.
    void add_argument(const std::string& rule, const RuleArgument& argument) {
        if (find_rule(rule) == options_.rules.end()) options_.rules.push_back({rule, {}});
        find_rule(rule)->arguments.push_back(argument);
    }

    std::vector<RuleSpec>::iterator find_rule(const std::string& name) {
        // What a rule file says stays a rule of its own.
        return std::find_if(options_.rules.begin(), options_.rules.end(),
                            [&](const RuleSpec& rule) { return rule.name == name && rule.origin.empty(); });
    }

    static constexpr const char* archive_reader = "the archive";

    Options& options_;
    const RuleRegistry& registry_;
    bool has_list_ = false;
    std::set<std::tuple<std::string, std::string, std::string>> mappings_;  // rule, old, new
    std::string input_reader_;  // the option that reads standard input, if any
};

bool selects(const RuleSpec& rule) {
    return std::any_of(option_table.begin(), option_table.end(), [&](const OptionRow& row) {
        return row.topic == selecting && rule_name(row) == rule.name;
    });
}

// It is about the archive as it is.
void check_alone(const Options& options) {
    if (!options.rules.empty())
        throw UsageError{"--check looks at an archive as it is, and takes no options that change it"};
    if (options.list || options.dry_run || options.needs || options.check_for || options.in_place ||
        options.strict || !options.output.empty() || !options.report.empty())
        throw UsageError{"--check goes with --json, --verbose and --quiet alone"};
}

void check(const Options& options) {
    if (options.help || options.version || options.list_rules || options.list_targets || options.print_rules)
        return;
    if (options.check) check_alone(options);
    if (options.output.ends_with('/'))
        throw UsageError{"--file=" + options.output +
                         " names a directory; what is written is one file, as archives of custom format are"};
    if (options.in_place && options.reads_standard_input()) throw UsageError{"--in-place needs a FILE"};
    if (options.in_place && !options.output.empty())
        throw UsageError{"--in-place and --file cannot be used together"};
    if (options.list && options.dry_run) throw UsageError{"--list and --dry-run cannot be used together"};
    if (options.check_for && (options.list || options.dry_run || options.needs))
        throw UsageError{"--check-for cannot be used together with --list, --dry-run or --needs"};
    if (options.needs && (options.list || options.dry_run))
        throw UsageError{"--needs cannot be used together with --list or --dry-run"};
    if (options.json && options.writes_archive())
        throw UsageError{
            "--json goes with --list, --dry-run, --needs, --check-for and --check; --report=FILENAME is the "
            "JSON of a "
            "real run"};
    if (options.list && options.in_place) throw UsageError{"--list and --in-place cannot be used together"};
    const auto has = [&](const char* name) {
        return std::any_of(options.rules.begin(), options.rules.end(),
                           [&](const RuleSpec& rule) { return rule.name == name; });
    };
    if (has("statistics-only") && has("no-statistics"))
        throw UsageError{"options --statistics-only and --no-statistics cannot be used together"};
    if (options.verbose && options.quiet) throw UsageError{"--verbose and --quiet cannot be used together"};
}

}  // namespace

Options parse_command_line(int argc, const char* const* argv, const RuleRegistry& registry) {
    const CommandLine line = read_command_line(argc, argv);
    Options options;
    Interpreter interpreter(options, registry, line);
    for (const GivenOption& given : line.options) interpreter.take(given);
    const std::vector<std::string>& files = line.files;
    if (files.size() > 1)
        throw UsageError{"one FILE only, and '" + files[1] + "' is the second; name the output with -f"};
    if (!files.empty() && files[0].empty()) throw UsageError{"the name of FILE is empty"};
    if (!files.empty()) options.input = files[0];
    if (!options.help && !options.version) add_target_rules(options, registry);
    // What other options drop is no reason to keep what hangs on it, wherever they stand.
    std::stable_partition(options.rules.begin(), options.rules.end(), std::not_fn(selects));
    check(options);
    return options;
}

}  // namespace pgfilter::cli
