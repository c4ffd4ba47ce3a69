// SPDX-License-Identifier: PostgreSQL
// The command line, without running anything.
#include "cli/options.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/command_line.hpp"
#include "cli/help.hpp"
#include "cli/option_table.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter::cli {
namespace {

Options parse(std::vector<const char*> words) {
    words.insert(words.begin(), "pgfilter");
    RuleRegistry registry;
    add_builtin_rules(registry);
    return parse_command_line(static_cast<int>(words.size()), words.data(), registry);
}

void expect_refused(std::vector<const char*> words, const std::string& expected) {
    try {
        parse(words);
        FAIL() << expected;
    } catch (const UsageError& error) {
        EXPECT_NE(error.message.find(expected), std::string::npos) << error.message;
    }
}

std::vector<std::string> rule_names(const Options& options) {
    std::vector<std::string> names;
    for (const RuleSpec& rule : options.rules) names.push_back(rule.name);
    return names;
}

TEST(Options, RulesComeInOrderOfAppearance) {
    EXPECT_EQ(rule_names(parse({"-x", "--no-create", "-O"})),
              (std::vector<std::string>{"no-privileges", "no-create", "no-owner"}));
    EXPECT_EQ(rule_names(parse({"--map-role", "a=b", "-Ox", "--map-role=c=d", "-O"})),
              (std::vector<std::string>{"map-role", "no-owner", "no-privileges"}));
}

TEST(Options, AllNamesOfAnOptionMeanTheSame) {
    EXPECT_EQ(rule_names(parse({"--no-acl"})), rule_names(parse({"-x"})));
    EXPECT_EQ(rule_names(parse({"--no-blobs"})), rule_names(parse({"--no-large-objects"})));
    for (const auto& words : std::vector<std::vector<const char*>>{
             {"-f", "out"}, {"-fout"}, {"--file=out"}, {"-o", "out"}, {"--output", "out"}})
        EXPECT_EQ(parse(words).output, "out");
}

TEST(Options, RepeatableOptionsLeaveTheFileAlone) {
    const Options options = parse({"--map-role", "a=b", "--map-role", "b=a", "in.dump"});
    EXPECT_EQ(options.input, "in.dump");
    ASSERT_EQ(options.rules.size(), 1u);
    ASSERT_EQ(options.rules[0].arguments.size(), 2u);
    EXPECT_EQ(options.rules[0].arguments[1].key, "b");
    EXPECT_EQ(options.rules[0].arguments[1].value, "a");
}

TEST(Options, MapFilesAreReadInPlace) {
    const std::string name = std::filesystem::temp_directory_path() / "pgfilter-options-test.map";
    std::ofstream(name) << "# map\nc=d\n";
    const Options options = parse({"--map-role=a=b", "--map-role-file", name.c_str(), "--map-role=e=f"});
    std::filesystem::remove(name);
    ASSERT_EQ(options.rules.at(0).arguments.size(), 3u);
    EXPECT_EQ(options.rules[0].arguments[1].key, "c");
    EXPECT_THROW(parse({"--map-role-file", "/no/such/file"}), Error);
    EXPECT_THROW(parse({"--map-role-file", "/"}), Error);
}

TEST(Options, ThatSelectComeLast) {
    std::vector<std::string> names;
    for (const RuleSpec& rule :
         parse({"-n", "a", "-O", "-s", "--no-policies", "-na b", "--map-role", "a=b"}).rules)
        names.push_back(rule.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"no-owner", "no-policies", "map-role", "schema", "schema-only"}));
    EXPECT_EQ(parse({"-n", "a", "-na b"}).rules[0].arguments.size(), 2u);
    expect_refused({"-l", "--in-place", "x"}, "--list and --in-place");
    expect_refused({"-l", "--dry-run"}, "--list and --dry-run");
    expect_refused({"--statistics-only", "--no-statistics"}, "cannot be used together");
    expect_refused({"-L", "/dev/null", "-L", "/dev/null"}, "given twice");
    expect_refused({"--statistics"}, "are kept unless");
}

TEST(Options, OfOthersAreRefusedWithTheReason) {
    expect_refused({"-T", "x"}, "--trigger");
    expect_refused({"-Tx"}, "--exclude-table");
    expect_refused({"-OT", "x"}, "option -T");
    for (const char* option : {"-d", "-h", "-p", "-U", "-w", "-W"})
        expect_refused({option}, "never connects");
    expect_refused({"--dbname=x"}, "never connects");
    expect_refused({"-Od", "x", "a", "b"}, "never connects");
    for (const char* option : {"-j", "-1", "-c", "-C", "-e"}) expect_refused({option}, "pg_restore");
    expect_refused({"-j4"}, "pg_restore");
    for (const char* option : {"--if-exists", "--disable-triggers"}) expect_refused({option}, "pg_restore");
    EXPECT_EQ(parse({"-f", "-d"}).output, "-d") << "the argument of another option";
    EXPECT_EQ(parse({"--", "-d"}).input, "-d");
}

