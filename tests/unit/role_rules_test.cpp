// SPDX-License-Identifier: PostgreSQL
// Rules that remove roles, give owners, map tablespaces and repair privileges: shapes that no archive at hand
// has, and the fields that must stay.
#include <gtest/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

EntryValue entry_of(int dump_id, const std::string& desc, const std::string& tag, MaybeText defn,
                    MaybeText owner = "owner", std::vector<int> dependencies = {}) {
    EntryValue entry;
    entry.dump_id = dump_id;
    entry.desc = desc;
    entry.tag = tag;
    entry.defn = std::move(defn);
    entry.owner = std::move(owner);
    entry.dependencies = std::move(dependencies);
    entry.namespace_ = std::nullopt;
    return entry;
}

Plan plan_for(std::vector<EntryValue> entries, std::vector<RuleSpec> rules, int minor = 16) {
    return test::plan_for(bytes_with(std::move(entries), minor), std::move(rules));
}

std::string defn_after(const std::string& desc, const std::string& defn, const RuleSpec& rule) {
    return std::string(find(plan_for({entry_of(1, desc, "t", defn)}, {rule}), 1).defn().value_or("(null)"));
}

void expect_refused(const RuleSpec& rule, const std::string& words) {
    try {
        plan_for({}, {rule});
        FAIL() << words;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::usage);
        EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
    }
}

RuleSpec drop_role(const std::vector<std::string>& patterns) {
    RuleSpec rule{"drop-role", {}};
    for (const std::string& pattern : patterns) rule.arguments.push_back({"", pattern});
    return rule;
}
RuleSpec keep_roles(const std::vector<std::string>& patterns) {
    RuleSpec rule = drop_role(patterns);
    rule.name = "keep-roles";
    return rule;
}

// -------------------------------------------------------------------------------- roles

TEST(DropRole, ClearsTheOwnerAsTheVersionWantsIt) {
    for (int minor = 10; minor <= 16; ++minor) {
        const Plan plan =
            plan_for({entry_of(1, "TABLE", "t", "x", "app_ro"), entry_of(2, "TABLE", "t", "x", "app")},
                     {drop_role({"APP_*"})}, minor);
        EXPECT_EQ(find(plan, 1).owner(), minor >= 14 ? Text() : Text("")) << minor;
        EXPECT_EQ(find(plan, 2).owner(), Text("app"));
        EXPECT_EQ(plan.reports[0].per_argument, std::vector<std::size_t>{1});
    }
}

TEST(DropRole, PatternsFoldUnlessQuoted) {
    const std::vector<EntryValue> entries{entry_of(1, "TABLE", "a", "x", "app"),
                                          entry_of(2, "TABLE", "b", "x", "App"),
                                          entry_of(3, "TABLE", "c", "x", "a.b")};
    const auto owners = [&](const std::string& pattern) {
        const Plan plan = plan_for(entries, {drop_role({pattern})});
        std::string kept;
        for (int id = 1; id <= 3; ++id) kept += find(plan, id).owner().value_or("-").substr(0, 1);
        return kept;
    };
    EXPECT_EQ(owners("App"), "-Aa");
    EXPECT_EQ(owners("\"App\""), "a-a");
    EXPECT_EQ(owners("\"a.b\""), "aA-");
    EXPECT_EQ(owners("a*"), "-A-");
    EXPECT_EQ(owners("ap"), "aAa");
    expect_refused(drop_role({"a.b"}), "too many names");
    expect_refused(drop_role({}), "at least one pattern");
}

TEST(DropRole, LeavesExceptionsToItselfAlone) {
    const std::vector<EntryValue> entries{entry_of(1, "TABLE", "a", "x", "app"),
                                          entry_of(2, "TABLE", "b", "x", "app_ro"),
                                          entry_of(3, "TABLE", "c", "x", "other")};
    const auto owners = [&](const std::vector<RuleSpec>& rules) {
        const Plan plan = plan_for(entries, rules);
        std::string kept;
        for (int id = 1; id <= 3; ++id) kept += find(plan, id).owner().value_or("-").substr(0, 1);
        return kept;
    };
    RuleSpec most = drop_role({"*"});
    most.arguments.push_back({"except", "app_*"});
    EXPECT_EQ(owners({most}), "-a-");
    EXPECT_EQ(plan_for(entries, {most}).reports[0].per_argument, (std::vector<std::size_t>{2, 1}));
    EXPECT_EQ(owners({most, drop_role({"app_ro"})}), "---");
    EXPECT_EQ(owners({drop_role({"app_ro"}), most}), "---");
    EXPECT_EQ(owners({most, keep_roles({"other"})}), "---");
    expect_refused({"drop-role", {{"except", "a"}}}, "at least one pattern");
    expect_refused({"keep-roles", {{"", "a"}, {"except", "a"}}}, "takes no \"except\"");
}

