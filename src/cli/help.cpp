#include "cli/help.hpp"

#include <algorithm>
#include <utility>

#include "cli/command_words.hpp"
#include "cli/json_report.hpp"
#include "cli/limits.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "pgfilter/version.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter::cli {

std::string rules_as_text(const Options& options, const RuleRegistry& registry) {
    check_rules(options.rules, registry);
    std::string text;
    bool of_target = true;
    const bool mixed = std::any_of(options.rules.begin(), options.rules.end(),
                                   [](const RuleSpec& rule) { return !rule.of_target; });
    for (const RuleSpec& rule : options.rules) {
        if (!std::exchange(of_target, rule.of_target) && of_target && !rule.comment.starts_with('\n'))
            text += '\n';
        if (rule.of_target) text += rule.comment;  // the facts that an edited file should keep
        text += write_rule(rule, registry, mixed && rule.of_target);
    }
    return text + options.last_comment;
}

std::string list_of_rules(const RuleRegistry& registry) {
    std::string text;
    for (const RuleInfo* const rule : registry.all()) {
        text += rule->name;
        for (const RuleKey& key : rule->keys)
            text += " " + (key.name.empty() ? "OLD" : key.name) + "=" + key.value;
        text += "\n    " + rule->summary + "\n";
    }
    return text;
}

std::string json_list_of_rules(const RuleRegistry& registry) {
    Json rules = Json::array();
    for (const RuleInfo* const rule : registry.all()) {
        Json arguments = Json::array();
        for (const RuleKey& key : rule->keys)
            arguments.push_back({{"key", key.name.empty() ? Json(nullptr) : Json(key.name)},
                                 {"value", key.value},
                                 {"key_is_required", key.is_required}});
        rules.push_back({{"name", rule->name},
                         {"aliases", rule->aliases},
                         {"summary", rule->summary},
                         {"arguments", arguments}});
    }
    return Json{{"schema_version", schema_version}, {"rules", rules}}.dump(1) + "\n";
}

std::string version_text() {
    std::string text = std::string("pgfilter ") + version + "\n";
    text.append("archive versions: ").append(readable_versions).append("\n");
    text +=
        "compression of data: none, gzip, lz4, zstd\n"
        "wrapped archives: gzip, bzip2, xz, zstd, lz4\n";
    const char* separator = "libraries: ";
    for (const std::string& library : compression_libraries())
        text.append(std::exchange(separator, ", ")).append(library);
    return text + "\n";
}

std::string short_usage() {
    return "usage: pgfilter [OPTION]... [FILE]\n"
           "e.g.:  pg_dump -Fc prod | pgfilter -O -x | pg_restore -d staging\n"
           "Try \"pgfilter --help\" for more information.\n";
}

namespace {

constexpr std::size_t line_width = 80;
constexpr std::size_t help_column = 27;  // where what an option does begins

/// Adds words to the last line, or to new ones that begin at the column.
void add_wrapped(std::string& text, std::string_view words, std::size_t column) {
    std::size_t at = text.size() - (text.rfind('\n') + 1);
    for (std::size_t start = 0; start < words.size();) {
        const std::size_t end = std::min(words.find(' ', start), words.size());
        const bool is_first = at == column;
        if (!is_first && at + 1 + (end - start) > line_width) {
            text.append("\n").append(column, ' ');
            at = column;
        } else if (!is_first) {
            text += ' ';
            ++at;
        }
        text.append(words, start, end - start);
        at += end - start;
        start = end + 1;
    }
    text += '\n';
}

void add_option(std::string& text, const OptionRow& row) {
    std::string names = "  ";
    const char* separator = "";
    for (const std::string& name : names_of(row)) {
        names.append(std::exchange(separator, ", ")).append(name);
        if (row.argument != nullptr && name.size() > 2) names.append("=").append(row.argument);
    }
    text += names;
    if (names.size() + 2 > help_column) text += "\n";
    text.append(names.size() + 2 > help_column ? help_column : help_column - names.size(), ' ');
    add_wrapped(text, row.help, help_column);
}

constexpr const char* help_beginning =
    "pgfilter changes a PostgreSQL dump (pg_dump -Fc) before it is restored.\n\n"
    "Usage:\n  pgfilter [OPTION]... [FILE]\n"
    "\nExamples:\n"
    "  pg_dump -Fc prod | pgfilter -O -x --no-tablespaces | pg_restore -d staging\n"
    "  pgfilter --map-role app_prod=app -f clean.dump nightly.dump\n"
    "  pgfilter --for nonsuperuser --dry-run nightly.dump\n"
    "  pgfilter --check nightly.dump\n"
    "\nReads FILE or standard input, writes standard output or the file given with -f.\n"
    "An archive inside gzip, bzip2, xz, zstd or lz4 is unpacked on the way.\n"
    "Without any rule, the output is the input, byte for byte.\n"
    "Long options can be shortened as long as one option alone begins like that.\n";

constexpr const char* help_end =
    "\nIn OLD=NEW, a name that contains \"=\" or starts with a double quote is written\n"
    "as an SQL identifier: '\"odd=name\"=new'.\n"
    "In PATTERN, the letters A to Z are folded to lower case unless in double quotes,\n"
    "and * stands for any text, as in psql and pg_dump.  A pattern is one name:\n"
    "repeat the option for more.\n"
    "TARGET and SOURCE are names that --list-targets tells, or files: ./my.rules.\n"
    "A FILENAME that is read can be -, standard input, if the archive is not there.\n"
    "\nExit status: 0 done; 1 failed on the way: discard the output, or --check or\n"
    "--check-for found something; 2 refused, nothing was written; 128 + N ended by\n"
    "signal N: discard the output.\n";

}  // namespace

std::string help_text() {
    std::string text = help_beginning;
    std::string_view group;
    for (const OptionRow& row : option_table) {
        if (row.group != group) text.append("\n").append(group = row.group).append(":\n");
        add_option(text, row);
    }
    return text + help_end +
           "\nLimits, if --limit says nothing else (ratio: of what a wrapped input unpacks\nto): " +
           describe_limits() + "\n";
}

}  // namespace pgfilter::cli
