// SPDX-License-Identifier: PostgreSQL
// Roles that become one: what is left of their privileges, policies and user mappings, and rules about roles
// in any order.
#include <gtest/gtest.h>

#include <algorithm>

#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

EntryValue owned_entry(int dump_id, const std::string& desc, const std::string& tag, const std::string& defn,
                       MaybeText owner = "owner") {
    EntryValue entry = entry_of(dump_id, desc, tag, defn);
    entry.owner = std::move(owner);
    return entry;
}

RuleSpec map_roles(std::vector<RuleArgument> mappings) {
    return {"map-role", std::move(mappings)};
}

Plan plan_of(std::vector<EntryValue> entries, std::vector<RuleSpec> rules) {
    return plan_for(bytes_with(std::move(entries)), std::move(rules));
}

std::string merged(const std::string& acl, const std::vector<RuleArgument>& mappings,
                   const std::vector<RuleSpec>& others = {}) {
    std::vector<RuleSpec> rules = others;
    rules.push_back(map_roles(mappings));
    const Plan plan = plan_of({owned_entry(1, "ACL", "TABLE t", acl)}, rules);
    return find(plan, 1).dropped() ? "(dropped)" : std::string(find(plan, 1).defn().value_or("(null)"));
}

std::string by(const std::string& role, const std::string& statements) {
    return "SET SESSION AUTHORIZATION " + role + ";\n" + statements + "RESET SESSION AUTHORIZATION;\n";
}

std::string grant(const std::string& privileges, const std::string& role, bool with_option = false) {
    return "GRANT " + privileges + " ON TABLE t TO " + role + (with_option ? " WITH GRANT OPTION;\n" : ";\n");
}

TEST(MergedRoles, GrantNothingToThemselves) {
    EXPECT_EQ(
        merged(grant("SELECT", "mid", true) + by("mid", grant("SELECT", "app", true)), {{"mid", "app"}}),
        grant("SELECT", "app", true));
    EXPECT_EQ(merged(grant("SELECT", "mid", true) +
                         by("mid", grant("SELECT", "app", true) + grant("SELECT", "other")),
                     {{"mid", "app"}}),
              grant("SELECT", "app", true) + by("app", grant("SELECT", "other")));
    EXPECT_EQ(merged(grant("SELECT", "a", true) + by("a", grant("SELECT", "b")), {{"a", "x"}, {"b", "x"}}),
              grant("SELECT", "x", true));
    EXPECT_EQ(merged(grant("SELECT", "a", true) + by("a", grant("SELECT", "a")), {{"a", "x"}}),
              grant("SELECT", "x", true) + by("x", grant("SELECT", "x")))
        << "one role is renamed and nothing else";
}

TEST(MergedRoles, GrantNothingTwice) {
    EXPECT_EQ(merged(grant("ALL", "app") + grant("SELECT", "mid") + grant("insert", "mid"), {{"mid", "app"}}),
              grant("ALL", "app"));
    EXPECT_EQ(merged(grant("SELECT", "app") + grant("SELECT,INSERT", "mid"), {{"mid", "app"}}),
              grant("SELECT", "app") + grant("SELECT,INSERT", "app"));
    EXPECT_EQ(merged(grant("SELECT", "app") + grant("SELECT", "mid", true), {{"mid", "app"}}),
              grant("SELECT", "app") + grant("SELECT", "app", true));
    EXPECT_EQ(merged(grant("SELECT", "app", true) + grant("SELECT", "mid"), {{"mid", "app"}}),
              grant("SELECT", "app", true));
    EXPECT_EQ(
        merged("GRANT SELECT(a) ON TABLE t TO app;\nGRANT SELECT(b),UPDATE(b) ON TABLE t TO mid;\nGRANT "
               "UPDATE(b) ON TABLE t TO app;\n",
               {{"mid", "app"}}),
        "GRANT SELECT(a) ON TABLE t TO app;\nGRANT SELECT(b),UPDATE(b) ON TABLE t TO app;\n");
    EXPECT_EQ(merged(grant("SELECT", "mid, app, other"), {{"mid", "app"}}),
              grant("SELECT", "app") + grant("SELECT", "other"));
    EXPECT_EQ(
        merged(grant("SELECT", "a", true) + grant("SELECT", "b", true) + by("a", grant("SELECT", "c")) +
                   by("b", grant("SELECT", "c") + grant("SELECT", "PUBLIC")),
               {{"a", "x"}, {"b", "x"}}),
        grant("SELECT", "x", true) + by("x", grant("SELECT", "c")) + by("x", grant("SELECT", "PUBLIC")));
}