TEST(DropRole, EntriesWithNothingLeftGo) {
    const Plan plan = plan_for(
        {entry_of(1, "ACL", "TABLE t", "REVOKE ALL ON TABLE t FROM a;\nGRANT ALL ON TABLE t TO a;\n"),
         entry_of(2, "ACL", "TABLE u", "REVOKE ALL ON TABLE u FROM PUBLIC;\nGRANT ALL ON TABLE u TO a;\n"),
         entry_of(3, "DEFAULT ACL", "d", "ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b;\n",
                  "a"),
         entry_of(4, "USER MAPPING", "USER MAPPING a SERVER s", "CREATE USER MAPPING FOR a SERVER s;\n"),
         entry_of(5, "USER MAPPING", "USER MAPPING public SERVER s",
                  "CREATE USER MAPPING FOR public SERVER s;\n"),
         entry_of(6, "DATABASE PROPERTIES", "d", "ALTER ROLE a IN DATABASE d SET x TO 'y';\n"),
         entry_of(7, "ACL", "TABLE v", ""),
         entry_of(8, "ACL LANGUAGE", "l", "GRANT ALL ON LANGUAGE l TO a;\n")},
        {drop_role({"a"})});
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{1, 3, 4, 6, 8}));
    EXPECT_EQ(find(plan, 2).defn(), Text("REVOKE ALL ON TABLE u FROM PUBLIC;\n"));
    EXPECT_FALSE(find(plan, 5).changed());
    EXPECT_FALSE(find(plan, 7).changed());
}

TEST(DropRole, APolicyForNobodyElseGoesWithItsComment) {
    const Plan plan =
        plan_for({entry_of(1, "POLICY", "t p", "CREATE POLICY p ON t TO a;\n"),
                  entry_of(2, "POLICY", "t q", "CREATE POLICY q ON t TO a, b;\n"),
                  entry_of(3, "COMMENT", "POLICY p ON t", "COMMENT ON POLICY p ON t IS 'x';\n", "owner", {1}),
                  entry_of(4, "COMMENT", "POLICY q ON t", "COMMENT ON POLICY q ON t IS 'x';\n", "owner", {2}),
                  entry_of(5, "ROW SECURITY", "t", "ALTER TABLE t ENABLE ROW LEVEL SECURITY;", "owner", {9})},
                 {drop_role({"a"})});
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{1, 3}));
    EXPECT_EQ(find(plan, 2).defn(), Text("CREATE POLICY q ON t TO b;\n"));
}

TEST(DropRole, ColumnsFollowTheirTable) {
    const Plan plan = plan_for(
        {entry_of(
             1, "ACL", "TABLE t",
             "GRANT ALL ON TABLE t TO x;\nSET SESSION AUTHORIZATION a;\nGRANT SELECT ON TABLE t TO b WITH "
             "GRANT OPTION;\nRESET SESSION AUTHORIZATION;\n"),
         entry_of(
             2, "ACL", "COLUMN t.c",
             "GRANT SELECT(c) ON TABLE t TO y;\nSET SESSION AUTHORIZATION b;\nGRANT SELECT(c) ON TABLE t TO "
             "z;\nRESET SESSION AUTHORIZATION;\n",
             "owner", {9, 1})},
        {drop_role({"a"})});
    EXPECT_EQ(find(plan, 2).defn(), Text("GRANT SELECT(c) ON TABLE t TO y;\n")) << "b may not grant any more";
}

TEST(DropRole, WhatATableGrantsOnHoldsForItsColumns) {
    const std::string by_b =
        "SET SESSION AUTHORIZATION b;\nGRANT SELECT(c) ON TABLE t TO z;\nRESET SESSION AUTHORIZATION;\n";
    const Plan plan = plan_for(
        {entry_of(1, "ACL", "TABLE t", "GRANT SELECT ON TABLE t TO b WITH GRANT OPTION;\n"),
         entry_of(2, "ACL", "COLUMN t.c",
                  "SET SESSION AUTHORIZATION a;\nGRANT ALL(c) ON TABLE t TO b WITH GRANT OPTION;\nRESET "
                  "SESSION AUTHORIZATION;\n" +
                      by_b,
                  "owner", {9, 1})},
        {drop_role({"a"})});
    EXPECT_EQ(find(plan, 2).defn(), Text(by_b));
}

