// SPDX-License-Identifier: PostgreSQL
#include "cli/options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "bytes/lines.hpp"
#include "cli/command_line.hpp"
#include "cli/limits.hpp"
#include "cli/option_table.hpp"
#include "cli/plugin_files.hpp"
#include "cli/target_options.hpp"
#include "cli/text_file.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter::cli {
namespace {

std::string rule_name(const OptionRow& row) {
    return long_name(row).substr(2);
}

bool selects(const RuleSpec& rule) {
    return std::any_of(option_table.begin(), option_table.end(), [&](const OptionRow& row) {
        return row.topic == selecting && rule_name(row) == rule.name;
    });
}

constexpr auto action_table = std::to_array<std::pair<OptionId, Action>>({
    {OptionId::help, Action::help},
    {OptionId::version, Action::version},
    {OptionId::list_rules, Action::list_rules},
    {OptionId::list_targets, Action::list_targets},
    {OptionId::print_rules, Action::print_rules},
    {OptionId::check, Action::check},
    {OptionId::list, Action::list},
    {OptionId::dry_run, Action::dry_run},
    {OptionId::needs, Action::needs},
    {OptionId::check_for, Action::check_for},
});

/// The actions that are given, in the order of their enum, and the names of their options.
std::map<Action, std::string> actions_of(const CommandLine& line) {
    std::map<Action, std::string> actions;
    for (const auto& [id, action] : action_table) {
        for (const GivenOption& given : line.options) {
            if (given.row->id == id) actions.emplace(action, long_name(*given.row));
        }
    }
    return actions;
}

/// Takes the options in the order in which they are given, and reads the files that they name.
class Interpreter {
public:
    Interpreter(const CommandLine& line, RuleRegistry& registry)
        : line_(line), registry_(registry), actions_(actions_of(line)) {
        if (!actions_.empty()) options_.action = actions_.begin()->first;
        const bool is_standard_input = line.files.empty() || line.files.front() == "-";
        if (is_standard_input && !options_.prints_text()) input_reader_ = archive_reader;
    }

    Options read() {
        if (options_.action != Action::help && options_.action != Action::version)
            load_plugins(line_, registry_);
        for (const GivenOption& given : line_.options) take(given);
        take_file();
        if (options_.action != Action::help && options_.action != Action::version)
            add_target_rules(options_, actions_.contains(Action::check_for) ? "--check-for" : "--for",
                             registry_);
        // Selections come last, wherever they stand: they keep nothing for the sake of what another option
        // drops.
        std::stable_partition(options_.rules.begin(), options_.rules.end(), std::not_fn(selects));
        if (!options_.prints_text()) check();
        return std::move(options_);
    }

private:
    void take(const GivenOption& given) {
        const auto& [row, value] = given;
        // clang-format off
        switch (row->id) {
            case OptionId::in_place: options_.in_place = true; return;
            case OptionId::no_sync: options_.sync = false; return;
            case OptionId::strict: options_.strict = true; return;
            case OptionId::json: options_.json = true; return;
            case OptionId::verbose: options_.verbose = true; return;
            case OptionId::quiet: options_.quiet = true; return;
            case OptionId::help: if (!value.empty()) options_.help_topic = value; return;
            case OptionId::version: case OptionId::list_rules: case OptionId::list_targets: case OptionId::print_rules:
            case OptionId::check: case OptionId::list: case OptionId::dry_run: case OptionId::needs: return;
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
            case OptionId::plugin: case OptionId::trust_plugin: return;
            case OptionId::source: return options_.sources.push_back(value);
            case OptionId::target: case OptionId::check_for: return target(*row, value);
        }
        // clang-format on
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
            throw UsageError{actions_.contains(Action::check_for)
                                 ? "one target at a time, with --for or with --check-for"
                                 : "--for is given twice; the rules of one platform at a time"};
        options_.target = name;
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
        for_each_line(text_of(row, name), [&](Bytes line) {
            line = line.substr(0, line.find(';'));
            if (line.find_first_not_of(" \t\r") != Bytes::npos)
                spec.arguments.push_back({"", std::string(line)});
        });
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
        RuleSpec& rule = rule_of(rule_name(row));
        if (row.argument != nullptr) rule.arguments.push_back({"", value});
    }

