#include "cli/help.hpp"

#include <algorithm>
#include <utility>

#include "cli/command_words.hpp"
#include "cli/limits.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"

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

std::string short_usage() {
    return "usage: pgfilter [OPTION]... [FILE]\n"
           "e.g.:  pg_dump -Fc prod | pgfilter -O -x | pg_restore -d staging\n"
           "Try \"pgfilter --help\" for more information.\n";
}

std::string help_text() {
    std::string text =
        "pgfilter changes a PostgreSQL dump (pg_dump -Fc) before it is restored.\n\n"
        "Usage:\n  pgfilter [OPTION]... [FILE]\n"
        "\nReads FILE or standard input, writes standard output or the file given with -f.\n"
        "An archive inside gzip, bzip2, xz, zstd or lz4 is unpacked on the way.\n"
        "Without any rule, the output is the input, byte for byte.\n";
    std::string_view group;
    for (const OptionRow& row : option_table) {
        if (row.group != group) text.append("\n").append(group = row.group).append(":\n");
        std::string names;
        for (const std::string& name : names_of(row)) {
            if (!names.empty()) names += ", ";
            names += name;
            if (row.argument != nullptr && name.size() > 2) names += std::string("=") + row.argument;
        }
        constexpr std::size_t column = 31;
        text += "  " + names;
        text += names.size() + 3 > column ? "\n" + std::string(column, ' ')
                                          : std::string(column - names.size() - 2, ' ');
        text += std::string(row.help) + "\n";
    }
    return text +
           "\nIn OLD=NEW, a name that contains \"=\" or starts with a double quote is written as an\n"
           "SQL identifier: '\"odd=name\"=new'.\n"
           "In PATTERN, letters are folded to lower case unless in double quotes, and * stands for any\n"
           "text, as in psql and pg_dump.\n"
           "TARGET and SOURCE are names that --list-targets tells, or files: ./my.rules.\n"
           "\nLimits, if --limit says nothing else (ratio: of what a wrapped input unpacks to):\n" +
           describe_limits() +
           "\n"
           "\nExit status: 0 done; 1 failed on the way: discard the output, or --check or --check-for\n"
           "found something; 2 refused, nothing was written; 128 + N ended by signal N: discard the output.\n"
           "\nExamples:\n"
           "  pg_dump -Fc prod | pgfilter -O -x --no-tablespaces | pg_restore -d staging\n"
           "  pgfilter --map-role app_prod=app -f clean.dump nightly.dump\n";
}

}  // namespace pgfilter::cli
