// SPDX-License-Identifier: PostgreSQL
// Which tables are kept without the expressions that use what is dropped, and which cannot be.
#include <gtest/gtest.h>

#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Ids = std::vector<DumpId>;

RuleSpec rule(const std::string& name, const std::string& argument) {
    return {name, {{"", argument}}};
}

std::string defn(const Plan& plan, DumpId id) {
    return std::string(find(plan, id).defn().value_or(""));
}

std::vector<std::string> losses(const Plan& plan) {
    std::vector<std::string> all;
    for (const LostClause& clause : plan.consequences.clauses) all.push_back(clause.text);
    return all;
}

std::string table(const std::string& list, const std::string& rest = "") {
    return "CREATE TABLE s.t (\n    " + list + "\n)" + rest + ";\n";
}

EntryValue extension(int id, const std::string& name, const std::string& schema) {
    EntryValue entry =
        entry_of(id, "EXTENSION", name,
                 "CREATE EXTENSION IF NOT EXISTS \"" + name + "\" WITH SCHEMA " + schema + ";\n");
    entry.namespace_.reset();
    return entry;
}

EntryValue schema(int id, const std::string& name) {
    EntryValue entry = entry_of(id, "SCHEMA", name, "CREATE SCHEMA " + name + ";\n");
    entry.namespace_.reset();
    return entry;
}

EntryValue search_path(int id) {
    EntryValue entry =
        entry_of(id, "SEARCHPATH", "SEARCHPATH", "SELECT pg_catalog.set_config('search_path', '', false);\n");
    entry.namespace_.reset();
    return entry;
}

// 1 function, 2 table, 3 its rows.
Plan without_function(const std::string& definition, std::vector<EntryValue> more = {},
                      const std::string& desc = "TABLE") {
    std::vector<EntryValue> entries{
        search_path(90), schema(91, "s"),
        entry_of(1, "FUNCTION", "f(integer)",
                 "CREATE FUNCTION s.f(integer) RETURNS text LANGUAGE sql AS '';\n"),
        entry_of(2, desc, "t", definition, {1})};
    if (desc == "TABLE") entries.push_back(entry_of(3, "TABLE DATA", "t", "", {2}));
    entries.insert(entries.end(), more.begin(), more.end());
    return plan_for(bytes_with(std::move(entries)), {rule("exclude-language", "sql"), cascade});
}

TEST(ExpressionCuts, TakeDefaultsGenerationAndChecks) {
    const Plan plan = without_function(table(
        "a text DEFAULT s.f(1) NOT NULL,\n    b text DEFAULT s.g(1),\n"
        "    g text GENERATED ALWAYS AS (s.f(b)) STORED NOT NULL,\n    CONSTRAINT c CHECK ((s.f(1) = a)),\n"
        "    CONSTRAINT d CHECK ((b <> ''::text)),\n    CONSTRAINT e CHECK ((g IS NOT NULL))"));
    EXPECT_EQ(dropped(plan), (Ids{1}));
    EXPECT_EQ(defn(plan, 2), table("a text NOT NULL,\n    b text DEFAULT s.g(1),\n    g text,\n"
                                   "    CONSTRAINT d CHECK ((b <> ''::text))"));
    EXPECT_EQ(find(plan, 2).dependencies(), Ids{});
    EXPECT_EQ(plan.reports[0].changed, 1U);
    EXPECT_EQ(losses(plan),
              (std::vector<std::string>{
                  "s.t.a loses its DEFAULT s.f(1)",
                  "s.t.g loses its GENERATED ALWAYS AS (s.f(b)) STORED and becomes a plain column, empty",
                  "s.t.g loses its NOT NULL", "s.t loses its CONSTRAINT c CHECK ((s.f(1) = a))",
                  "s.t loses its CONSTRAINT e CHECK ((g IS NOT NULL))"}));
    EXPECT_TRUE(unhandled_in(plan).empty());
}