// "grant options cannot be granted back to your own grantor"
TEST(MergedRoles, GrantNoOptionBack) {
    const std::string chain = grant("SELECT", "a", true) + by("a", grant("SELECT", "b", true));
    EXPECT_EQ(
        merged(chain + by("b", grant("SELECT", "c", true)), {{"a", "x"}, {"c", "x"}}),
        grant("SELECT", "x", true) + by("x", grant("SELECT", "b", true)) + by("b", grant("SELECT", "x")));
    EXPECT_EQ(merged(chain + by("b", grant("SELECT", "c", true)) + by("c", grant("SELECT", "d", true)),
                     {{"a", "x"}, {"d", "x"}}),
              grant("SELECT", "x", true) + by("x", grant("SELECT", "b", true)) +
                  by("b", grant("SELECT", "c", true)) + by("c", grant("SELECT", "x")))
        << "through others, too";
    EXPECT_EQ(merged(grant("SELECT", "b", true) + chain + by("b", grant("SELECT", "c", true)),
                     {{"a", "x"}, {"c", "x"}}),
              grant("SELECT", "b", true) + grant("SELECT", "x", true) + by("x", grant("SELECT", "b", true)) +
                  by("b", grant("SELECT", "x", true)))
        << "b has the option from the owner as well";
    EXPECT_EQ(merged(grant("SELECT", "a", true) + grant("INSERT,UPDATE", "b", true) +
                         by("a", grant("SELECT", "b", true)) + by("b", grant("SELECT,INSERT", "c", true)),
                     {{"a", "x"}, {"c", "x"}}),
              grant("SELECT", "x", true) + grant("INSERT,UPDATE", "b", true) +
                  by("x", grant("SELECT", "b", true)) +
                  by("b", grant("SELECT", "x") + grant("INSERT", "x", true)))
        << "of one privilege, and not of the other";
}

TEST(MergedRoles, KnowWhatAllComesTo) {
    const auto graph = [](const std::string& privileges, const std::string& role) {
        return "GRANT " + privileges + " ON PROPERTY GRAPH g TO " + role + ";\n";
    };
    EXPECT_EQ(merged(graph("SELECT", "app") + graph("ALL", "mid"), {{"mid", "app"}}), graph("SELECT", "app"));
    EXPECT_EQ(merged(grant("SELECT", "app") + grant("ALL", "mid"), {{"mid", "app"}}),
              grant("SELECT", "app") + grant("ALL", "app"));
}

TEST(MergedRoles, AnOwnerHasWhatItHad) {
    EXPECT_EQ(merged(grant("SELECT", "mid"), {{"mid", "owner"}}), "(dropped)");
    const std::string less = "REVOKE ALL ON TABLE t FROM owner;\nGRANT SELECT ON TABLE t TO owner;\n";
    EXPECT_EQ(merged(less + grant("SELECT,INSERT", "mid"), {{"mid", "owner"}}),
              less + grant("SELECT,INSERT", "owner"));
    EXPECT_EQ(merged(grant("SELECT", "mid", true) + by("mid", grant("SELECT", "a")) + grant("SELECT", "a"),
                     {{"mid", "owner"}}),
              by("owner", grant("SELECT", "a")))
        << "a role may grant as itself what it owns";
    EXPECT_EQ(merged("REVOKE ALL ON TABLE t FROM mid;\n" + grant("SELECT", "mid"), {{"mid", "owner"}}),
              "(dropped)")
        << "what one role loses, another has";
    EXPECT_EQ(merged(grant("SELECT", "mid"), {{"mid", "owner"}}, {{"no-owner", {}}}),
              grant("SELECT", "owner"))
        << "whoever restores owns it, and grants";
}