TEST(DropRole, KnowsWhatAllWasInTheServerOfTheArchive) {
    const std::string acl =
        "GRANT SELECT,MAINTAIN ON TABLE t TO b WITH GRANT OPTION;\nSET SESSION AUTHORIZATION a;\nGRANT ALL "
        "ON "
        "TABLE t TO b WITH GRANT OPTION;\nRESET SESSION AUTHORIZATION;\nSET SESSION AUTHORIZATION b;\nGRANT "
        "ALL "
        "ON TABLE t TO c;\nRESET SESSION AUTHORIZATION;\n";
    const auto granted = [&](const std::string& version) {
        std::string bytes = bytes_with({entry_of(1, "ACL", "TABLE t", acl)});
        // The server's version stands before pg_dump's.
        bytes.replace(bytes.find("17.1"), 4, version);
        const Plan plan = test::plan_for(bytes, {drop_role({"a"})});
        const std::string left(find(plan, 1).defn().value_or(""));
        return left.substr(left.find("SET SESSION"));
    };
    const std::string begin = "SET SESSION AUTHORIZATION b;\nGRANT SELECT";
    const std::string end = " ON TABLE t TO c;\nRESET SESSION AUTHORIZATION;\n";
    EXPECT_EQ(granted("17.2"), begin + ",MAINTAIN" + end);
    EXPECT_EQ(granted("16.1"), begin + end);
}

TEST(DropRole, RefusesMoreGrantOptionsThanATextOfThatLengthHas) {
    std::string grant = "GRANT SELECT ON TABLE t TO r";
    for (int i = 1; i < 60'000; ++i) grant.append(",r");
    try {
        plan_for({entry_of(1, "ACL", "t", grant + " WITH GRANT OPTION;\n")}, {drop_role({"a"})});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit);
        EXPECT_NE(error.message().find("more roles get more privileges"), std::string::npos);
    }
}

TEST(DropRole, SaysWhatItLeaves) {
    const Plan plan = plan_for(
        {entry_of(1, "FUNCTION", "f()",
                  "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET role TO 'a' AS 'SELECT ''a''';\n"),
         entry_of(2, "TABLE", "t", "CREATE TABLE t (x name DEFAULT 'a'::name, y name DEFAULT 'b'::name);\n",
                  "a"),
         entry_of(3, "TABLE", "u", "CREATE TABLE u (x name DEFAULT 'a b'::name);\n", "a b")},
        {drop_role({"a", "\"a b\""})});
    EXPECT_EQ(find(plan, 1).defn(), find(plan, 1).original_text(Field::defn));
    std::vector<std::string> lines;
    for (const Unhandled& place : unhandled_in(plan))
        lines.push_back(std::to_string(*place.argument) + " " + std::to_string(place.count) + " " +
                        place.reason);
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "0 1 as the role that the routine runs as: calls will fail",
                         "0 1 in text that cannot be rewritten", "0 1 in text that cannot be rewritten",
                         "0 1 in text that cannot be rewritten", "1 1 in text that cannot be rewritten"}));
}

