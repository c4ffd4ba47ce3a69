// SPDX-License-Identifier: PostgreSQL
#include "cli/target_options.hpp"

#include <algorithm>
#include <iterator>

#include "cli/json_writer.hpp"
#include "cli/text_file.hpp"
#include "pgfilter/targets.hpp"

namespace pgfilter::cli {
namespace {

/// A name with a slash or a dot in it is a file, as it is to the shell.
bool is_file_name(const std::string& name) {
    return name.find_first_of("/.") != std::string::npos;
}

[[noreturn]] void refuse_unknown(const std::string& option, const std::string& name,
                                 std::span<const BuiltinTarget> known) {
    std::vector<std::string> names;
    std::string all;
    for (const BuiltinTarget& target : known) {
        names.emplace_back(target.name);
        all.append(all.empty() ? "" : ", ").append(target.name);
    }
    const std::string nearest = nearest_name(name, names);
    throw UsageError{option + ": there is no such target file" +
                     (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?") + "; known are " + all +
                     "; a file of your own is named with its folder, ./" + name};
}

/// The rules of the target file that an option names.
void add_rules(const std::string& option, const std::string& name, std::span<const BuiltinTarget> known,
               const RuleRegistry& registry, std::vector<RuleSpec>& rules) {
    const std::string origin = option + "=" + name;
    const auto has_name = [&](const BuiltinTarget& target) { return target.name == name; };
    const auto found = std::find_if(known.begin(), known.end(), has_name);
    if (found == known.end() && !is_file_name(name)) refuse_unknown(origin, name, known);
    std::vector<RuleSpec> added = found == known.end()
                                      ? parse_target(read_file(name, option), origin, registry)
                                      : parse_target(found->text, origin, registry);
    rules.insert(rules.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
}

void describe(const char* heading, std::span<const BuiltinTarget> targets, std::string& text) {
    constexpr std::size_t column = 15;
    text += heading;
    for (const BuiltinTarget& target : targets) {
        text.append("  ").append(target.name);
        text.append(target.name.size() + 1 > column ? 1 : column - target.name.size(), ' ');
        text.append(target_summary(target.text)).append("\n");
    }
}

}  // namespace

std::string source_file(const std::string& source, const std::string& target) {
    const std::string both = std::string(source).append("_to_").append(target);
    const auto known = builtin_sources();
    const bool is_known =
        std::any_of(known.begin(), known.end(), [&](const BuiltinTarget& file) { return file.name == both; });
    return is_known ? both : source;
}

void add_target_rules(Options& options, const std::string& target_option, const RuleRegistry& registry) {
    std::vector<RuleSpec> rules;
    for (const std::string& source : options.sources)
        add_rules("--from", source_file(source, options.target), builtin_sources(), registry, rules);
    if (!options.target.empty()) add_rules(target_option, options.target, builtin_targets(), registry, rules);
    if (rules.empty()) return;
    CombinedRules combined = combine_rules(std::move(options.rules), std::move(rules), registry);
    options.rules = std::move(combined.rules);
    options.last_comment = std::move(combined.last_comment);
    options.answered = std::move(combined.answered);
}

std::string json_list_of_targets() {
    MemorySink sink;
    JsonWriter json(sink);
    const auto write = [&](const char* name, std::span<const BuiltinTarget> targets) {
        json.begin_list(name);
        for (const BuiltinTarget& target : targets)
            json.object({{"name", target.name}, {"summary", target_summary(target.text)}});
        json.end();
    };
    write("targets", builtin_targets());
    write("sources", builtin_sources());
    json.end();
    return sink.bytes();
}

std::string list_of_targets() {
    std::string text;
    describe("--for, --check-for:\n", builtin_targets(), text);
    describe("--from:\n", builtin_sources(), text);
    return text;
}

}  // namespace pgfilter::cli