TEST(ExpressionCuts, OnlyUnderACascade) {
    const Plan plan = plan_for(
        bytes_with(
            {entry_of(1, "FUNCTION", "f()", "CREATE FUNCTION s.f() RETURNS text LANGUAGE sql AS '';\n"),
             entry_of(2, "TABLE", "t", table("a text DEFAULT s.f()"), {1})}),
        {rule("exclude-language", "sql")});
    EXPECT_EQ(dropped(plan), (Ids{1}));
    EXPECT_EQ(unhandled_in(plan).size(), 1U);
    EXPECT_EQ(defn(plan, 2), table("a text DEFAULT s.f()"));
}

TEST(ExpressionCuts, TheTableGoesWhereItIsPartitionedThatWay) {
    EXPECT_EQ(dropped(without_function(table("a text DEFAULT s.f(1)", "\nPARTITION BY LIST (s.f(a))"))),
              (Ids{1, 2, 3}));
    EXPECT_EQ(dropped(without_function(table("a text", "\nPARTITION BY LIST (a)"))), (Ids{1, 2, 3}));
    EXPECT_EQ(dropped(without_function("not SQL")), (Ids{1, 2, 3}));
}

// A cast that a function makes does not show its name.
TEST(ExpressionCuts, WhereTheNameIsHiddenAllExpressionsGo) {
    const Plan plan = without_function(table("a s.y DEFAULT 'x'::text,\n    CONSTRAINT c CHECK (true)"));
    EXPECT_EQ(dropped(plan), (Ids{1}));
    EXPECT_EQ(defn(plan, 2), table("a s.y"));
}

// A type and the function that makes its values may have one name.
TEST(ExpressionCuts, ATypeIsNoFunction) {
    EXPECT_EQ(defn(without_function(table("a s.f DEFAULT s.f(1)")), 2), table("a s.f"));
}

TEST(ExpressionCuts, OfDomainsAndTheirComments) {
    const Plan plan = without_function(
        "CREATE DOMAIN s.t AS text DEFAULT s.f(1)\n\tCONSTRAINT \"C\" CHECK ((s.f(2) = VALUE))\n\tCONSTRAINT "
        "d "
        "CHECK (true);\n",
        {entry_of(4, "COMMENT", "CONSTRAINT \"C\" ON t",
                  "COMMENT ON CONSTRAINT \"C\" ON DOMAIN s.t IS 'x';\n", {2}),
         entry_of(5, "COMMENT", "CONSTRAINT d ON t", "COMMENT ON CONSTRAINT d ON DOMAIN s.t IS 'x';\n", {2})},
        "DOMAIN");
    EXPECT_EQ(defn(plan, 2), "CREATE DOMAIN s.t AS text\n\tCONSTRAINT d CHECK (true);\n");
    EXPECT_EQ(dropped(plan), (Ids{1, 4}));
}

TEST(ExpressionCuts, WhatAnEmptyColumnWouldBreakGoes) {
    const auto key = [](int id, const std::string& what) {
        return entry_of(id, "CONSTRAINT", "t k", "ALTER TABLE ONLY s.t\n    ADD CONSTRAINT k " + what + ";\n",
                        {2});
    };
    const auto foreign = [](int id, const std::string& what) {
        return entry_of(id, "FK CONSTRAINT", "o k",
                        "ALTER TABLE ONLY s.o\n    ADD CONSTRAINT k FOREIGN KEY " + what + ";\n", {10, 2});
    };
    const Plan plan = without_function(
        table("id integer,\n    g text GENERATED ALWAYS AS (s.f(id)) STORED"),
        {entry_of(10, "TABLE", "o", "CREATE TABLE s.o (\n    t text\n);\n"), key(11, "PRIMARY KEY (id, g)"),
         key(12, "PRIMARY KEY (id)"), key(13, "PRIMARY KEY (id) INCLUDE (g)"), key(14, "UNIQUE (g)"),
         key(15, "UNIQUE NULLS NOT DISTINCT (g)"), foreign(16, "(t) REFERENCES s.t(g)"),
         foreign(17, "(g) REFERENCES s.t(id)"),
         entry_of(18, "INDEX", "i", "CREATE INDEX i ON s.t USING btree (g);\n", {2}),
         entry_of(19, "INDEX", "j", "CREATE UNIQUE INDEX j ON s.t USING btree (g) NULLS NOT DISTINCT;\n",
                  {2}),
         entry_of(20, "INDEX", "k",
                  "CREATE UNIQUE INDEX k ON s.t USING btree (g);\n\nALTER TABLE ONLY s.t REPLICA IDENTITY "
                  "USING INDEX "
                  "k;\n",
                  {2})});
    EXPECT_EQ(dropped(plan), (Ids{1, 11, 15, 16, 19, 20}));
}