TEST(MergedRoles, ANewOwnerMergesToo) {
    const RuleSpec owner{"set-owner", {{"", "mid"}}};
    const std::string acl = "REVOKE ALL ON TABLE t FROM owner;\n" + grant("INSERT", "owner") +
                            grant("SELECT", "mid", true) + by("mid", grant("SELECT", "owner"));
    const Plan plan = plan_of({owned_entry(1, "ACL", "TABLE t", acl)}, {owner});
    EXPECT_EQ(find(plan, 1).defn(), Text("REVOKE ALL ON TABLE t FROM mid;\n" + grant("INSERT", "mid") +
                                         grant("SELECT", "mid", true)));
}

TEST(MergedRoles, DefaultPrivilegesBecomeOne) {
    const auto of = [](const std::string& role, const std::string& statement) {
        return "ALTER DEFAULT PRIVILEGES FOR ROLE " + role + " " + statement + ";\n";
    };
    const Plan plan = plan_of(
        {owned_entry(1, "DEFAULT ACL", "a",
                     of("a", "REVOKE ALL ON TABLES FROM a") + of("a", "GRANT SELECT ON TABLES TO a") +
                         of("a", "GRANT SELECT ON TABLES TO r"),
                     "a"),
         owned_entry(2, "DEFAULT ACL", "b",
                     of("b", "REVOKE ALL ON TABLES FROM b") + of("b", "GRANT INSERT ON TABLES TO b") +
                         of("b", "GRANT SELECT ON TABLES TO r"),
                     "b"),
         owned_entry(3, "DEFAULT ACL", "b", of("b", "IN SCHEMA s GRANT SELECT ON TABLES TO r"), "b"),
         owned_entry(4, "DEFAULT ACL", "x", of("x", "GRANT SELECT ON TABLES TO r"), "x"),
         owned_entry(5, "DEFAULT ACL", "r",
                     of("r", "GRANT SELECT ON TABLES TO a") + of("r", "GRANT SELECT ON TABLES TO b"), "r")},
        {map_roles({{"a", "x"}, {"b", "x"}})});
    EXPECT_EQ(find(plan, 1).defn(),
              Text(of("x", "REVOKE ALL ON TABLES FROM x") + of("x", "GRANT SELECT ON TABLES TO x") +
                   of("x", "GRANT SELECT ON TABLES TO r")));
    EXPECT_EQ(find(plan, 2).defn(), Text(of("x", "GRANT INSERT ON TABLES TO x")));
    EXPECT_EQ(find(plan, 3).defn(), Text(of("x", "IN SCHEMA s GRANT SELECT ON TABLES TO r")));
    EXPECT_TRUE(find(plan, 4).dropped());
    EXPECT_EQ(find(plan, 5).defn(), Text(of("r", "GRANT SELECT ON TABLES TO x")));
}

