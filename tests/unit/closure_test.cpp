// SPDX-License-Identifier: PostgreSQL
// What goes with dropped entries, and what is told of it, whatever rule dropped them.
#include <gtest/gtest.h>

#include <algorithm>

#include "pgfilter/error.hpp"
#include "pgfilter/lost_rows.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Ids = std::vector<DumpId>;

EntryValue in_schema(EntryValue entry, const std::string& schema) {
    entry.namespace_ = schema;
    return entry;
}

/// A table whose column has the row type of another one, a trigger, and a domain.
std::string shop() {
    return bytes_with({
        entry_of(1, "TABLE", "audit", "CREATE TABLE s.audit (id integer);\n"),
        entry_of(2, "TABLE", "orders", "CREATE TABLE s.orders (snapshot s.audit);\n", {1}),
        in_schema(entry_of(3, "FUNCTION", "request()", "CREATE FUNCTION hooks.request() RETURNS trigger;\n"),
                  "hooks"),
        entry_of(4, "DOMAIN", "code", "CREATE DOMAIN s.code AS text;\n"),
        entry_of(5, "TABLE", "users", "CREATE TABLE s.users (c s.code);\n", {4}),
        entry_of(6, "TABLE DATA", "audit", {}, {1}),
        entry_of(7, "TABLE DATA", "orders", {}, {2}),
        entry_of(8, "TABLE DATA", "users", {}, {5}),
        entry_of(9, "TRIGGER", "users t",
                 "CREATE TRIGGER t AFTER INSERT ON s.users EXECUTE FUNCTION hooks.request();\n", {5, 3}),
    });
}

RuleSpec of_target(RuleSpec spec) {
    spec.of_target = true;
    return spec;
}

RuleSpec with(const char* rule, const char* value) {
    return {rule, {{"", value}}};
}

/// Names of the tables of which nobody asked to lose the rows.
std::vector<std::string> lost(const Plan& plan) {
    std::vector<std::string> names;
    find_lost_rows(plan,
                   [&](const LostRows& rows) { names.emplace_back(plan.prologue.toc[rows.data].tag()); });
    return names;
}

using Names = std::vector<std::string>;

TEST(Closure, ACascadeOfATargetServesTheRulesOfTheTargetAlone) {
    const Plan plan = plan_for(shop(), {with("exclude-table", "audit"), of_target({"cascade", {}})});
    EXPECT_EQ(dropped(plan), (Ids{1, 6}));
    EXPECT_FALSE(unhandled_in(plan).empty());
    EXPECT_EQ(lost(plan), Names{});

    const Plan own = plan_for(shop(), {with("exclude-table", "audit"), {"cascade", {}}});
    EXPECT_EQ(dropped(own), (Ids{1, 2, 6, 7}));
    EXPECT_EQ(lost(own), Names{"orders"});

    const Plan all = plan_for(shop(), {of_target(with("no-kind", "DOMAIN")), of_target({"cascade", {}})});
    EXPECT_EQ(dropped(all), (Ids{4, 5, 8, 9}));
    EXPECT_EQ(lost(all), Names{"users"});
}

TEST(Closure, TakesWhatUsesADeselectedObject) {
    const Plan kept = plan_for(shop(), {with("exclude-schema", "hooks")});
    EXPECT_EQ(dropped(kept), (Ids{3}));
    const std::vector<Unhandled> unhandled = unhandled_in(kept);
    ASSERT_EQ(unhandled.size(), 1U);
    EXPECT_EQ(unhandled[0].reason, "uses FUNCTION hooks.request(), which is dropped");

    EXPECT_EQ(dropped(plan_for(shop(), {with("exclude-schema", "hooks"), {"cascade", {}}})), (Ids{3, 9}));
    const Plan target =
        plan_for(shop(), {of_target(with("exclude-schema", "hooks")), of_target({"cascade", {}})});
    EXPECT_EQ(dropped(target), (Ids{3, 9}));
}

TEST(LostRows, AreThoseThatTheUserDidNotName) {
    EXPECT_EQ(lost(plan_for(shop(), {with("exclude-table", "orders")})), Names{});
    EXPECT_EQ(lost(plan_for(shop(), {with("exclude-table-data", "orders")})), Names{});
    EXPECT_EQ(lost(plan_for(shop(), {{"no-data", {}}})), Names{});
    EXPECT_EQ(lost(plan_for(shop(), {with("table", "orders")})), Names{});
    EXPECT_EQ(lost(plan_for(shop(), {of_target(with("exclude-table", "orders"))})), Names{"orders"});
    EXPECT_EQ(lost(plan_for(shop(), {of_target(with("exclude-table-data", "orders"))})), Names{"orders"});
}

// The user names the data, as what is kept.
TEST(LostRows, AreThoseThatACascadeTakesFromAList) {
    for (const RuleSpec& rule : {with("use-list", "7"), with("only-kinds", "TABLE DATA")}) {
        EXPECT_EQ(lost(plan_for(shop(), {rule})), Names{});
        const Plan plan = plan_for(shop(), {rule, {"cascade", {}}});
        const Names taken = lost(plan);
        EXPECT_EQ(std::count(taken.begin(), taken.end(), "orders"), 1) << rule.name;
    }
}