TEST(Options, ThatMakeNoSenseAreRefused) {
    expect_refused({"--no-such-option"}, "unknown option --no-such-option");
    expect_refused({"--no-owners"}, "did you mean --no-owner?");
    expect_refused({"--inplace"}, "did you mean --in-place?");
    expect_refused({"-y"}, "unknown option -y");
    expect_refused({"--file=", "in"}, "--file needs an argument");
    expect_refused({"--map-role=", "in"}, "--map-role needs an argument");
    expect_refused({"in", "--file"}, "--file needs an argument");
    expect_refused({"-Of"}, "-f needs an argument");
    expect_refused({"a", "b"}, "'b' is the second; name the output with -f");
    expect_refused({"--in-place"}, "needs a FILE");
    expect_refused({"--in-place", "-"}, "needs a FILE");
    expect_refused({"--in-place", "-f", "x", "y"}, "cannot be used together");
    expect_refused({"-q", "-v"}, "cannot be used together");
    expect_refused({"-f", "a", "-f", "b"}, "given twice");
    expect_refused({"--map-role", "a"}, "--map-role=a: ");
    expect_refused({"-Fd"}, "custom format only");
    expect_refused({"-f"}, "");
    expect_refused({"--no-owner=false"}, "takes no value");
    EXPECT_EQ(parse({"-Fc", "x"}).input, "x");
}

TEST(Options, ActionIsOne) {
    EXPECT_EQ(parse({}).action, Action::filter);
    const std::vector<std::pair<const char*, Action>> actions{{"--list", Action::list},
                                                              {"--dry-run", Action::dry_run},
                                                              {"--needs", Action::needs},
                                                              {"--check", Action::check},
                                                              {"--check-for=neon", Action::check_for}};
    for (const auto& [word, action] : actions) {
        EXPECT_EQ(parse({word}).action, action);
        EXPECT_FALSE(parse({word}).writes_archive());
        for (const auto& [other, other_action] : actions) {
            if (action == other_action) continue;
            try {
                parse({word, other});
                FAIL() << word << " " << other;
            } catch (const UsageError& error) {
                EXPECT_TRUE(error.message.ends_with(" cannot be used together") ||
                            error.message.starts_with("--check "))
                    << error.message;
            }
        }
    }
    EXPECT_EQ(parse({"-l", "--list", "-l"}).action, Action::list);
    expect_refused({"--dry-run", "-l"}, "--list and --dry-run cannot be used together");
    expect_refused({"--needs", "--check-for=neon"}, "--needs and --check-for cannot be used together");
    expect_refused({"--check", "-l"}, "--check goes with --json, --verbose and --quiet alone");
    expect_refused({"--check", "-l", "-O"}, "--check looks at an archive as it is");
}

TEST(Options, ThatAskForATextWinOverAllOthers) {
    const std::vector<std::pair<const char*, Action>> texts{{"--help", Action::help},
                                                            {"--version", Action::version},
                                                            {"--list-rules", Action::list_rules},
                                                            {"--list-targets", Action::list_targets},
                                                            {"--print-rules", Action::print_rules}};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (std::size_t j = i; j < texts.size(); ++j) {
            for (const char* const other : {"--list", "--dry-run", "--check", "--in-place", "--json"}) {
                const Options options = parse({other, "-q", texts[j].first, "-v", texts[i].first});
                EXPECT_EQ(options.action, texts[i].second);
                EXPECT_TRUE(options.prints_text());
                EXPECT_FALSE(options.writes_archive());
            }
        }
    }
    EXPECT_EQ(parse({"--help=roles", "--help"}).help_topic, "roles");
    EXPECT_EQ(rule_names(parse({"--print-rules", "--check-for=neon"})), rule_names(parse({"--for=neon"})));
}

