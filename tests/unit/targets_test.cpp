// SPDX-License-Identifier: PostgreSQL
// Rule files for platforms, and how they go together with what the user asks for.
#include "pgfilter/targets.hpp"

#include <gtest/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

RuleRegistry builtin_rules() {
    RuleRegistry registry;
    add_builtin_rules(registry);
    return registry;
}

/// The rules as text, with comments, of what is asked for and of a target.
std::string combined(const std::string& asked_for, const std::string& target) {
    const RuleRegistry registry = builtin_rules();
    const CombinedRules rules = combine_rules(parse_rules(asked_for, "", registry),
                                              parse_target(target, "--for=x", registry), registry);
    check_rules(rules.rules, registry);
    std::string text;
    for (const RuleSpec& rule : rules.rules) text += rule.comment + write_rule(rule, registry);
    return text + rules.last_comment;
}

std::string left_out(const std::string& by, const std::string& rule) {
    return "# left out, since " + by + " is given:\n# " + rule + "\n";
}

TEST(Targets, AreAllReadable) {
    const RuleRegistry registry = builtin_rules();
    for (const auto targets : {builtin_targets(), builtin_sources()}) {
        ASSERT_FALSE(targets.empty());
        for (std::size_t i = 0; i < targets.size(); ++i) {
            SCOPED_TRACE(targets[i].name);
            EXPECT_TRUE(i == 0 || targets[i - 1].name < targets[i].name);
            const std::string_view summary = target_summary(targets[i].text);
            EXPECT_FALSE(summary.empty());
            EXPECT_LE(summary.size(), 80u);
            const auto rules = parse_target(targets[i].text, "x", registry);
            EXPECT_NO_THROW(check_rules(rules, registry));
            EXPECT_FALSE(rules.empty());
            for (const RuleSpec& rule : rules) {
                EXPECT_TRUE(rule.of_target);
                EXPECT_FALSE(rule.because.empty()) << rule.origin;
            }
        }
    }
}

TEST(Targets, SayWhatTheyAreFor) {
    EXPECT_EQ(target_summary("# Neon, serverless\n#\n# more\nno-owner"), "Neon, serverless");
    EXPECT_EQ(target_summary("#x\r\n"), "x");
    EXPECT_EQ(target_summary("#"), "");
    EXPECT_EQ(target_summary("no-owner # x"), "");
    EXPECT_EQ(target_summary(""), "");
}

TEST(Targets, KeepTheCommentsAboveTheirRules) {
    const std::string text = "# what it is\n\n# why\nno-owner\n  # indented\nno-grants\n# the end\n";
    const auto rules = parse_target(text, "x", builtin_rules());
    ASSERT_EQ(rules.size(), 2u);
    EXPECT_EQ(rules[0].comment, "# what it is\n\n# why\n");
    EXPECT_EQ(rules[1].comment, "  # indented\n");
    const auto others = parse_target("  no-owner # because\n\n# x\n  no-grants", "x", builtin_rules());
    EXPECT_EQ(others[0].comment, "");
    EXPECT_EQ(others[1].comment, "\n# x\n");
}

TEST(Targets, ComeBehindWhatIsAskedFor) {
    EXPECT_EQ(combined("map-role a=b\n", "# x\nno-owner\nno-create\n"),
              "map-role a=b\n# x\nno-owner\nno-create\n");
    EXPECT_EQ(combined("", "no-owner because='x y'\n"), "no-owner because='x y'\n");
}

TEST(Targets, LeaveTheRightsOfRolesToTheUser) {
    for (const char* const rule : {"no-privileges", "no-grants", "drop-role 'x*'", "keep-roles y"}) {
        const std::string written = write_rule(parse_rule(rule, "", builtin_rules()), builtin_rules());
        const std::string line = written.substr(0, written.size() - 1);
        EXPECT_EQ(combined("keep-roles app*", written + "no-create"),
                  "keep-roles app*\n" + left_out("keep-roles", line) + "no-create\n");
    }
    EXPECT_EQ(combined("drop-role a", "no-privileges\nno-grants\nkeep-roles b\ndrop-role c*"),
              "drop-role a\nno-privileges\nno-grants\nkeep-roles b\ndrop-role c*\n");
    EXPECT_EQ(combined("no-grants", "no-privileges\nno-grants\nkeep-roles b\ndrop-role c*"),
              "no-grants\n" + left_out("no-grants", "no-privileges") + left_out("no-grants", "no-grants") +
                  "keep-roles b\ndrop-role c*\n");
    EXPECT_EQ(combined("no-privileges", "no-privileges\nno-grants\nkeep-roles b"),
              "no-privileges\n" + left_out("no-privileges", "no-privileges") +
                  left_out("no-privileges", "no-grants") + "keep-roles b\n");
}

