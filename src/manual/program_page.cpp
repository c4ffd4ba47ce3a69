// SPDX-License-Identifier: PostgreSQL
// pgfilter(1).
#include <utility>

#include "cli/command_line.hpp"
#include "cli/help_notes.hpp"
#include "cli/limits.hpp"
#include "manual/markdown.hpp"
#include "manual/pages.hpp"

namespace pgfilter::manual {
namespace {

constexpr Setting readme{"", "pgfilter"};
constexpr std::string_view promises = "What you can rely on";

/// "-f FILENAME, --file=FILENAME".
Roff tag_of(const cli::OptionRow& row) {
    Roff tag;
    const char* separator = "";
    for (const std::string& name : cli::names_of(row.names)) {
        tag += plain(std::exchange(separator, ", ")) + bold(name);
        if (row.argument != nullptr) tag += plain(cli::is_long_name(name) ? "=" : " ") + italic(row.argument);
        if (name == "--help") tag += plain("[=") + italic("TOPIC") + plain("]");
    }
    return tag;
}

void add_options(Page& page) {
    page.section("Options");
    page.paragraph(plain("An option that changes the archive is a rule of the same name: ") +
                   reference("pgfilter-rules", "5") + plain(" has them all, each with an example. ") +
                   plain(cli::general_notes.back()));
    for (const cli::Topic& topic : cli::topic_table) {
        page.subsection(plain(topic.title));
        for (const cli::OptionRow& row : cli::option_table) {
            if (row.topic == topic.name) page.tagged({tag_of(row)}, prose(row.help));
        }
    }
}

/// One after the other that are refused for one reason share it.
void add_refused_options(Page& page) {
    page.subsection(plain("Options of pg_restore and pg_dump that pgfilter refuses"));
    std::vector<Roff> tags;
    for (std::size_t i = 0; i < cli::refused_options.size(); ++i) {
        const cli::RefusedOption& option = cli::refused_options.at(i);
        Roff tag;
        for (const std::string& name : cli::names_of(option.names))
            tag += plain(tag.text.empty() ? "" : ", ") + bold(name);
        tags.push_back(std::move(tag));
        const bool is_last = i + 1 == cli::refused_options.size();
        if (!is_last && cli::refused_options.at(i + 1).reason == option.reason) continue;
        page.tagged(std::exchange(tags, {}), prose(option.reason));
    }
}

void add_arguments(Page& page) {
    page.section("Arguments");
    for (const cli::ArgumentNote& note : cli::argument_notes)
        page.tagged({italic(note.argument)}, prose(note.note));
    page.tagged({italic("NAME=VALUE")},
                prose("Limits unless --limit gives others: " + cli::describe_limits()));
}

void add_exit_statuses(Page& page) {
    page.section("Exit status");
    for (const cli::ExitStatusNote& note : cli::exit_status_notes)
        page.tagged({bold(note.status)}, prose(note.meaning));
}

void add_surroundings(Page& page) {
    page.section("Environment");
    page.tagged(
        {bold("LC_ALL"), bold("LC_CTYPE"), bold("LANG")},
        plain("The first of them that is set says in which encoding names and patterns are that are not "
              "UTF-8."));
    page.section("Files");
    page.paragraph(plain("Beside the folder of the program:"));
    page.tagged(
        {italic("../lib/pgfilter/plugins/")},
        prose("where --plugin looks for names without a slash; lib can be another folder, as on Debian"));
    page.tagged(
        {italic("../share/pgfilter/targets/*.rules"), italic("../share/pgfilter/targets/from/*.rules")},
        prose("the rules of --for and of --from, to be read and copied; the program has its own"));
    page.tagged({italic("../share/doc/pgfilter/")},
                plain("the files of docs/ and samples/ that the manual names"));
}

/// The commands alone.
void add_examples(Page& page, const std::vector<Block>& blocks) {
    page.section("Examples");
    for (const Block& block : blocks) {
        if (block.kind == Block::Kind::code) page.verbatim(block.text);
    }
}

}  // namespace

std::string program_page(const ReadSource& read, const Edition& edition) {
    const std::vector<Block> text = read_markdown(read("README.md"));
    Page page("pgfilter", "1", "User Commands", "change a PostgreSQL dump before it is restored", edition);
    page.section("Synopsis");
    page.paragraph(bold("pgfilter") + plain(" [") + italic("OPTION") + plain("]... [") + italic("FILE") +
                   plain("]"));
    page.section("Description");
    std::vector<Block> beginning = beginning_of(text, 2);
    beginning.erase(beginning.begin(), beginning.begin() + 2);  // what NAME and EXAMPLES say
    add_blocks(page, beginning, 0, readme);
    for (std::size_t i = 0; i + 1 < cli::general_notes.size(); ++i)
        page.paragraph(prose(cli::general_notes[i]));
    add_options(page);
    add_refused_options(page);
    add_arguments(page);
    page.section(promises);
    add_blocks(page, section_of(text, promises), 0, readme);
    add_exit_statuses(page);
    add_surroundings(page);
    add_examples(page, section_of(text, "Use"));
    page.section("See also");
    page.paragraph(reference("pgfilter-rules", "5") + plain(", ") + reference("pgfilter-plugin", "3") +
                   plain(", ") + reference("pg_dump", "1") + plain(", ") + reference("pg_restore", "1"));
    return page.text();
}

}  // namespace pgfilter::manual