TEST(MergedRoles, KnowNoMoreColumnsThanATextOfThatLengthHas) {
    std::string acl;
    for (int i = 0; i < 50'000; ++i)
        acl.append("GRANT SELECT(c").append(std::to_string(i)).append(") ON TABLE t TO a,b;\n");
    try {
        merged(acl, {{"a", "b"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit);
        EXPECT_NE(error.message().find("on more objects and columns"), std::string::npos);
    }
}

TEST(MergedRoles, HaveThePrivilegesOfEachColumnOnce) {
    EXPECT_EQ(merged(grant("SELECT(a,b)", "app") + grant("SELECT(b)", "mid") +
                         grant("UPDATE(\"a\"),SELECT( a )", "mid"),
                     {{"mid", "app"}}),
              grant("SELECT(a,b)", "app") + grant("UPDATE(\"a\"),SELECT( a )", "app"));
    EXPECT_EQ(merged(grant("SELECT(b),UPDATE(b)", "b", true) + grant("SELECT(a),SELECT(b)", "a", true) +
                         by("a", grant("SELECT(a)", "b", true)) +
                         by("b", grant("SELECT(a,b),UPDATE(b)", "c", true)),
                     {{"a", "x"}, {"c", "x"}}),
              grant("SELECT(b),UPDATE(b)", "b", true) + grant("SELECT(a),SELECT(b)", "x", true) +
                  by("x", grant("SELECT(a)", "b", true)) +
                  by("b", grant("SELECT(a)", "x") + grant("SELECT(b),UPDATE(b)", "x", true)));
}

TEST(MergedRoles, StandOnceInAPolicy) {
    const Plan plan =
        plan_of({owned_entry(1, "POLICY", "t p", "CREATE POLICY p ON t TO a, b, c, d USING (true);\n")},
                {map_roles({{"a", "x"}, {"c", "x"}, {"d", "b"}})});
    EXPECT_EQ(find(plan, 1).defn(), Text("CREATE POLICY p ON t TO x, b USING (true);\n"));
}

TEST(MergedRoles, HaveOneUserMappingForEachServer) {
    const auto mapping = [](int dump_id, const std::string& role, const std::string& server) {
        return owned_entry(dump_id, "USER MAPPING", "USER MAPPING " + role + " SERVER " + server,
                           "CREATE USER MAPPING FOR " + role + " SERVER " + server + ";\n");
    };
    const Plan plan = plan_of({mapping(1, "a", "s"), mapping(2, "b", "s"), mapping(3, "b", "s2"),
                               mapping(4, "other", "s"), mapping(5, "x", "s")},
                              {map_roles({{"a", "x"}, {"b", "x"}})});
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{2, 5}));
    EXPECT_EQ(find(plan, 3).tag(), "USER MAPPING x SERVER s2");
    std::vector<std::string> told;
    find_unhandled(plan, find(plan, 1), true, [&](const Unhandled& place) { told.push_back(place.reason); });
    ASSERT_EQ(told.size(), 2U);
    EXPECT_NE(told[0].find("\"b\""), std::string::npos) << told[0];
}

TEST(MergedRoles, HaveEachSettingOnce) {
    const auto set = [](const std::string& role, const std::string& setting) {
        return "ALTER ROLE " + role + " IN DATABASE set SET " + setting + ";\n";
    };
    const std::string first = "ALTER DATABASE set SET work_mem TO '1MB';\n";
    const Plan plan = plan_of({owned_entry(1, "DATABASE PROPERTIES", "set",
                                           first + set("a", "work_mem TO '1MB'") +
                                               set("a", "\"x.y\" TO 'a'") + set("b", "work_mem TO '2MB'") +
                                               set("b", "\"x.z\" TO 'a'") + set("c", "work_mem TO '3MB'"))},
                              {map_roles({{"a", "x"}, {"b", "x"}})});
    EXPECT_EQ(find(plan, 1).defn(), Text(first + set("x", "work_mem TO '1MB'") + set("x", "\"x.y\" TO 'a'") +
                                         set("x", "\"x.z\" TO 'a'") + set("c", "work_mem TO '3MB'")));
    std::vector<std::string> told;
    find_unhandled(plan, find(plan, 1), true, [&](const Unhandled& place) { told.push_back(place.reason); });
    EXPECT_EQ(told, std::vector<std::string>{
                        "has setting work_mem of another role, and not of \"b\", which becomes the same"});
}

// -------------------------------------------------------------------------------- any order

std::string described(const Plan& plan) {
    std::string text;
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
        const TocEntry& entry = plan.prologue.toc[i];
        if (entry.dropped()) continue;
        text.append(entry.tag()).append("|").append(entry.owner().value_or("-")).append("|");
        text.append(entry.defn().value_or("-")).append("\n");
    }
    return text;
}