// What is generated in a partitioned table must be so in its partitions.
TEST(ExpressionCuts, PartitionsAndHeirsAreLikeTheirParents) {
    const std::string mine =
        "CREATE TABLE s.p (\n    g text GENERATED ALWAYS AS (lower('x'::text)) STORED\n);\n";
    const Plan plan = without_function(
        table("g text GENERATED ALWAYS AS (s.f(1)) STORED", "\nPARTITION BY LIST (a)"),
        {entry_of(4, "TABLE", "p", mine, {2}),
         entry_of(5, "TABLE ATTACH", "p", "ALTER TABLE ONLY s.t ATTACH PARTITION s.p DEFAULT;\n", {2, 4})});
    EXPECT_EQ(dropped(plan), (Ids{1}));
    EXPECT_EQ(defn(plan, 4), "CREATE TABLE s.p (\n    g text\n);\n");
}

// The definition of an heir does not repeat what it inherits.
TEST(ExpressionCuts, HeirsUseWhatTheirParentsUse) {
    const Plan plan = without_function(
        table("g text DEFAULT s.f(1)"),
        {entry_of(4, "TABLE", "h", "CREATE TABLE s.h (\n    b text\n)\nINHERITS (s.t);\n", {1, 2})});
    EXPECT_EQ(dropped(plan), (Ids{1}));
    EXPECT_EQ(find(plan, 4).dependencies(), Ids{2});
    EXPECT_EQ(
        dropped(without_function(
            table("g text", "\nPARTITION BY LIST (s.f(1))"),
            {entry_of(4, "TABLE", "h", "CREATE TABLE s.h (\n    b text\n)\nINHERITS (s.t);\n", {1, 2})})),
        (Ids{1, 2, 3, 4}));
}

TEST(ExpressionCuts, SequencesTypesCollationsAndOperators) {
    const auto plan = [](const std::string& kind, const std::string& tag, const std::string& list) {
        return plan_for(bytes_with({search_path(90), entry_of(1, kind, tag, "CREATE;\n"),
                                    entry_of(2, "TABLE", "t", table(list), {1}),
                                    entry_of(3, "TABLE DATA", "t", "", {2})}),
                        {rule("no-kind", kind), cascade});
    };
    EXPECT_EQ(defn(plan("SEQUENCE", "q", "a integer DEFAULT nextval('s.q'::regclass) NOT NULL"), 2),
              table("a integer NOT NULL"));
    EXPECT_EQ(defn(plan("TYPE", "y", "a text DEFAULT ('x'::s.y)::text"), 2), table("a text"));
    EXPECT_EQ(dropped(plan("TYPE", "y", "a text DEFAULT ('x'::s.y)::text,\n    b s.y[]")), (Ids{1, 2, 3}));
    EXPECT_EQ(defn(plan("COLLATION", "C",
                        "a text COLLATE s.\"C\",\n    b text DEFAULT ('x'::text COLLATE s.\"C\")"),
                   2),
              table("a text,\n    b text"));
    EXPECT_EQ(defn(plan("OPERATOR", "+", "a text,\n    CONSTRAINT c CHECK ((a OPERATOR(s.+) 1))"), 2),
              table("a text"));
    EXPECT_EQ(dropped(plan("DOMAIN", "y", "a integer")), (Ids{1, 2, 3}));
}

// 1, 2 extensions, of which the first is dropped; 3 table.
Plan without_extension(const std::vector<EntryValue>& extensions, const std::string& definition,
                       const std::string& search = "SEARCHPATH") {
    std::vector<EntryValue> entries{schema(91, "s")};
    if (!search.empty()) entries.push_back(search_path(90));
    Ids ids;
    for (const EntryValue& one : extensions) {
        entries.push_back(one);
        ids.push_back(one.dump_id);
    }
    entries.push_back(entry_of(8, "TABLE", "t", definition, ids));
    entries.push_back(entry_of(9, "TABLE DATA", "t", "", {8}));
    return plan_for(bytes_with(std::move(entries)),
                    {rule("exclude-extension", extensions.front().tag), cascade});
}

