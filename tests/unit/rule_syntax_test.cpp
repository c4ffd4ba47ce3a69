// SPDX-License-Identifier: PostgreSQL
// Rules as text.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

/// With a rule of each sort.
RuleRegistry registry() {
    RuleRegistry rules;
    const auto none = [](std::span<const RuleSpec>) { return std::unique_ptr<Rule>(); };
    rules.add({"plain", "takes nothing", {}, {}, {"simple"}}, none);
    rules.add({"pick", "takes patterns", {{"pattern", "PATTERN"}, {"depth", "NUMBER"}}}, none);
    rules.add({"map", "takes names", {{"", "NEW"}}}, none);
    return rules;
}

std::vector<RuleSpec> parse(const std::string& text) {
    return parse_rules(text, "my.rules", registry());
}

std::string shown(const std::vector<RuleSpec>& rules) {
    std::string text;
    for (const RuleSpec& rule : rules) {
        text += rule.name;
        for (const RuleArgument& argument : rule.arguments)
            text += " <" + argument.key + "|" + argument.value + ">";
        text += ";";
    }
    return text;
}

void expect_refused(const std::string& text, const std::string& expected) {
    try {
        parse(text);
        FAIL() << text;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::usage);
        EXPECT_EQ(error.message(), "my.rules, " + expected) << text;
    }
}

TEST(RuleSyntax, IsARuleALine) {
    EXPECT_EQ(shown(parse("")), "");
    EXPECT_EQ(shown(parse("plain")), "plain;");
    EXPECT_EQ(shown(parse("\xef\xbb\xbfplain\r\n\n  plain  \r\n# plain\n\tplain # plain\n")),
              "plain;plain;plain;");
    EXPECT_EQ(shown(parse("pick a* s.t pattern=b depth=2\nmap a=b c=d")),
              "pick <|a*> <|s.t> <pattern|b> <depth|2>;map <a|b> <c|d>;");
    EXPECT_EQ(shown(parse("pick a#b c# #d")), "pick <|a#b> <|c#>;");
}

TEST(RuleSyntax, TakesWhatIsInSingleQuotesAsItIs) {
    EXPECT_EQ(shown(parse("pick 'a b' 'it''s' '' '# =' pattern='new\nline' x'y z'")),
              "pick <|a b> <|it's> <|> <|# => <pattern|new\nline> <|xy z>;");
    EXPECT_EQ(shown(parse("map 'odd=name'='a b' '\"x'=y")), "map <odd=name|a b> <\"x|y>;");
}

TEST(RuleSyntax, LeavesDoubleQuotesToPatternsAndTakesThemOffNames) {
    EXPECT_EQ(shown(parse("pick \"My Table\".\"a\"\"=b\" pattern=\"x y\"")),
              "pick <|\"My Table\".\"a\"\"=b\"> <pattern|\"x y\">;");
    EXPECT_EQ(shown(parse("map \"odd=name\"=new a=\"we\"\"ird x\"")), "map <odd=name|new> <a|we\"ird x>;");
    EXPECT_EQ(shown(parse("map \"\"=x")), "map <|x>;");
}

TEST(RuleSyntax, TakesAReasonWithEveryRule) {
    const auto rules = parse(
        "plain because='only superusers can'\n"
        "pick a because=short b\n"
        "map a=b because=\"it's so\" because2=d\n"
        "plain");
    EXPECT_EQ(shown(rules), "plain;pick <|a> <|b>;map <a|b> <because2|d>;plain;");
    EXPECT_EQ(rules[0].because, "only superusers can");
    EXPECT_EQ(rules[1].because, "short");
    EXPECT_EQ(rules[2].because, "it's so");
    EXPECT_EQ(rules[3].because, "");
    EXPECT_EQ(parse_rule("plain because='a=b'", "-r", registry()).because, "a=b");
    expect_refused("plain because=a because=b", "line 1: \"because\" is given twice");
    expect_refused("plain because=", "line 1: a text is missing; an empty one is written ''");
    expect_refused("plain because=a=b",
                   "line 1: more than one \"=\"; put a text that contains \"=\" in single quotes");
}

TEST(RuleSyntax, TakesTheWordForAReasonAsANameInQuotes) {
    const auto rules = parse("map 'because'=b \"because\"=c pick=because\npick 'because=x' pattern=because");
    EXPECT_EQ(shown(rules),
              "map <because|b> <because|c> <pick|because>;pick <|because=x> <pattern|because>;");
}

TEST(RuleSyntax, TakesTheMarkOfATargetAsANameInQuotes) {
    const auto rules = parse("map a=b of-target=yes\nmap 'of-target'=yes of-targets=no");
    EXPECT_EQ(shown(rules), "map <a|b>;map <of-target|yes> <of-targets|no>;");
    EXPECT_TRUE(rules[0].of_target);
    EXPECT_FALSE(rules[1].of_target);
    EXPECT_EQ(write_rule({"map", {{"of-target", "yes"}}}, registry()), "map 'of-target'=yes\n");
    expect_refused("map of-target=yesterday",
                   "line 1: \"of-target\" takes yes; a role of that name is written 'of-target'");
    expect_refused("map of-target=yes=b",
                   "line 1: more than one \"=\"; put a text that contains \"=\" in single quotes");
}