TEST(Owner, ThatIsGivenOutranksNone) {
    const std::vector<RuleSpec> none{{"no-owner", {}}};
    const RuleSpec set = with("set-owner", "app");
    EntryValue table = entry_of(1, "TABLE", "t", "CREATE TABLE s.t ();\n");
    table.owner = "old";
    for (const auto& rules : {std::vector<RuleSpec>{none[0], set}, std::vector<RuleSpec>{set, none[0]}}) {
        const Plan plan = plan_for(bytes_with({table}), rules);
        EXPECT_EQ(find(plan, 1).owner(), "app");
        for (const RuleReport& report : plan.reports) EXPECT_FALSE(report.matched_nothing());
    }
    EXPECT_THROW(plan_for(bytes_with({table}), {set, with("set-owner", "other")}), Error);
}

TEST(UnloggedToLogged, MakesOrdinaryTablesAndSequences) {
    const Plan plan = plan_for(
        bytes_with(
            {entry_of(1, "TABLE", "t", "CREATE UNLOGGED TABLE s.t (\n    a text DEFAULT 'UNLOGGED'\n);\n"),
             entry_of(2, "SEQUENCE", "q", "CREATE UNLOGGED SEQUENCE s.q\n    START WITH 1;\n"),
             entry_of(3, "SEQUENCE", "i",
                      "ALTER TABLE s.t ALTER COLUMN i ADD GENERATED ALWAYS AS IDENTITY (\n    SEQUENCE NAME "
                      "s.i\n);\nALTER SEQUENCE s.i SET UNLOGGED;\n"),
             entry_of(4, "TABLE", "\"UNLOGGED\"", "CREATE TABLE s.\"UNLOGGED\" ();\n"),
             entry_of(
                 5, "SEQUENCE", "unlogged",
                 "ALTER TABLE s.t ALTER COLUMN unlogged ADD GENERATED ALWAYS AS IDENTITY (\n    SEQUENCE "
                 "NAME s.unlogged\n    UNLOGGED\n    START WITH 1\n);\n"),
             entry_of(
                 6, "SEQUENCE", "unlogged",
                 "ALTER TABLE s.t ALTER COLUMN unlogged ADD GENERATED ALWAYS AS IDENTITY (\n    SEQUENCE "
                 "NAME s.unlogged\n    LOGGED\n);\n")}),
        {{"unlogged-to-logged", {}}});
    EXPECT_EQ(find(plan, 1).defn(), "CREATE TABLE s.t (\n    a text DEFAULT 'UNLOGGED'\n);\n");
    EXPECT_EQ(find(plan, 2).defn(), "CREATE SEQUENCE s.q\n    START WITH 1;\n");
    EXPECT_EQ(find(plan, 3).defn(),
              "ALTER TABLE s.t ALTER COLUMN i ADD GENERATED ALWAYS AS IDENTITY (\n    SEQUENCE NAME "
              "s.i\n);\nALTER SEQUENCE s.i SET LOGGED;\n");
    EXPECT_FALSE(find(plan, 4).changed());
    EXPECT_EQ(find(plan, 5).defn(),
              "ALTER TABLE s.t ALTER COLUMN unlogged ADD GENERATED ALWAYS AS IDENTITY (\n    SEQUENCE "
              "NAME s.unlogged\n    START WITH 1\n);\n");
    EXPECT_FALSE(find(plan, 6).changed());
}

TEST(SystemPrivileges, AreThoseOfTheServerAndOfExtensions) {
    const auto acl = [](int id, const std::string& tag, const std::string& on, std::vector<int> on_ids = {}) {
        EntryValue entry = entry_of(id, "ACL", tag, "GRANT ALL ON " + on + " TO app;\n", std::move(on_ids));
        return entry;
    };
    EntryValue on_schema = acl(1, "SCHEMA public", "SCHEMA public");
    EntryValue on_catalog =
        acl(2, "FUNCTION pg_sleep(double precision)", "FUNCTION pg_catalog.pg_sleep(double precision)");
    on_catalog.namespace_ = "pg_catalog";
    EntryValue on_catalog_schema = acl(3, "SCHEMA pg_catalog", "SCHEMA pg_catalog");
    for (EntryValue* const entry : {&on_schema, &on_catalog_schema}) entry->namespace_.reset();
    const Plan plan = plan_for(
        bytes_with(
            {on_schema, on_catalog, on_catalog_schema,
             entry_of(4, "EXTENSION", "hstore", "CREATE EXTENSION hstore;\n"),
             acl(5, "FUNCTION f()", "FUNCTION s.f()", {4}),
             entry_of(6, "TABLE", "t", "CREATE TABLE s.t ();\n"), acl(7, "TABLE t", "TABLE s.t", {6}),
             acl(8, "COLUMN member.a", "TABLE s.member"),
             entry_of(
                 9, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES",
                 "ALTER DEFAULT PRIVILEGES FOR ROLE pg_read_all_settings GRANT SELECT ON TABLES TO app;\n"),
             entry_of(10, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES",
                      "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO pg_monitor;\n")}),
        {{"no-system-privileges", {}}});
    EXPECT_EQ(dropped(plan), (Ids{2, 3, 5, 8, 9}));
}

}  // namespace
}  // namespace pgfilter