    /// All mappings of a kind are one rule, for they apply at once.
    void add_mappings(const std::string& rule, const std::vector<RuleArgument>& mappings) {
        for (const RuleArgument& mapping : mappings) {
            if (mappings_.emplace(rule, mapping.key, mapping.value).second)
                rule_of(rule).arguments.push_back(mapping);
        }
    }

    /// An option given several times is one rule with several arguments.  What a rule file says stays a rule
    /// of its own.
    RuleSpec& rule_of(const std::string& name) {
        std::vector<RuleSpec>& rules = options_.rules;
        const auto found = std::find_if(rules.begin(), rules.end(), [&](const RuleSpec& rule) {
            return rule.name == name && rule.origin.empty();
        });
        return found != rules.end() ? *found : rules.emplace_back(RuleSpec{name, {}});
    }

    void take_file() {
        const std::vector<std::string>& files = line_.files;
        if (files.empty()) return;
        if (files.size() > 1)
            throw UsageError{"one FILE only, and '" + files[1] + "' is the second; name the output with -f"};
        if (files[0].empty()) throw UsageError{"the name of FILE is empty"};
        options_.input = files[0];
    }

    void check() const;

    bool has_rule(const char* name) const {
        return std::any_of(options_.rules.begin(), options_.rules.end(),
                           [&](const RuleSpec& rule) { return rule.name == name; });
    }

    static constexpr const char* archive_reader = "the archive";

    const CommandLine& line_;
    RuleRegistry& registry_;
    const std::map<Action, std::string> actions_;
    Options options_;
    bool has_list_ = false;
    std::set<std::tuple<std::string, std::string, std::string>> mappings_;  // rule, old, new
    std::string input_reader_;  // the option that reads standard input, if any
};

void refuse_if(bool is_wrong, const std::string& message) {
    if (is_wrong) throw UsageError{message};
}

/// What does not go together; the first that applies is told.
void Interpreter::check() const {
    const Options& given = options_;
    if (given.action == Action::check) {
        refuse_if(!given.rules.empty(),
                  "--check looks at an archive as it is, and takes no options that change it");
        refuse_if(actions_.size() > 1 || given.in_place || given.strict || !given.output.empty() ||
                      !given.report.empty(),
                  "--check goes with --json, --verbose and --quiet alone");
    }
    refuse_if(given.output.ends_with('/'),
              "--file=" + given.output +
                  " names a directory; what is written is one file, as archives of custom format are");
    refuse_if(given.in_place && given.reads_standard_input(), "--in-place needs a FILE");
    refuse_if(given.in_place && !given.output.empty(), "--in-place and --file cannot be used together");
    if (actions_.size() > 1)
        throw UsageError{actions_.begin()->second + " and " + std::next(actions_.begin())->second +
                         " cannot be used together"};
    refuse_if(
        given.json && given.writes_archive(),
        "--json goes with --list, --dry-run, --needs, --check-for and --check; --report=FILENAME is the "
        "JSON of a real run");
    refuse_if(given.action == Action::list && given.in_place,
              "--list and --in-place cannot be used together");
    // Of two options with -only, pg_restore tells first: as the rules do when they are made.
    refuse_if(has_rule("statistics-only") && has_rule("no-statistics") && !has_rule("data-only") &&
                  !has_rule("schema-only"),
              "options --statistics-only and --no-statistics cannot be used together");
    refuse_if(given.verbose && given.quiet, "--verbose and --quiet cannot be used together");
}

}  // namespace

Options parse_command_line(int argc, const char* const* argv, RuleRegistry& registry) {
    const CommandLine line = read_command_line(argc, argv);
    return Interpreter(line, registry).read();
}

}  // namespace pgfilter::cli
