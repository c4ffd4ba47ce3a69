// SPDX-License-Identifier: PostgreSQL
// Which extension rows are of whose table has no entry.
#include <gtest/gtest.h>

#include "pgfilter/lost_rows.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Ids = std::vector<DumpId>;

EntryValue extension(int dump_id, const std::string& name, const std::string& schema = "public",
                     const std::string& oid = "0") {
    EntryValue entry = entry_of(dump_id, "EXTENSION", name,
                                "CREATE EXTENSION IF NOT EXISTS " + name + " WITH SCHEMA " + schema + ";\n");
    entry.namespace_.reset();
    entry.oid = oid;
    return entry;
}

/// Of a table that is not there: `table` is its dump ID.
EntryValue rows(int dump_id, const std::string& name, const std::string& oid = "0", int table = 900,
                const std::string& desc = "TABLE DATA") {
    EntryValue entry = entry_of(dump_id, desc, name, "", {table});
    entry.namespace_ = "public";
    entry.oid = oid;
    return entry;
}

EntryValue in(EntryValue entry, const std::string& schema) {
    entry.namespace_ = schema;
    return entry;
}

EntryValue user_table(int dump_id, const std::string& oid) {
    EntryValue entry = entry_of(dump_id, "TABLE", "own", "CREATE TABLE public.own ();\n");
    entry.oid = oid;
    return entry;
}

RuleSpec without(const std::string& name) {
    return {"exclude-extension", {{"", name}}};
}

Plan plan(const std::vector<EntryValue>& entries, std::vector<RuleSpec> rules) {
    return plan_for(bytes_with(entries), std::move(rules));
}

Ids dropped_with(const std::vector<EntryValue>& entries, const std::string& name) {
    return dropped(plan(entries, {without(name)}));
}

std::size_t unknown_with(const std::vector<EntryValue>& entries, const std::string& name) {
    return unhandled_in(plan(entries, {without(name)})).size();
}

std::vector<DumpId> told(const Plan& plan) {
    std::vector<DumpId> ids;
    find_lost_rows(plan,
                   [&](const LostRows& lost) { ids.push_back(plan.prologue.toc[lost.data].dump_id()); });
    return ids;
}

TEST(Makers, ARowOfTheOnlyExtensionInItsSchemaGoesWithIt) {
    const std::vector<EntryValue> entries{extension(1, "one", "public"), extension(2, "two", "s"),
                                          rows(10, "a"), in(rows(11, "b"), "s")};
    EXPECT_EQ(dropped_with(entries, "one"), (Ids{1, 10}));
    EXPECT_EQ(dropped_with(entries, "two"), (Ids{2, 11}));
    EXPECT_EQ(told(plan(entries, {without("one")})), Ids{10});
    EXPECT_EQ(told(plan(entries, {without("one"), {"exclude-table-data", {{"", "public.a"}}}})), Ids{})
        << "named by the user";
    EXPECT_EQ(dropped(plan(entries, {{"extension", {{"", "two"}}}})), (Ids{1, 10}));
}

TEST(Makers, WhoHasNoTablesIsNotBlamed) {
    for (const char* const innocent : {"hypopg", "pg_trgm", "citext", "pg_stat_statements"}) {
        const std::vector<EntryValue> entries{extension(1, innocent), extension(2, "one"), rows(10, "a")};
        EXPECT_EQ(dropped_with(entries, innocent), Ids{1});
        EXPECT_EQ(unknown_with(entries, innocent), 0U);
        EXPECT_EQ(dropped_with(entries, "one"), (Ids{2, 10}));
    }
}

TEST(Makers, TablesOfWellKnownExtensionsAreKnown) {
    const std::vector<EntryValue> entries{extension(1, "one"),
                                          extension(2, "postgis"),
                                          extension(3, "pg_cron", "pg_catalog"),
                                          extension(4, "pg_partman", "partman"),
                                          extension(5, "timescaledb"),
                                          rows(10, "spatial_ref_sys"),
                                          in(rows(11, "job"), "cron"),
                                          in(rows(12, "jobid_seq", "0", 901, "SEQUENCE SET"), "cron"),
                                          in(rows(13, "part_config"), "partman"),
                                          in(rows(14, "hypertable"), "_timescaledb_catalog"),
                                          in(rows(15, "spatial_ref_sys"), "partman")};
    EXPECT_EQ(dropped_with(entries, "postgis"), (Ids{2, 10}));
    EXPECT_EQ(dropped_with(entries, "pg_cron"), (Ids{3, 11, 12}));
    EXPECT_EQ(dropped_with(entries, "pg_partman"), (Ids{4, 13}));
    EXPECT_EQ(dropped_with(entries, "timescaledb"), (Ids{5, 14}));
    EXPECT_EQ(dropped_with(entries, "one"), (Ids{1, 15})) << "another of that name";
}