// pg_dump does not grant to several roles at once, so that none of its archives has so many in so few bytes.
TEST(DropRole, RefusesMoreRolesThanAnArchiveOfThatSizeHas) {
    const auto plan_of = [](int roles) {
        std::string grant = "GRANT SELECT ON TABLE t TO r0";
        for (int i = 1; i < roles; ++i) grant.append(",r").append(std::to_string(i));
        return plan_for({entry_of(1, "ACL", "t", grant + ";\n"), entry_of(2, "VIEW", "v", "'r7'")},
                        {drop_role({"r*"})});
    };
    EXPECT_TRUE(find(plan_of(30'000), 1).dropped());
    try {
        plan_of(100'000);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit);
        EXPECT_EQ(error.message(),
                  "the archive has more roles than there is memory for; it is not one of pg_dump's");
    }
}

TEST(KeepRoles, DropsAllOthersButPublic) {
    const Plan plan =
        plan_for({entry_of(1, "ACL", "TABLE t",
                           "REVOKE ALL ON TABLE t FROM PUBLIC;\nGRANT ALL ON TABLE t TO a;\nGRANT ALL ON "
                           "TABLE t TO b;\nGRANT "
                           "SELECT ON TABLE t TO PUBLIC;\nGRANT ALL ON TABLE t TO pg_monitor;\n",
                           "c")},
                 {keep_roles({"a"})});
    EXPECT_EQ(find(plan, 1).defn(),
              Text("REVOKE ALL ON TABLE t FROM PUBLIC;\nGRANT ALL ON TABLE t TO a;\nGRANT "
                   "SELECT ON TABLE t TO PUBLIC;\n"));
    EXPECT_EQ(find(plan, 1).owner(), Text());
    EXPECT_EQ(plan.reports[0].per_argument, std::vector<std::size_t>{1});
}

TEST(KeepRoles, SeveralRulesAreOne) {
    const std::vector<EntryValue> entries{
        entry_of(1, "ACL", "TABLE t",
                 "GRANT ALL ON TABLE t TO a1;\nGRANT ALL ON TABLE t TO a2;\nGRANT "
                 "ALL ON TABLE t TO b;\nGRANT ALL ON TABLE t TO c;\n",
                 "a1")};
    const Plan plan = plan_for(entries, {keep_roles({"a*"}), drop_role({"a2"}), keep_roles({"b"})});
    EXPECT_EQ(find(plan, 1).defn(), Text("GRANT ALL ON TABLE t TO a1;\nGRANT ALL ON TABLE t TO b;\n"));
    EXPECT_EQ(plan.reports[0].per_argument, std::vector<std::size_t>{2}) << "a1 as owner and as grantee";
    EXPECT_EQ(plan.reports[1].per_argument, std::vector<std::size_t>{1});
    EXPECT_EQ(plan.reports[2].per_argument, std::vector<std::size_t>{1});
}

TEST(RemovedRoles, WithoutAMatchNothingChanges) {
    const std::vector<EntryValue> entries{
        entry_of(1, "ACL", "TABLE t", "GRANT ALL ON TABLE t TO a;\n\n;GRANT ALL ON TABLE t TO PUBLIC"),
        entry_of(2, "ACL", "TABLE u", "SET SESSION AUTHORIZATION a; RESET SESSION AUTHORIZATION; -- x")};
    EXPECT_FALSE(
        plan_for(entries, {drop_role({"b"}), keep_roles({"a", "owner", "app"})}).prologue.toc.rewritten());
}

TEST(NoGrants, KeepsWhatIsRevoked) {
    const Plan plan = plan_for(
        {entry_of(1, "ACL", "FUNCTION f()",
                  "REVOKE ALL ON FUNCTION f() FROM PUBLIC;\nGRANT ALL ON FUNCTION f() TO a;\n"),
         entry_of(2, "ACL", "TABLE t", "GRANT ALL ON TABLE t TO a;\n"),
         entry_of(3, "DEFAULT ACL", "d", "ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b;\n"),
         entry_of(4, "ACL LANGUAGE", "l", "REVOKE ALL ON LANGUAGE l FROM PUBLIC;\n"),
         entry_of(5, "FUNCTION", "g()", "CREATE FUNCTION g() AS 'GRANT ALL ON TABLE t TO a;';\n")},
        {{"no-grants", {}}});
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{2, 3}));
    EXPECT_EQ(find(plan, 1).defn(), Text("REVOKE ALL ON FUNCTION f() FROM PUBLIC;\n"));
    EXPECT_FALSE(find(plan, 4).changed());
    EXPECT_FALSE(find(plan, 5).changed());
}

// -------------------------------------------------------------------------------- owners and tablespaces

TEST(SetOwner, OfAllThatHasOne) {
    const std::string acl =
        "REVOKE ALL ON TABLE t FROM old;\nGRANT SELECT ON TABLE t TO old;\nGRANT ALL ON TABLE t TO x;\n";
    const Plan plan =
        plan_for({entry_of(1, "TABLE", "t", "CREATE TABLE old ();\n", "old"),
                  entry_of(2, "EXTENSION", "e", "x", std::nullopt), entry_of(3, "EXTENSION", "e", "x", ""),
                  entry_of(4, "ACL", "TABLE t", acl, "old"),
                  entry_of(5, "ACL", "TABLE u", "GRANT ALL ON TABLE u TO old;\n", "other"),
                  entry_of(6, "DEFAULT ACL", "d",
                           "ALTER DEFAULT PRIVILEGES FOR ROLE old GRANT ALL ON TABLES TO x;\n", "old"),
                  entry_of(7, "SCHEMA", "old", "CREATE SCHEMA old AUTHORIZATION old;\n", "old")},
                 {{"set-owner", {{"", "New \"one\""}}}});
    for (const int id : {1, 4, 5, 7}) EXPECT_EQ(find(plan, id).owner(), Text("New \"one\"")) << id;
    EXPECT_EQ(find(plan, 1).defn(), Text("CREATE TABLE old ();\n"));
    EXPECT_FALSE(find(plan, 2).changed());
    EXPECT_FALSE(find(plan, 3).changed());
    EXPECT_EQ(find(plan, 4).defn(), Text("REVOKE ALL ON TABLE t FROM \"New \"\"one\"\"\";\nGRANT SELECT ON "
                                         "TABLE t TO \"New \"\"one\"\"\";\n"
                                         "GRANT ALL ON TABLE t TO x;\n"))
        << "as after ALTER TABLE OWNER TO";
    EXPECT_EQ(find(plan, 5).defn(), Text("GRANT ALL ON TABLE u TO old;\n")) << "not the owner of that";
    EXPECT_FALSE(find(plan, 6).changed());
    EXPECT_EQ(find(plan, 7).defn(), Text("CREATE SCHEMA old AUTHORIZATION \"New \"\"one\"\"\";\n"));
    expect_refused({"set-owner", {}}, "one role");
    expect_refused({"set-owner", {{"", "a"}, {"", "b"}}}, "one role");
    expect_refused({"set-owner", {{"", "public"}}}, "not a role");
    expect_refused({"set-owner", {{"", std::string(64, 'x')}}}, "longer than 63 bytes");
}

// Of pg_dump --quote-all-identifiers.
TEST(NewNames, HaveQuotesWhereAllNamesHave) {
    const auto grant_in = [](const char* drop_of_a, const char* drop_of_b) {
        EntryValue a = entry_of(1, "TABLE", "a", "x");
        a.drop_stmt = drop_of_a;
        EntryValue b = entry_of(2, "SCHEMA", "b", "x");
        b.drop_stmt = drop_of_b;
        const Plan plan =
            plan_for({a, b, entry_of(3, "ACL", "TABLE a", "GRANT ALL ON TABLE \"a\" TO \"r\";\n"),
                      entry_of(4, "DATABASE", "\"", "CREATE DATABASE \"q\" TABLESPACE = \"r\";\n")},
                     {{"map-role", {{"r", "new"}}}, {"map-tablespace", {{"r", "new"}}}});
        return std::string(*find(plan, 3).defn()) + std::string(*find(plan, 4).defn());
    };
    const std::string quoted =
        "GRANT ALL ON TABLE \"a\" TO \"new\";\nCREATE DATABASE \"q\" TABLESPACE = \"new\";\n";
    const std::string bare = "GRANT ALL ON TABLE \"a\" TO new;\nCREATE DATABASE \"q\" TABLESPACE = new;\n";
    EXPECT_EQ(grant_in("DROP TABLE \"s\".\"a\";\n", "DROP SCHEMA \"b\";\n"), quoted);
    EXPECT_EQ(grant_in("DROP TABLE \"s\".\"a\";\n", "DROP SCHEMA b;\n"), bare);
    EXPECT_EQ(grant_in("DROP TABLE \"S\".a;\n", "DROP SCHEMA \"b\";\n"), bare);
    EXPECT_EQ(grant_in("DROP TABLE \"b\".\"ba\";\n", ""), bare);
    EXPECT_EQ(grant_in("", ""), bare);
}

RuleSpec map_tablespace(std::vector<RuleArgument> mappings) {
    return {"map-tablespace", std::move(mappings)};
}

TEST(MapTablespace, InFieldsAndStatements) {
    EntryValue fast = entry_of(1, "TABLE", "t", "CREATE TABLE fast ();\n");
    fast.tablespace = "fast";
    EntryValue slow = fast;
    slow.dump_id = 2;
    slow.tablespace = "slow";
    const Plan plan =
        plan_for({fast, slow}, {map_tablespace({{"fast", "slow"}, {"slow", "fast"}, {"x", "y"}})});
    EXPECT_EQ(find(plan, 1).text(Field::tablespace), Text("slow"));
    EXPECT_EQ(find(plan, 2).text(Field::tablespace), Text("fast"));
    EXPECT_EQ(find(plan, 1).defn(), Text("CREATE TABLE fast ();\n"));
    EXPECT_EQ(plan.reports[0].per_argument, (std::vector<std::size_t>{1, 1, 0}));

    const RuleSpec rule = map_tablespace({{"a", "B c"}});
    EXPECT_EQ(defn_after("DATABASE", "CREATE DATABASE tablespace WITH OWNER a TABLESPACE = a;\n", rule),
              "CREATE DATABASE tablespace WITH OWNER a TABLESPACE = \"B c\";\n");
    EXPECT_EQ(
        defn_after("DATABASE PROPERTIES",
                   "ALTER DATABASE a SET temp_tablespaces TO 'x', 'a', 'y';\nALTER ROLE a IN DATABASE a SET "
                   "default_tablespace TO 'a';\nALTER DATABASE a SET search_path TO 'a';\n",
                   rule),
        "ALTER DATABASE a SET temp_tablespaces TO 'x', 'B c', 'y';\nALTER ROLE a IN DATABASE a SET "
        "default_tablespace TO 'B c';\nALTER DATABASE a SET search_path TO 'a';\n");
    EXPECT_EQ(
        defn_after("FUNCTION",
                   "CREATE FUNCTION a() SET default_tablespace TO 'a' AS 'SET default_tablespace TO a';\n",
                   rule),
        "CREATE FUNCTION a() SET default_tablespace TO 'B c' AS 'SET default_tablespace TO a';\n");
    expect_refused(map_tablespace({}), "at least one");
    expect_refused(map_tablespace({{"a", ""}}), "cannot be empty");
    expect_refused(map_tablespace({{"a", "b"}, {"a", "c"}}), "mapped to two names");
}

TEST(MapTablespace, TheDefaultIsWrittenAsPgDumpDoes) {
    EntryValue table = entry_of(1, "TABLE", "t", "x");
    table.tablespace = "fast";
    const auto after = [&](const std::string& database, const std::vector<RuleArgument>& mappings) {
        const Plan plan =
            plan_for({table, entry_of(2, "DATABASE", "d", database)}, {map_tablespace(mappings)});
        return std::string(find(plan, 1).text(Field::tablespace).value_or("(null)"));
    };
    const std::string other = "CREATE DATABASE d TABLESPACE = main;\n";
    EXPECT_EQ(after("CREATE DATABASE d;\n", {{"fast", "pg_default"}}), "");
    EXPECT_EQ(after(other, {{"fast", "pg_default"}}), "pg_default") << "the database's own is another";
    EXPECT_EQ(after(other, {{"fast", "pg_default"}, {"main", "pg_default"}}), "");
}

// -------------------------------------------------------------------------------- groups of large objects

constexpr const char* group_acl =
    "GRANT SELECT ON LARGE OBJECT 7 TO \"LARGE OBJECT 7\" WITH GRANT OPTION;\nSET SESSION AUTHORIZATION a;\n"
    "GRANT SELECT ON LARGE OBJECT 7 TO b;\nRESET SESSION AUTHORIZATION;\n";

std::vector<EntryValue> group_of(const std::string& oids, const std::string& acl) {
    return {entry_of(1, "BLOB METADATA", "7..12", oids),
            entry_of(2, "ACL", "LARGE OBJECTS 7..12", acl, "owner", {1}), entry_of(3, "TABLE", "t", "x")};
}

std::vector<std::string> written(const Plan& plan) {
    std::vector<std::string> lines;
    const Toc& toc = plan.prologue.toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const TocEntry& entry = toc[toc.at(i)];
        if (entry.desc() == "ACL")
            lines.push_back(std::string(entry.tag()) + ": " + std::string(*entry.defn()));
        if (entry.desc() == "TABLE") lines.emplace_back("TABLE");
    }
    return lines;
}

TEST(Repair, MakesAnEntryForEachLargeObject) {
    const Plan plan = plan_for(group_of("7\n9\n12\n", group_acl), {{"repair", {}}});
    std::vector<std::string> expected;
    for (const std::string oid : {"7", "9", "12"}) {
        expected.push_back("LARGE OBJECT " + oid + ": GRANT SELECT ON LARGE OBJECT " + oid +
                           " TO \"LARGE OBJECT 7\" WITH GRANT OPTION;\nSET SESSION AUTHORIZATION a;\n"
                           "GRANT SELECT ON LARGE OBJECT " +
                           oid + " TO b;\nRESET SESSION AUTHORIZATION;\n");
    }
    expected.emplace_back("TABLE");
    EXPECT_EQ(written(plan), expected);
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
        const TocEntry& entry = plan.prologue.toc[i];
        if (entry.desc() != "ACL") continue;
        EXPECT_EQ(entry.dependencies(), std::vector<DumpId>{1});
        EXPECT_EQ(entry.owner(), Text("owner"));
    }
    EXPECT_TRUE(unhandled_in(plan).empty());
}