TEST(Options, TheFirstComplaintIsTold) {
    expect_refused({"-d", "--nonsense"}, "option -d: ");
    expect_refused({"--nonsense", "-d"}, "unknown option --nonsense.");
    expect_refused({"-Od", "-y"}, "option -d: ");
    expect_refused({"-Oyd"}, "unknown option -y.");
    expect_refused({"--fil=x", "--nonsense"}, "option --fil is ambiguous");
    expect_refused({"--nonsense", "in", "-f"}, "unknown option --nonsense.");
    expect_refused({"--no-owner=x", "-f"}, "--no-owner takes no value");
    expect_refused({"--file=", "-d"}, "--file needs an argument");
    expect_refused({"-f", "-d", "-d"}, "option -d: ");
    // Before files are read, and whatever stands before.
    expect_refused({"-R", "/no/such/file", "--limit=x", "a", "b", "--nonsense"},
                   "unknown option --nonsense.");
    expect_refused({"-R", "/no/such/file", "-f"}, "option -f needs an argument");
    expect_refused({"--help", "--nonsense"}, "unknown option --nonsense.");
    // Then in the order of the words, and FILE last.
    expect_refused({"--limit=x", "--map-role=a", "a", "b"}, "--limit=x: ");
    expect_refused({"a", "--map-role=a", "b", "--limit=x"}, "--map-role=a: ");
    expect_refused({"--list", "--dry-run", "a", "b"}, "'b' is the second");
}

TEST(Options, WordsMeanWhatTheirPlaceSays) {
    for (const char* const word : {"-", "--", "-d", "-Ox", "--file=", "--no-own", "--nonsense", "-f", "[a,b]",
                                   "{}", "%%", "++", "-5", "-O-", "---", "a=b"}) {
        EXPECT_EQ(parse({"-f", word, "in"}).output, word) << "an argument";
        EXPECT_EQ(parse({"-Of", word, "in"}).output, word) << "that of the last in a bundle";
        EXPECT_EQ(parse({"in", std::string("-Of").append(word).c_str()}).output, word) << "or in it";
        EXPECT_EQ(parse({"in", std::string("--file=").append(word).c_str()}).output, word);
        const Options options = parse({"-O", "--", word});
        EXPECT_EQ(options.input, word) << "after --";
        EXPECT_EQ(options.output, "");
    }
    for (const char* const word : {"-", "[a,b]", "[a]", "{}", "%%", "++", "a=b", "/x"}) {
        const Options options = parse({word, "-Ox", "-f", "out"});
        EXPECT_EQ(options.input, word);
        EXPECT_EQ(options.output, "out") << "options can follow FILE";
        EXPECT_EQ(options.rules.size(), 2u);
    }
    expect_refused({"-f", ""}, "needs a file name");
    expect_refused({""}, "the name of FILE is empty");
    EXPECT_EQ(parse({"-n", "", "in"}).rules.at(0).arguments.at(0).value, "");
    for (const auto& [word, option] : std::vector<std::pair<const char*, const char*>>{{"-5", "-5"},
                                                                                       {"-O5", "-5"},
                                                                                       {"-O-", "--"},
                                                                                       {"-O--", "--"},
                                                                                       {"---x", "---x"},
                                                                                       {"-!", "-!"},
                                                                                       {"- x", "- "},
                                                                                       {"-=", "-="},
                                                                                       {"--a b", "--a b"},
                                                                                       {"--x:y", "--x:y"},
                                                                                       {"--{x}=a", "--{x}"}})
        expect_refused({word}, std::string("unknown option ").append(option).append("."));
}

TEST(Options, MayBeShortened) {
    EXPECT_EQ(rule_names(parse({"--no-own", "--no-priv", "--no-bl"})),
              (std::vector<std::string>{"no-owner", "no-privileges", "no-large-objects"}));
    expect_refused({"--fil=out"}, "option --fil is ambiguous; it could be --file, --filter");
    EXPECT_EQ(parse({"--outp", "out", "in"}).output, "out");
    EXPECT_EQ(rule_names(parse({"--schema", "a"})), std::vector<std::string>{"schema"})
        << "a whole name is no beginning of --schema-only";
    EXPECT_EQ(parse({"-f", "--no-own"}).output, "--no-own") << "the argument of another option";
    EXPECT_EQ(parse({"--", "--no-own"}).input, "--no-own");
    expect_refused({"--no-po=x"}, "option --no-policies takes no value");
    expect_refused({"--outp"}, "option --output needs an argument");
    expect_refused({"--no-p"}, "option --no-p is ambiguous; it could be --no-privileges, --no-planner-hints");
    expect_refused({"--exit"}, "option --exit-on-error: this is about restoring");
    expect_refused({"--ho=x"}, "option --host: pgfilter never connects");
    expect_refused({"--no-pass"}, "option --no-password: pgfilter never connects");
    expect_refused({"--stat"}, "option --stat is ambiguous; it could be --statistics-only, --statistics");
}