TEST(Targets, LeaveOwnersAndExtensionsToTheUser) {
    EXPECT_EQ(combined("set-owner a", "no-owner\nset-owner b"),
              "set-owner a\n" + left_out("set-owner", "no-owner") + left_out("set-owner", "set-owner b"));
    EXPECT_EQ(combined("no-owner", "no-owner\nset-owner b\nno-create"),
              "no-owner\n" + left_out("no-owner", "no-owner") + left_out("no-owner", "set-owner b") +
                  "no-create\n");
    EXPECT_EQ(combined("extension a", "extension b\nexclude-extension c"),
              "extension a\n" + left_out("extension", "extension b") +
                  left_out("extension", "exclude-extension c"));
    EXPECT_EQ(combined("exclude-extension a", "extension b\nexclude-extension c"),
              "exclude-extension a\nextension b\nexclude-extension c\n");
    EXPECT_EQ(combined("no-owner\nno-create", "no-event-triggers"),
              "no-owner\nno-create\nno-event-triggers\n");
}

TEST(Targets, KeepKindsThatTheUserKeeps) {
    const auto kept = [](const std::string& kind, const std::string& rule) {
        return combined("keep-kind '" + kind + "'\n", rule + "\n").find("# left out, since keep-kind") == 0 ||
               combined("keep-kind '" + kind + "'\n", rule + "\n").find("\n# left out, since keep-kind") !=
                   std::string::npos;
    };
    EXPECT_TRUE(kept("EVENT TRIGGER", "no-event-triggers"));
    EXPECT_TRUE(kept("event trigger", "no-kind 'EVENT TRIGGER'"));
    EXPECT_TRUE(kept("PUBLICATION", "no-all-tables-publications"));
    EXPECT_TRUE(kept("TRANSFORM", "no-kind TRANSFORM"));
    EXPECT_TRUE(kept("NEW KIND", "no-kind 'NEW KIND'"));
    EXPECT_FALSE(kept("EVENT TRIGGER", "no-publications"));
    EXPECT_FALSE(kept("EVENT TRIGGER", "no-kind TRANSFORM"));
    EXPECT_FALSE(kept("TRIGGER", "no-event-triggers"));
}

TEST(Targets, LeaveAloneWhatTheUserHasANameFor) {
    EXPECT_EQ(combined("map-role rds_app=app", "drop-role rds_* admin\n"),
              "map-role rds_app=app\ndrop-role rds_* admin except='\"rds_app\"'\n");
    EXPECT_EQ(combined("map-role 'a\"b'=App", "keep-roles a* because=x"),
              "map-role 'a\"b'=App\nkeep-roles a* '\"App\"' because='x'\n");
    EXPECT_EQ(combined("map-tablespace a=b c=d", "no-tablespaces"),
              "map-tablespace a=b c=d\nno-tablespaces except=b except=d\n");
}

TEST(Targets, LeaveDefaultPrivilegesOfKeptRolesAlone) {
    EXPECT_EQ(combined("keep-roles pg_monitor app*", "no-system-privileges"),
              "keep-roles pg_monitor app*\nno-system-privileges except=pg_monitor except=app*\n");
    EXPECT_EQ(combined("drop-role pg_monitor", "no-system-privileges"),
              "drop-role pg_monitor\nno-system-privileges\n");
}

TEST(Targets, SayWhichKindAnswersARule) {
    const auto kinds = [](const char* rule) {
        return kinds_dropped_by(parse_rule(rule, "", builtin_rules()));
    };
    using Kinds = std::vector<std::string>;
    EXPECT_EQ(kinds("no-event-triggers"), Kinds{"EVENT TRIGGER"});
    EXPECT_EQ(kinds("no-kind transform 'TEXT SEARCH PARSER'"), (Kinds{"TRANSFORM", "TEXT SEARCH PARSER"}));
    EXPECT_EQ(kinds("no-owner"), Kinds{});
    for (const char* const rule :
         {"no-all-tables-publications", "no-large-objects", "no-base-types", "no-subscriptions"}) {
        ASSERT_FALSE(kinds(rule).empty()) << rule;
        for (const std::string& kind : kinds(rule))
            EXPECT_EQ(combined("keep-kind '" + kind + "'", rule).find("# left out"),
                      combined("keep-kind '" + kind + "'", "").size())
                << rule << " " << kind;
    }
}

TEST(Targets, CommentOutEveryLineOfARuleLeftOut) {
    EXPECT_EQ(combined("extension a", "extension b because='x\ny'\n# end\n"),
              "extension a\n# left out, since extension is given:\n# extension b because='x\n# y'\n");
}

TEST(Targets, AreRefusedWithTheirName) {
    try {
        parse_target("no-owner\nno-such-rule", "--for=x", builtin_rules());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "--for=x, line 2: there is no rule \"no-such-rule\"");
    }
}

}  // namespace
}  // namespace pgfilter