TEST(Repair, LeavesWhatIsSoundOrUnknown) {
    const std::string sound = "GRANT SELECT ON LARGE OBJECT 7 TO a;\n";
    EXPECT_FALSE(plan_for(group_of("7\n9\n", sound), {{"repair", {}}}).prologue.toc.rewritten());
    EXPECT_EQ(plan_for(group_of("7\n9\n", sound), {{"repair", {}}}).reports[0].matched_nothing(), false)
        << "that is no reason to complain";
    for (const char* oids : {"", "7\n9", "7\nx\n", "7\n\n9\n"}) {
        const Plan plan = plan_for(group_of(oids, group_acl), {{"repair", {}}});
        EXPECT_FALSE(plan.prologue.toc.rewritten()) << oids;
        EXPECT_EQ(unhandled_in(plan).size(), 1U);
    }
    std::vector<EntryValue> lost = group_of("7\n", group_acl);
    lost.erase(lost.begin());
    EXPECT_FALSE(plan_for(lost, {{"repair", {}}}).prologue.toc.rewritten());
}

TEST(Repair, EveryRuleThatChangesAGroupRepairsIt) {
    const auto entries = group_of("7\n9\n", group_acl);
    const RuleSpec swap{"map-role", {{"a", "b"}, {"b", "a"}}};
    const std::vector<std::string> expected{
        "LARGE OBJECT 7: GRANT SELECT ON LARGE OBJECT 7 TO \"LARGE OBJECT 7\" WITH GRANT OPTION;\nSET "
        "SESSION "
        "AUTHORIZATION b;\nGRANT SELECT ON LARGE OBJECT 7 TO a;\nRESET SESSION AUTHORIZATION;\n",
        "LARGE OBJECT 9: GRANT SELECT ON LARGE OBJECT 9 TO \"LARGE OBJECT 7\" WITH GRANT OPTION;\nSET "
        "SESSION "
        "AUTHORIZATION b;\nGRANT SELECT ON LARGE OBJECT 9 TO a;\nRESET SESSION AUTHORIZATION;\n",
        "TABLE"};
    EXPECT_EQ(written(plan_for(entries, {swap})), expected) << "swapped once";
    EXPECT_EQ(written(plan_for(entries, {{"repair", {}}, swap})), expected);
    EXPECT_EQ(written(plan_for(entries, {swap, {"repair", {}}})), expected);
    EXPECT_EQ(written(plan_for(entries, {{"no-owner", {}}})).size(), 3U);
    EXPECT_EQ(written(plan_for(entries, {drop_role({"no_such_role"})})).size(), 2U) << "not changed";
    EXPECT_EQ(
        written(plan_for(entries, {drop_role({"a"})})),
        (std::vector<std::string>{"LARGE OBJECTS 7..12: GRANT SELECT ON LARGE OBJECT 7 TO \"LARGE OBJECT 7\" "
                                  "WITH GRANT OPTION;\n",
                                  "TABLE"}))
        << "pg_restore can read this";
}

TEST(Repair, OfALargeGroup) {
    std::string oids;
    constexpr int count = 100'000;
    for (int i = 0; i < count; ++i) oids += std::to_string(i + 7) + "\n";
    const Plan plan = plan_for(group_of(oids, group_acl), {{"repair", {}}});
    EXPECT_EQ(plan.prologue.toc.size(), static_cast<std::size_t>(count) + 4);
    EXPECT_EQ(plan.prologue.toc[plan.prologue.toc.size() - 1].tag(),
              "LARGE OBJECT " + std::to_string(count + 6));
}

}  // namespace
}  // namespace pgfilter