TEST(Options, AreSuggestedWhereTheyAreNear) {
    for (const auto& [word, meant] :
         std::vector<std::pair<std::string, std::string>>{{"--no-owners", "--no-owner"},
                                                          {"--no-priveleges", "--no-privileges"},
                                                          {"--owner", "--no-owner"},
                                                          {"--lsit", "--list"},
                                                          {"--tablespaces", "--no-tablespaces"},
                                                          {"--exclude-tabel", "--exclude-table"},
                                                          {"--map-roles", "--map-role"}})
        expect_refused({word.c_str()}, "did you mean " + meant + "?");
    for (const char* const word : {"--map-schema", "--diff", "--set-role", "--no-foreign", "--where",
                                   "--rename", "--on-conflict", "--clear", "--mask", "--split", "--jobs-4"}) {
        try {
            parse({word});
            FAIL() << word;
        } catch (const UsageError& error) {
            EXPECT_EQ(error.message.find("did you mean"), std::string::npos) << error.message;
        }
    }
}

TEST(Options, StandardInputIsReadOnce) {
    for (const char* const option : {"--rules=-", "--use-list=-", "--filter=-", "--map-role-file=-"}) {
        expect_refused({option}, std::string(option) + " and the archive cannot both be standard input");
        expect_refused({option, "-"}, "name the archive as FILE");
    }
}

/// How often the help describes the option: at the beginning of a line.
std::size_t descriptions(const std::string& help, const OptionRow& row) {
    std::string line = "\n  ";
    for (const std::string& name : names_of(row.names)) {
        line.append(line.size() > 3 ? ", " : "").append(name);
        if (row.argument != nullptr && name.size() > 2) line.append("=").append(row.argument);
    }
    std::size_t number = 0;
    for (std::size_t at = help.find(line); at != std::string::npos; at = help.find(line, at + 1)) {
        const char next = help[at + line.size()];
        if (next == '\n' || next == ' ') ++number;
    }
    return number;
}

void expect_narrow(const std::string& help) {
    for (std::size_t start = 0, end = 0; start < help.size(); start = end + 1) {
        end = help.find('\n', start);
        ASSERT_NE(end, std::string::npos) << help.substr(start);
        EXPECT_LE(end - start, 80u) << help.substr(start, end - start);
    }
}

TEST(Help, EveryOptionBelongsToOneTopic) {
    const std::string everything = help_text("all");
    expect_narrow(everything);
    EXPECT_LT(everything.find("Examples:"), everything.find("General options:"));
    for (const OptionRow& row : option_table) {
        EXPECT_EQ(descriptions(everything, row), 1u) << row.names;
        std::size_t number = 0;
        for (const Topic& topic : topic_table) number += descriptions(help_text(topic.name), row);
        EXPECT_EQ(number, 1u) << row.names;
    }
}

TEST(Help, BeginsWithTheThirtyOptionsThatAreUsedMost) {
    const std::string help = help_text("");
    expect_narrow(help);
    EXPECT_LT(help.find("Examples:"), help.find("General options:"));
    std::size_t number = 0;
    for (const OptionRow& row : option_table) {
        EXPECT_EQ(descriptions(help, row), row.is_common ? 1u : 0u) << row.names;
        number += row.is_common ? 1 : 0;
    }
    EXPECT_EQ(number, 30u);
    for (const Topic& topic : topic_table) {
        std::string line = "\n  ";
        line.append(topic.name).append(" ");
        EXPECT_NE(help.find(line), std::string::npos) << topic.name;
        EXPECT_NE(help.find(topic.title), std::string::npos) << topic.name;
    }
    EXPECT_NE(help.find("--help=all"), std::string::npos);
}

TEST(Help, TopicsAreExplainedAlone) {
    for (const Topic& topic : topic_table) {
        const std::string help = help_text(topic.name);
        expect_narrow(help);
        EXPECT_TRUE(help.starts_with(topic.title)) << help;
        EXPECT_EQ(help, help_text(topic.name.substr(0, topic.name.size() - 1)));
    }
    EXPECT_NE(help_text("roles").find("SQL identifier"), std::string::npos);
    EXPECT_EQ(help_text("strip").find("SQL identifier"), std::string::npos);
    EXPECT_NE(help_text("guard").find("entries="), std::string::npos);
}

TEST(Help, UnknownTopicsNameThose) {
    for (const char* const word : {"nosuch", "s", "-", "strips", "--map-role"}) {
        try {
            help_text(word);
            FAIL() << word;
        } catch (const UsageError& error) {
            for (const Topic& topic : topic_table)
                EXPECT_NE(error.message.find(topic.name), std::string::npos) << error.message;
            EXPECT_NE(error.message.find("all"), std::string::npos) << error.message;
        }
    }
}

}  // namespace
}  // namespace pgfilter::cli
