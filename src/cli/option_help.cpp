// SPDX-License-Identifier: PostgreSQL
// The text of --help: options and what their arguments are, topic by topic.
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/help.hpp"
#include "cli/help_notes.hpp"
#include "cli/limits.hpp"

namespace pgfilter::cli {
namespace {

using IsShown = std::function<bool(const OptionRow&)>;

constexpr std::size_t line_width = 80;
constexpr std::size_t help_column = 27;   // where what an option does begins
constexpr std::size_t title_column = 13;  // where the title of a topic begins

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
    for (const std::string& name : names_of(row.names)) {
        names.append(std::exchange(separator, ", ")).append(name);
        if (row.argument != nullptr && is_long_name(name)) names.append("=").append(row.argument);
    }
    text += names;
    if (names.size() + 2 > help_column) text += "\n";
    text.append(names.size() + 2 > help_column ? help_column : help_column - names.size(), ' ');
    add_wrapped(text, row.help, help_column);
}

void add_options(std::string& text, const Topic& topic, const IsShown& is_shown) {
    bool is_first = true;
    for (const OptionRow& row : option_table) {
        if (row.topic != topic.name || !is_shown(row)) continue;
        if (std::exchange(is_first, false)) text.append("\n").append(topic.title).append(":\n");
        add_option(text, row);
    }
}

void add_note(std::string& text, std::string_view note) {
    text += '\n';
    add_wrapped(text, note, 0);
}

void add_notes(std::string& text, const IsShown& is_shown) {
    const auto takes = [&](std::string_view argument) {
        return std::any_of(option_table.begin(), option_table.end(), [&](const OptionRow& row) {
            return is_shown(row) && row.argument != nullptr &&
                   std::string_view(row.argument).find(argument) != std::string_view::npos;
        });
    };
    for (const ArgumentNote& note : argument_notes) {
        if (takes(note.argument)) add_note(text, note.note);
    }
    if (takes("NAME=VALUE"))
        add_note(text,
                 "Limits unless --limit gives others (ratio: of what a wrapped input, or the data with "
                 "--check, unpacks to): " +
                     describe_limits());
}

std::string listed(const IsShown& is_shown) {
    std::string text;
    for (const Topic& topic : topic_table) add_options(text, topic, is_shown);
    return text;
}

void add_topics(std::string& text) {
    text += "\nTopics: --help=TOPIC shows the options of one, --help=all every option.\n";
    for (const Topic& topic : topic_table) {
        text.append("  ").append(topic.name).append(title_column - 2 - topic.name.size(), ' ');
        add_wrapped(text, topic.title, title_column);
    }
}

constexpr const char* help_beginning =
    "pgfilter changes a PostgreSQL dump (pg_dump -Fc) before it is restored.\n\n"
    "Usage:\n  pgfilter [OPTION]... [FILE]\n"
    "\nExamples:\n"
    "  pg_dump -Fc prod | pgfilter -O -x --no-tablespaces | pg_restore -d staging\n"
    "  pgfilter --map-role app_prod=app -f clean.dump nightly.dump\n"
    "  pgfilter --exclude-table-data 'audit.*' --in-place nightly.dump\n"
    "  pgfilter --for nonsuperuser --dry-run nightly.dump\n"
    "  pgfilter --check nightly.dump\n\n";

std::string exit_statuses() {
    std::string text;
    for (const ExitStatusNote& note : exit_status_notes)
        text.append(text.empty() ? "Exit status: " : "; ")
            .append(note.status)
            .append(" ")
            .append(note.meaning);
    return text + ".";
}

std::string help_on_everything(bool only_common) {
    const IsShown is_shown = [&](const OptionRow& row) { return !only_common || row.is_common; };
    std::string text = help_beginning;
    for (const std::string_view note : general_notes) text.append(note).append("\n");
    text += listed(is_shown);
    if (only_common) {
        add_topics(text);
    } else {
        add_notes(text, is_shown);
    }
    add_note(text, exit_statuses());
    return text;
}

[[noreturn]] void refuse_topic(std::string_view name) {
    std::string message = "--help=" + std::string(name) + ": the topics are ";
    for (const Topic& topic : topic_table) message.append(topic.name).append(", ");
    throw UsageError{message + "and all"};
}

std::string help_on(const Topic& topic) {
    const IsShown is_shown = [&](const OptionRow& row) { return row.topic == topic.name; };
    std::string text = listed(is_shown);
    add_notes(text, is_shown);
    return text.substr(1);
}

}  // namespace

std::string help_text(std::string_view topic) {
    if (topic.empty() || topic == "all") return help_on_everything(topic.empty());
    std::vector<const Topic*> found;
    for (const Topic& known : topic_table) {
        if (known.name.starts_with(topic)) found.push_back(&known);
    }
    if (found.size() != 1) refuse_topic(topic);
    return help_on(*found.front());
}

}  // namespace pgfilter::cli