const std::vector<EntryValue>& some_entries() {
    static const std::vector<EntryValue> entries{
        owned_entry(1, "TABLE", "t", "CREATE TABLE t ();\n"),
        owned_entry(2, "ACL", "TABLE t",
                    "REVOKE ALL ON TABLE t FROM owner;\n" + grant("SELECT", "owner") +
                        grant("SELECT", "mid", true) + by("mid", grant("SELECT", "app", true)) +
                        grant("INSERT", "newer")),
        owned_entry(3, "TABLE", "u", "CREATE TABLE u ();\n", "mid")};
    return entries;
}

TEST(RoleRules, MeanTheSameInAnyOrder) {
    std::vector<RuleSpec> all{{"drop-role", {{"", "newer"}}},
                              {"keep-roles", {{"", "app"}, {"", "owner"}}},
                              map_roles({{"mid", "newer"}}),
                              map_roles({{"app", "newer"}}),
                              {"set-owner", {{"", "deploy"}}},
                              {"no-owner", {}},
                              {"no-grants", {}},
                              {"no-grantors", {}}};
    for (std::size_t without = 0; without < all.size(); ++without) {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i != without && i != (without + 3) % all.size() && i != (without + 4) % all.size())
                order.push_back(i);
        }
        std::string first;
        do {
            std::vector<RuleSpec> rules;
            for (const std::size_t i : order) rules.push_back(all[i]);
            const std::string text = described(plan_of(some_entries(), rules));
            if (first.empty()) first = text;
            EXPECT_EQ(text, first);
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

TEST(RoleRules, PatternsMeanNamesOfTheArchive) {
    const auto acl = [](const std::vector<RuleSpec>& rules) {
        const Plan plan = plan_of(some_entries(), rules);
        return find(plan, 2).dropped() ? "" : std::string(find(plan, 2).defn().value_or(""));
    };
    const RuleSpec map = map_roles({{"mid", "newapp"}});
    EXPECT_EQ(acl({{"keep-roles", {{"", "new*"}}}, map}),
              grant("SELECT", "newapp", true) + grant("INSERT", "newer"))
        << "what is mapped stays";
    EXPECT_EQ(acl({{"drop-role", {{"", "new*"}}}, map}),
              "REVOKE ALL ON TABLE t FROM owner;\n" + grant("SELECT", "owner") +
                  grant("SELECT", "newapp", true) + by("newapp", grant("SELECT", "app", true)));
    const Plan plan = plan_of(some_entries(), {map, {"drop-role", {{"", "mid"}}}});
    EXPECT_EQ(plan.reports[0].outdone.at(0), "drop-role removes that role");
    EXPECT_EQ(find(plan, 3).owner(), Text());
}

TEST(RoleRules, ANewOwnerOutranksWhatBecomesOfTheOld) {
    for (const RuleSpec& rule :
         {RuleSpec{"drop-role", {{"", "owner"}, {"", "mid"}}}, RuleSpec{"keep-roles", {{"", "app"}}},
          map_roles({{"owner", "x"}}), RuleSpec{"no-owner", {}}}) {
        const Plan plan = plan_of(some_entries(), {rule, {"set-owner", {{"", "deploy"}}}});
        EXPECT_EQ(find(plan, 1).owner(), Text("deploy")) << rule.name;
        EXPECT_EQ(find(plan, 3).owner(), Text("deploy")) << rule.name;
        EXPECT_TRUE(find(plan, 2).defn()->starts_with(
            "REVOKE ALL ON TABLE t FROM deploy;\nGRANT SELECT ON TABLE t TO "
            "deploy;\n"))
            << *find(plan, 2).defn();
    }
}

}  // namespace
}  // namespace pgfilter