TEST(Makers, ATableThatOthersHaveAnEntryForIsTheirs) {
    std::vector<EntryValue> entries{extension(1, "postgis"),
                                    entry_of(9, "TABLE", "spatial_ref_sys", "CREATE TABLE x ();\n"),
                                    rows(10, "spatial_ref_sys")};
    entries[1].namespace_ = "public";
    EXPECT_EQ(dropped_with(entries, "postgis"), Ids{1});
    entries[2].dependencies = {9};
    EXPECT_EQ(dropped_with(entries, "postgis"), Ids{1});
}

// A script makes its tables in one go, right after its extension.
TEST(Makers, OidsTellWhichOfSeveral) {
    const std::vector<EntryValue> entries{extension(1, "one", "public", "100"),
                                          extension(2, "two", "public", "200"),
                                          user_table(3, "150"),
                                          rows(10, "a", "101", 801),
                                          rows(11, "b", "205", 803),
                                          rows(12, "c", "160", 802)};
    EXPECT_EQ(dropped_with(entries, "one"), (Ids{1, 10}));
    EXPECT_EQ(dropped_with(entries, "two"), (Ids{2, 11}));
    EXPECT_EQ(unknown_with(entries, "one"), 1U) << "made when the extension had long been there";
    EXPECT_EQ(unknown_with(entries, "two"), 1U);
    EXPECT_EQ(dropped(plan(entries, {without("one"), without("two")})), (Ids{1, 2, 10, 11, 12}))
        << "nobody is left that it can be of";
}

TEST(Makers, WhatIsOfAKnownTableFollowsIt) {
    const std::vector<EntryValue> entries{
        extension(1, "one", "public", "100"),
        extension(2, "two", "public", "200"),
        rows(10, "a", "101", 801),
        rows(11, "b", "205", 803),
        rows(12, "a", "0", 801, "STATISTICS DATA"),
        rows(13, "TABLE a", "0", 801, "ACL"),
        rows(14, "b_pkey", "0", 950, "STATISTICS DATA"),
        rows(15, "b_id_seq", "0", 804, "SEQUENCE SET"),
        rows(16, "number", "0", 802, "SEQUENCE SET"),
        rows(17, "later", "0", 899, "SEQUENCE SET"),
    };
    EXPECT_EQ(dropped_with(entries, "one"), (Ids{1, 10, 12, 13}));
    EXPECT_EQ(dropped_with(entries, "two"), (Ids{2, 11, 14, 15, 17}));
    EXPECT_EQ(unknown_with(entries, "one"), 1U) << "between the tables of both";
}

TEST(Makers, SequencesStandBetweenTheirNeighbours) {
    std::vector<EntryValue> entries{
        extension(1, "one", "public", "100"), extension(2, "two", "public", "200"), user_table(800, "150"),
        rows(10, "x", "0", 700, "SEQUENCE SET"), rows(11, "y", "0", 801, "SEQUENCE SET")};
    EXPECT_EQ(dropped_with(entries, "one"), (Ids{1, 10}));
    EXPECT_EQ(dropped_with(entries, "two"), (Ids{2, 11}));
}

TEST(Makers, FunctionsOfKnownExtensionsAreTheirs) {
    const std::vector<EntryValue> entries{extension(1, "pg_trgm"), extension(2, "hypopg"),
                                          extension(3, "one"),
                                          rows(10, "FUNCTION similarity(text, text)", "0", 901, "ACL"),
                                          rows(11, "FUNCTION hypopg_reset()", "0", 902, "ACL")};
    EXPECT_EQ(dropped_with(entries, "pg_trgm"), (Ids{1, 10}));
    EXPECT_EQ(dropped_with(entries, "hypopg"), (Ids{2, 11}));
    EXPECT_EQ(unknown_with(entries, "one"), 0U);
}

TEST(Makers, ASchemaThatAScriptMadeIsItsExtensions) {
    EntryValue grant = rows(10, "SCHEMA cron", "0", 901, "ACL");
    grant.namespace_.reset();
    const std::vector<EntryValue> entries{extension(1, "pg_cron", "pg_catalog"), extension(2, "hypopg"),
                                          grant};
    EXPECT_EQ(dropped_with(entries, "pg_cron"), (Ids{1, 10}));
    EXPECT_EQ(dropped_with(entries, "hypopg"), Ids{2});
    EXPECT_EQ(unknown_with(entries, "hypopg"), 0U);
}

