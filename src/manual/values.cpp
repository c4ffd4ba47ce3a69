// SPDX-License-Identifier: PostgreSQL
#include "manual/values.hpp"

#include <algorithm>
#include <stdexcept>

#include "archive/kind_facts.hpp"
#include "archive/other_versions.hpp"
#include "cli/command_line.hpp"
#include "cli/limits.hpp"
#include "pgfilter/entry_kind.hpp"
#include "pgfilter/targets.hpp"
#include "rules/archive_version.hpp"

namespace pgfilter::manual {
namespace {

constexpr std::string_view file = "file";
constexpr std::string_view free_text = "text";

/// What the arguments in the table of options are: a file, text, or a choice by its name.
struct ArgumentRow {
    std::string_view argument;
    std::string_view value;
};

constexpr auto argument_table = std::to_array<ArgumentRow>({
    {"FILENAME", file},
    {"FILE", file},
    {"NAME", free_text},
    {"NAME(args)", free_text},
    {"PATTERN", free_text},
    {"OLD=NEW", free_text},
    {"ROLE", free_text},
    {"KIND", "kind"},
    {"KIND PATTERN", "object"},
    {"SECTION", "section"},
    {"RULE", "rule"},
    {"TARGET", "target"},
    {"SOURCE", "source"},
    {"NAME=VALUE", "limit"},
    {"c", "format"},
    {"MAJOR", "major"},
    {"1.N", "version"},
});

/// Empty if it takes none.
std::string_view value_of(const cli::OptionRow& row) {
    if (row.id == cli::OptionId::help) return "topic";
    if (row.argument == nullptr) return {};
    const auto* const found =
        std::find_if(argument_table.begin(), argument_table.end(),
                     [&](const ArgumentRow& known) { return known.argument == row.argument; });
    if (found == argument_table.end())
        throw std::runtime_error(std::string("what is the argument of ").append(row.names).append("?"));
    return found->value;
}

/// Without those that no rule may drop.
std::vector<Candidate> kinds() {
    std::vector<Candidate> all;
    for (std::size_t i = 0; i < entry_kinds; ++i) {
        const auto kind = static_cast<EntryKind>(i);
        if (kind != EntryKind::other && !session_kinds.has(kind)) all.push_back({std::string(desc_of(kind))});
    }
    return all;
}

/// As they stand before a pattern, which only those in capital letters can.
std::vector<Candidate> kinds_of_objects() {
    std::vector<Candidate> all;
    for (const Candidate& kind : kinds()) {
        const bool is_capital =
            kind.text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ ") == std::string::npos;
        if (is_capital) all.push_back({kind.text + " "});
    }
    return all;
}

std::vector<Candidate> targets(std::span<const BuiltinTarget> known) {
    std::vector<Candidate> all;
    for (const BuiltinTarget& target : known)
        all.push_back({std::string(target.name), std::string(target_summary(target.text))});
    return all;
}

std::vector<Candidate> rules(const RuleRegistry& registry) {
    std::vector<Candidate> all;
    for (const RuleInfo* const rule : registry.all()) all.push_back({rule->name, rule->summary});
    return all;
}

std::vector<Candidate> limits() {
    std::vector<Candidate> all;
    for (const std::string_view name : cli::limit_names()) all.push_back({std::string(name).append("=")});
    return all;
}

std::vector<Candidate> majors() {
    std::vector<Candidate> all;
    for (const std::string& name : known_readers()) all.push_back({name});
    return all;
}

std::vector<Candidate> versions() {
    std::vector<Candidate> all;
    for (unsigned minor = oldest_written_minor; minor <= newest_written_minor; ++minor)
        all.push_back({"1." + std::to_string(minor)});
    return all;
}

std::vector<Candidate> topics() {
    std::vector<Candidate> all{{"all", "Every option"}};
    for (const cli::Topic& topic : cli::topic_table)
        all.push_back({std::string(topic.name), std::string(topic.title)});
    return all;
}

}  // namespace

Values::Values(const RuleRegistry& registry)
    : registry_(registry),
      choices_{
          {.name = "kind", .candidates = kinds()},
          {.name = "object", .candidates = kinds_of_objects(), .goes_on = true},
          {.name = "section", .candidates = {{"pre-data"}, {"data"}, {"post-data"}}},
          {.name = "rule", .candidates = rules(registry)},
          {.name = "target", .candidates = targets(builtin_targets()), .or_file = true},
          {.name = "source", .candidates = targets(builtin_sources()), .or_file = true},
          {.name = "limit", .candidates = limits(), .goes_on = true},
          {.name = "format", .candidates = {{"c"}, {"custom"}}},
          {.name = "major", .candidates = majors()},
          {.name = "version", .candidates = versions()},
          {.name = "topic", .candidates = topics(), .joined = true},
      } {
    for (const cli::OptionRow& row : cli::option_table) value_of(row);
}

const Choice* Values::choice_of(const cli::OptionRow& row) const {
    const auto found = std::find_if(choices_.begin(), choices_.end(),
                                    [&](const Choice& choice) { return choice.name == value_of(row); });
    return found == choices_.end() ? nullptr : &*found;
}

std::string Values::about(const cli::OptionRow& row) const {
    const bool is_rule = row.id == cli::OptionId::rule;
    return is_rule ? registry_.find(cli::long_name(row).substr(2))->summary : row.help;
}

bool Values::takes_file(const cli::OptionRow& row) {
    return value_of(row) == file;
}

bool can_be_repeated(const cli::OptionRow& row) {
    using Id = cli::OptionId;
    const bool is_version = value_of(row) == "major" || value_of(row) == "version";
    const bool is_once = is_version || row.id == Id::file || row.id == Id::report || row.id == Id::use_list ||
                         row.id == Id::format || row.id == Id::target || row.id == Id::check_for;
    return row.argument != nullptr && !is_once;
}

std::string with_backslashes(std::string_view text, std::string_view before) {
    std::string escaped;
    for (const char c : text)
        escaped.append(before.find(c) == std::string_view::npos ? 0 : 1, '\\').append(1, c);
    return escaped;
}

}  // namespace pgfilter::manual