TEST(RuleSyntax, SaysWhereItIsFrom) {
    const auto rules = parse("plain\n\npick 'a\nb'\nplain");
    ASSERT_EQ(rules.size(), 3u);
    EXPECT_EQ(rules[0].origin, "my.rules, line 1");
    EXPECT_EQ(rules[1].origin, "my.rules, line 3");
    EXPECT_EQ(rules[2].origin, "my.rules, line 5");
}

TEST(RuleSyntax, KnowsOtherNames) {
    EXPECT_EQ(shown(parse("simple")), "plain;");
}

TEST(RuleSyntax, CanBeOneRuleByItself) {
    EXPECT_EQ(shown({parse_rule(" pick a # x\n", "-r", registry())}), "pick <|a>;");
    EXPECT_EQ(parse_rule("plain", "-r", registry()).origin, "-r");
    EXPECT_THROW(parse_rule("", "-r", registry()), Error);
    EXPECT_THROW(parse_rule("plain\nplain", "-r", registry()), Error);
}

TEST(RuleSyntax, RefusesWithFileLineAndNearestName) {
    expect_refused("plain\nplian", "line 2: there is no rule \"plian\"; did you mean \"plain\"?");
    expect_refused("xyz-something-else", "line 1: there is no rule \"xyz-something-else\"");
    expect_refused("pick 'a", "line 1: single quote is not closed");
    expect_refused("pick \"a\n", "line 1: double quote is not closed");
    expect_refused("map a", "line 1: map takes OLD=NEW: \"=\" is missing");
    expect_refused("map a=b=c",
                   "line 1: more than one \"=\"; put a text that contains \"=\" in single quotes");
    expect_refused("pick a=b=c",
                   "line 1: more than one \"=\"; put a text that contains \"=\" in single quotes");
    expect_refused("pick =b", "line 1: a text is missing; an empty one is written ''");
    expect_refused("map a= b=c", "line 1: a text is missing; an empty one is written ''");
    expect_refused("map \"a\"b=c", "line 1: unexpected text after a double quote");
    EXPECT_THROW(parse(std::string("plain\0", 6)), Error);
}

std::string any_text() {
    std::string text;
    for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(
             rc::gen::element<std::string>("a", "B", " ", "=", "because", "#", "'", "\"", "\n", "\xc3\xab",
                                           "\xff", ".", "*", "''", "\t", "\\")))
        text += piece;
    return text;
}

RC_GTEST_PROP(RuleSyntaxProperty, WrittenRulesAreReadBack, ()) {
    std::vector<RuleSpec> rules;
    std::string text;
    const int number = *rc::gen::inRange(1, 4);
    for (int i = 0; i < number; ++i) {
        RuleSpec rule{*rc::gen::element<std::string>("plain", "pick", "map"), {}};
        const int arguments = rule.name == "plain" ? 0 : *rc::gen::inRange(1, 4);
        for (int j = 0; j < arguments; ++j) {
            const std::string key = *rc::gen::element<std::string>("", "depth");
            rule.arguments.push_back({rule.name == "map" ? any_text() : key, any_text()});
        }
        if (*rc::gen::arbitrary<bool>()) rule.because = any_text();
        text += write_rule(rule, registry());
        rules.push_back(rule);
    }
    const std::vector<RuleSpec> read = parse(text);
    RC_ASSERT(shown(read) == shown(rules));
    for (std::size_t i = 0; i < rules.size(); ++i) RC_ASSERT(read[i].because == rules[i].because);
}

TEST(RuleSyntax, IsPlainWhereItCanBe) {
    EXPECT_EQ(write_rule({"map", {{"a", "b"}, {"odd=name", "it's"}}}, registry()),
              "map a=b 'odd=name'='it''s'\n");
    EXPECT_EQ(write_rule({"pick", {{"", "app.*"}, {"depth", "2"}, {"", "\"A\""}}}, registry()),
              "pick app.* depth=2 '\"A\"'\n");
}

TEST(RuleOrigin, StandsInFrontOfWhatIsWrongWithARule) {
    RuleRegistry rules;
    add_builtin_rules(rules);
    const auto message = [&](const std::string& text) {
        for (const RuleSpec& rule : parse_rules(text, "x", rules)) {
            try {
                static_cast<void>(rules.make({rule}));
            } catch (const Error& error) {
                return rule.origin + ": " + error.message();
            }
        }
        return std::string();
    };
    EXPECT_EQ(message("no-owner\nno-owner x"), "x, line 2: no-owner takes no arguments");
    EXPECT_EQ(message("map-role public=x"),
              "x, line 1: \"public\" is not a role: PostgreSQL reserves the name");
}

}  // namespace
}  // namespace pgfilter