// topology and tiger have entries, as if they were the user's.
TEST(ExtensionSchemas, CommentsAndPrivilegesAreNotTheUsers) {
    const auto on_schema = [](int dump_id, const std::string& kind, const std::string& name) {
        const bool grants = kind == "ACL";
        const std::string defn = grants ? "GRANT USAGE ON SCHEMA " + name + " TO PUBLIC;\n"
                                        : "COMMENT ON SCHEMA " + name + " IS 'x';\n";
        EntryValue entry = entry_of(dump_id, kind, "SCHEMA " + name, defn, {dump_id % 2 == 0 ? 2 : 3});
        entry.namespace_.reset();
        return entry;
    };
    std::vector<EntryValue> entries{extension(1, "postgis_topology", "topology"),
                                    entry_of(2, "SCHEMA", "topology", "CREATE SCHEMA topology;\n"),
                                    entry_of(3, "SCHEMA", "app", "CREATE SCHEMA app;\n"),
                                    on_schema(10, "COMMENT", "topology"),
                                    on_schema(11, "COMMENT", "app"),
                                    on_schema(12, "ACL", "topology"),
                                    on_schema(13, "ACL", "app")};
    for (EntryValue& entry : entries) entry.namespace_.reset();
    EXPECT_EQ(dropped(plan(entries, {{"no-extension-comments", {}}})), Ids{10});
    EXPECT_EQ(dropped(plan(entries, {{"no-system-privileges", {}}})), Ids{12});
    entries[0] = extension(1, "hypopg");
    EXPECT_EQ(dropped(plan(entries, {{"no-extension-comments", {}}, {"no-system-privileges", {}}})), Ids{});
}

// As the chunks of hypertables are.
TEST(ExtensionSchemas, ObjectsOfUsersCannotBeMadeThere) {
    const auto object = [](int dump_id, const std::string& desc, const std::string& schema, int needed = 0) {
        EntryValue entry = entry_of(dump_id, desc, "x", "CREATE " + desc + " x;\n", {});
        if (needed != 0) entry.dependencies = {needed};
        return in(entry, schema);
    };
    std::vector<EntryValue> entries{extension(1, "timescaledb"),
                                    extension(2, "postgis_topology", "topology"),
                                    entry_of(3, "SCHEMA", "topology", "CREATE SCHEMA topology;\n"),
                                    object(4, "TABLE", "topology"),
                                    object(5, "TABLE", "public"),
                                    object(6, "TABLE", "_timescaledb_internal", 5),
                                    object(7, "VIEW", "public", 6),
                                    object(8, "FUNCTION", "_timescaledb_config"),
                                    in(rows(10, "x", "0", 6), "_timescaledb_internal"),
                                    in(rows(11, "hypertable"), "_timescaledb_catalog")};
    entries[2].namespace_.reset();
    const RuleSpec rule{"no-objects-in-extension-schemas", {}};
    EXPECT_EQ(dropped(plan(entries, {rule})), (Ids{6, 8, 10}));
    EXPECT_EQ(dropped(plan(entries, {rule, {"cascade", {}}})), (Ids{6, 7, 8, 10}));
    RuleSpec of_target = rule;
    of_target.of_target = true;
    EXPECT_EQ(told(plan(entries, {of_target})), Ids{10});
    EXPECT_EQ(dropped(plan(entries, {{rule.name, {{"except", "timescale*"}}}})), Ids{});
    entries[0] = extension(1, "hypopg");
    EXPECT_EQ(dropped(plan(entries, {rule})), Ids{});
}

TEST(ExtensionData, IsLeftOutOrKept) {
    const std::vector<EntryValue> entries{extension(1, "postgis"),
                                          extension(2, "one", "s"),
                                          user_table(3, "0"),
                                          rows(4, "own", "0", 3),
                                          rows(10, "spatial_ref_sys"),
                                          in(rows(11, "numbers", "0", 901, "SEQUENCE SET"), "s"),
                                          in(rows(12, "x_pkey", "0", 902, "STATISTICS DATA"), "s"),
                                          in(rows(13, "TABLE x", "0", 903, "ACL"), "s")};
    const RuleSpec drop{"no-extension-data", {}};
    EXPECT_EQ(dropped(plan(entries, {drop})), (Ids{10, 11, 12}));
    EXPECT_EQ(told(plan(entries, {drop})), Ids{}) << "named by the user";
    RuleSpec of_target = drop;
    of_target.of_target = true;
    EXPECT_EQ(told(plan(entries, {of_target})), Ids{10});
    EXPECT_EQ(dropped(plan(entries, {{"no-extension-data", {{"except", "POST*"}}}})), (Ids{11, 12}));
    const RuleSpec keep{"keep-extension-data", {}};
    EXPECT_EQ(dropped(plan(entries, {drop, keep})), Ids{});
    EXPECT_EQ(dropped(plan(entries, {keep, drop})), Ids{});
    EXPECT_FALSE(plan(entries, {keep}).reports[0].expected_to_match);
    EXPECT_EQ(dropped(plan(entries, {drop, without("one")})), (Ids{2, 10, 11, 12, 13}));
    EXPECT_EQ(dropped(plan({user_table(3, "0"), rows(10, "a")}, {drop})), Ids{}) << "of no extension";
}

}  // namespace
}  // namespace pgfilter