TEST(ExpressionCuts, OfAnExtension) {
    const EntryValue uuid = extension(1, "uuid-ossp", "extensions");
    EXPECT_EQ(
        defn(without_extension({uuid}, table("id uuid DEFAULT extensions.uuid_generate_v4() NOT NULL")), 8),
        table("id uuid NOT NULL"));
    const EntryValue own = extension(1, "own", "extensions");
    EXPECT_EQ(
        defn(without_extension({own}, table("id uuid DEFAULT extensions.f(),\n    b integer DEFAULT 1")), 8),
        table("id uuid,\n    b integer DEFAULT 1"));
    EXPECT_EQ(dropped(without_extension({own}, table("id extensions.x DEFAULT extensions.f()"))),
              (Ids{1, 8, 9}));
    EXPECT_EQ(dropped(without_extension({own}, table("id integer"))), (Ids{1, 8, 9}));
    // In a schema of its own.
    EXPECT_EQ(defn(without_extension({own}, table("id integer DEFAULT mine.f()")), 8), table("id integer"));
    EXPECT_EQ(dropped(without_extension({own}, table("id integer DEFAULT mine.f(),\n    b mine.y"))),
              (Ids{1, 8, 9}));
}

TEST(ExpressionCuts, OfOneExtensionAmongOthers) {
    const EntryValue uuid = extension(1, "uuid-ossp", "public");
    const EntryValue text = extension(2, "citext", "public");
    const EntryValue other = extension(2, "other", "public");
    EXPECT_EQ(
        defn(without_extension({uuid, text}, table("a public.citext DEFAULT public.uuid_generate_v4()")), 8),
        table("a public.citext"));
    EXPECT_EQ(
        dropped(without_extension({extension(1, "citext", "public"), extension(2, "uuid-ossp", "public")},
                                  table("a public.citext DEFAULT public.uuid_generate_v4()"))),
        (Ids{1, 8, 9}));
    EXPECT_EQ(
        defn(without_extension({uuid, other}, table("a public.y DEFAULT public.uuid_generate_v4()")), 8),
        table("a public.y"));
    EXPECT_EQ(defn(without_extension({uuid, other},
                                     table("a public.y DEFAULT public.uuid_nil(),\n    b text DEFAULT "
                                           "public.f()")),
                   8),
              table("a public.y,\n    b text DEFAULT public.f()"));
    // It can be of either.
    EXPECT_EQ(dropped(without_extension({extension(1, "own", "public"), other},
                                        table("a public.y DEFAULT public.f()"))),
              (Ids{1, 8, 9}));
}

// Archives without SEARCHPATH name what is in the table's schema without it.
TEST(ExpressionCuts, OfNamesWithoutASchema) {
    const EntryValue uuid = extension(1, "uuid-ossp", "s");
    EXPECT_EQ(
        defn(without_extension({uuid},
                               table("a uuid DEFAULT uuid_generate_v4(),\n    b timestamp with time zone "
                                     "DEFAULT now()"),
                               ""),
             8),
        table("a uuid,\n    b timestamp with time zone DEFAULT now()"));
    const EntryValue text = extension(1, "citext", "s");
    EXPECT_EQ(dropped(without_extension({text}, table("a citext DEFAULT 'x'::citext"), "")), (Ids{1, 8, 9}));
    const EntryValue own = extension(1, "own", "s");
    EXPECT_EQ(dropped(without_extension({own}, table("a y DEFAULT f()"), "")), (Ids{1, 8, 9}));
    EXPECT_EQ(defn(without_extension(
                       {own}, table("a double precision DEFAULT f(),\n    b text DEFAULT lower('x')"), ""),
                   8),
              table("a double precision,\n    b text DEFAULT lower('x')"));
}

}  // namespace
}  // namespace pgfilter
