// SPDX-License-Identifier: PostgreSQL
// What can be cut out of the definitions of columns and domains, in the shapes of pg_dump 8 to 19.  What is
// left must be SQL for PostgreSQL's parser.
#include "sql/column_expressions.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "pgfilter/archive_io.hpp"
#include "sql/expression_names.hpp"
#include "support/archive_builder.hpp"
#include "support/postgres.hpp"

namespace pgfilter::sql {
namespace {

using namespace test;
using ClauseKind = ColumnClause::Kind;

std::string without(const std::string& sql, const ColumnClauses& all, const std::vector<bool>& chosen) {
    std::string rest;
    std::size_t copied = 0;
    for (const Clause& splice : splices_without(all, chosen)) {
        rest += sql.substr(copied, splice.begin - copied);
        copied = splice.end;
    }
    return rest + sql.substr(copied);
}

std::vector<bool> of_kinds(const ColumnClauses& all, const std::vector<ClauseKind>& kinds) {
    std::vector<bool> chosen;
    for (const ColumnClause& clause : all.clauses)
        chosen.push_back(std::find(kinds.begin(), kinds.end(), clause.kind) != kinds.end());
    return chosen;
}

std::string without_kinds(const std::string& sql, const std::vector<ClauseKind>& kinds) {
    const ColumnClauses all = find_column_clauses(sql, {});
    return without(sql, all, of_kinds(all, kinds));
}

std::string bare(const std::string& sql) {
    return without_kinds(sql, {ClauseKind::default_value, ClauseKind::generated, ClauseKind::check,
                               ClauseKind::not_null, ClauseKind::collation});
}

std::string described(const std::string& sql) {
    std::string text;
    const ColumnClauses all = find_column_clauses(sql, {});
    for (const ColumnClause& clause : all.clauses) {
        if (!clause.is_cuttable()) continue;
        text += std::string(clause.column) + "/" + std::string(clause.constraint) + ": " +
                sql.substr(clause.names.begin, clause.names.end - clause.names.begin) + "\n";
    }
    return text;
}

TEST(ColumnClauses, OfColumns) {
    const std::string sql =
        "CREATE TABLE app.\"T \"\"x\" (\n"
        "    id uuid DEFAULT extensions.uuid_generate_v4() NOT NULL,\n"
        "    a numeric(10,2) DEFAULT (0)::numeric(10,2),\n"
        "    tags text[] DEFAULT ARRAY['a, b'::text, E'it\\'s, DEFAULT'::text] NOT NULL COLLATE "
        "pg_catalog.\"C\",\n"
        "    kind app.mood DEFAULT CASE WHEN (NOT app.f(1)) THEN NULL::app.mood ELSE 'x'::app.mood END NOT "
        "NULL,\n"
        "    at timestamp(3) without time zone DEFAULT (now() AT TIME ZONE 'utc'::text),\n"
        "    n integer DEFAULT NULL,\n"
        "    \"default\" integer DEFAULT '-1'::integer,\n"
        "    g text GENERATED ALWAYS AS (((a || ','::text) || app.f(a))) STORED NOT NULL,\n"
        "    v text GENERATED ALWAYS AS (app.f(a)),\n"
        "    storage app.generated,\n"
        "    z text CONSTRAINT \"z (nn)\" NOT NULL NO INHERIT\n"
        ")\nWITH (fillfactor='70');\n"
        "ALTER TABLE ONLY app.\"T \"\"x\" ALTER COLUMN id SET STATISTICS 100;\n";
    EXPECT_EQ(described(sql),
              "id/: extensions.uuid_generate_v4()\nid/: \n"
              "a/: (0)::numeric(10,2)\n"
              "tags/: ARRAY['a, b'::text, E'it\\'s, DEFAULT'::text]\ntags/: \ntags/: pg_catalog.\"C\"\n"
              "kind/: CASE WHEN (NOT app.f(1)) THEN NULL::app.mood ELSE 'x'::app.mood END\nkind/: \n"
              "at/: (now() AT TIME ZONE 'utc'::text)\n"
              "n/: NULL\n"
              "\"default\"/: '-1'::integer\n"
              "g/: (((a || ','::text) || app.f(a))) STORED\ng/: \n"
              "v/: (app.f(a))\n"
              "z/\"z (nn)\":  NO INHERIT\n");
    EXPECT_EQ(bare(sql),
              "CREATE TABLE app.\"T \"\"x\" (\n    id uuid,\n    a numeric(10,2),\n    tags text[],\n"
              "    kind app.mood,\n    at timestamp(3) without time zone,\n    n integer,\n"
              "    \"default\" integer,\n    g text,\n    v text,\n    storage app.generated,\n    z text\n"
              ")\nWITH (fillfactor='70');\n"
              "ALTER TABLE ONLY app.\"T \"\"x\" ALTER COLUMN id SET STATISTICS 100;\n");
}

TEST(ColumnClauses, ConstraintsGoWithAComma) {
    const std::string check = "CONSTRAINT c CHECK ((a > 0)) NO INHERIT";
    const auto table = [](const std::string& list) {
        return "CREATE TABLE s.t (\n    " + list + "\n)\nINHERITS (s.p);\n";
    };
    EXPECT_EQ(bare(table("a integer,\n    " + check)), table("a integer"));
    EXPECT_EQ(bare(table(check + ",\n    a integer")), table("a integer"));
    EXPECT_EQ(bare(table(check + ",\n    " + check + ",\n    a integer,\n    " + check + ",\n    " + check)),
              table("a integer"));
    EXPECT_EQ(bare(table(check + ",\n    " + check)), table(""));
    EXPECT_EQ(bare(table("CONSTRAINT n NOT NULL a,\n    b integer CHECK ((b > 0)) NOT NULL")),
              table("b integer"));
    EXPECT_EQ(bare(table("CONSTRAINT \"$1\" CHECK (((a)::text <> ')'::text)) NOT VALID NOT ENFORCED")),
              table(""));
    EXPECT_EQ(described(table(check)), "/c: ((a > 0)) NO INHERIT\n");
    EXPECT_EQ(described(table("CONSTRAINT n NOT NULL a")), "a/n: \n");
    EXPECT_EQ(bare("CREATE TABLE s.t (\n);\n"), "CREATE TABLE s.t (\n);\n");
}

TEST(ColumnClauses, OfTypedTablesAndPartitions) {
    EXPECT_EQ(bare("CREATE TABLE s.t OF s.y (\n    CONSTRAINT c CHECK ((a > 0))\n);\n"),
              "CREATE TABLE s.t OF s.y ;\n");
    EXPECT_EQ(bare("CREATE TABLE s.t OF s.y (\n    a WITH OPTIONS DEFAULT 1 NOT NULL\n);\n"),
              "CREATE TABLE s.t OF s.y (\n    a WITH OPTIONS\n);\n");
    EXPECT_EQ(
        bare("CREATE TABLE p PARTITION OF s.t (\n    CONSTRAINT c CHECK ((f(a) > 0)),\n    CONSTRAINT d "
             "CHECK (true)\n)\nFOR VALUES IN (1);\n"),
        "CREATE TABLE p PARTITION OF s.t \nFOR VALUES IN (1);\n");
    EXPECT_EQ(bare("CREATE FOREIGN TABLE s.t (\n    a integer DEFAULT 1 NOT NULL,\n    CONSTRAINT c CHECK "
                   "(true)\n)\nSERVER far\nOPTIONS (\n    x 'y'\n);\n"),
              "CREATE FOREIGN TABLE s.t (\n    a integer\n)\nSERVER far\nOPTIONS (\n    x 'y'\n);\n");
    EXPECT_EQ(bare("CREATE UNLOGGED TABLE s.t (\n    a text DEFAULT 'x'::text\n)\nPARTITION BY LIST "
                   "(lower(a));\nALTER TABLE ONLY s.p ATTACH PARTITION s.t FOR VALUES IN (1);\n"),
              "CREATE UNLOGGED TABLE s.t (\n    a text\n)\nPARTITION BY LIST (lower(a));\nALTER TABLE ONLY "
              "s.p ATTACH PARTITION s.t FOR VALUES IN (1);\n");
}

TEST(ColumnClauses, OfDomainsAndTypes) {
    EXPECT_EQ(
        bare("CREATE DOMAIN s.d AS character varying(10) COLLATE s.\"c\" NOT NULL DEFAULT 'x'::character "
             "varying\n\tCONSTRAINT a CHECK ((VALUE ~ ';'::text))\n\tCONSTRAINT b CHECK (s.f(VALUE));\n"),
        "CREATE DOMAIN s.d AS character varying(10);\n");
    EXPECT_EQ(
        without_kinds("CREATE DOMAIN s.d AS integer CONSTRAINT n NOT NULL DEFAULT s.f()\n\tCONSTRAINT a "
                      "CHECK (true);\n",
                      {ClauseKind::default_value}),
        "CREATE DOMAIN s.d AS integer CONSTRAINT n NOT NULL\n\tCONSTRAINT a CHECK (true);\n");
    EXPECT_EQ(bare("CREATE TYPE s.t AS (\n\ta text COLLATE s.c,\n\tb integer\n);\n"),
              "CREATE TYPE s.t AS (\n\ta text,\n\tb integer\n);\n");
}

TEST(ColumnClauses, WhatIsNotUnderstoodHasNone) {
    for (const char* sql :
         {"", "CREATE", "CREATE TABLE", "CREATE TABLE t", "CREATE TABLE t (",
          "CREATE TABLE t (a integer DEFAULT", "CREATE TABLE t (a integer DEFAULT 1",
          "CREATE TABLE t (1 DEFAULT 2);", "CREATE TABLE t (a int COLLATE);",
          "CREATE TABLE t (CONSTRAINT CHECK (true));", "CREATE TABLE t (a integer DEFAULT 'x",
          "CREATE TYPE e AS ENUM ('DEFAULT', 'a');", "CREATE VIEW v AS SELECT 1 AS \"DEFAULT\";",
          "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1;", "CREATE DOMAIN"})
        EXPECT_EQ(bare(sql), sql);
}

std::string names_of(const std::string& sql) {
    std::string text;
    find_name_uses(sql, {}, [&](const NameUse& use) {
        constexpr std::array marks{"", "()", "op", "''"};
        if (use.schema.empty()) return;
        text += use.schema + "." + use.name + marks.at(static_cast<std::size_t>(use.kind)) + " ";
    });
    return text;
}

TEST(NameUses, InExpressions) {
    EXPECT_EQ(names_of("app.f((x).y, \"A b\".\"G\"(1) OPERATOR(app.+) 'x'::ext.mood[], (a).b.c)"),
              "app.f() A b.G() app.+op ext.mood ");
    EXPECT_EQ(names_of("nextval('app.\"S\"'::regclass) + 'app.f(integer)'::regprocedure::oid"),
              "app.S'' app.f'' ");
    EXPECT_EQ(names_of("'app.f()' || (t.*)::text COLLATE app.\"C\""), "app.C ");
    EXPECT_EQ(names_of("(a OPERATOR(pg_catalog.<=) b)"), "pg_catalog.<=op ");
}

/// All definitions of the archives, and which clauses go, at random.
void expect_sql_remains(const std::string& sql) {
    const ColumnClauses all = find_column_clauses(sql, {});
    if (all.clauses.empty()) return;
    std::vector<bool> chosen;
    for (const ColumnClause& clause : all.clauses)
        chosen.push_back(clause.is_cuttable() && *rc::gen::arbitrary<bool>());
    const std::string rest = without(sql, all, chosen);
    if (postgres_parse(sql)) RC_ASSERT(postgres_parse(rest).has_value());
    const ColumnClauses left = find_column_clauses(rest, {});
    const auto count = [](const ColumnClauses& some, ClauseKind kind) {
        return std::count_if(some.clauses.begin(), some.clauses.end(),
                             [&](const ColumnClause& clause) { return clause.kind == kind; });
    };
    for (const ClauseKind kind :
         {ClauseKind::default_value, ClauseKind::check, ClauseKind::type, ClauseKind::relation}) {
        std::ptrdiff_t expected = count(all, kind);
        for (std::size_t i = 0; i < chosen.size(); ++i)
            expected -= chosen[i] && all.clauses[i].kind == kind ? 1 : 0;
        RC_ASSERT(count(left, kind) == expected);
    }
}

const std::vector<std::string>& archived_definitions() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> found;
        for (const std::string& name : test_archives()) {
            const std::string bytes = read_test_archive(name);
            MemorySource source(bytes);
            const Prologue prologue = read_prologue(source);
            for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
                constexpr EntryKinds kinds =
                    EntryKind::table | EntryKind::foreign_table | EntryKind::domain | EntryKind::type;
                if (kinds.has(prologue.toc[i].kind()))
                    found.emplace_back(prologue.toc[i].defn().value_or(""));
            }
        }
        return found;
    }();
    return all;
}

RC_GTEST_PROP(ColumnClausesProperty, ArchivedDefinitionsRemainSql, ()) {
    for (const std::string& sql : archived_definitions()) expect_sql_remains(sql);
}

const std::vector<std::string> expressions{"app.f(1)",
                                           "NULL::character varying",
                                           "'a, ) DEFAULT'::text",
                                           "(a IS NOT NULL)",
                                           "ARRAY[1, 2]",
                                           "CASE WHEN (NOT true) THEN 1 ELSE NULL::integer END",
                                           "CURRENT_TIMESTAMP(3)",
                                           "E'\\'('::text",
                                           "ROW(1, NULL)",
                                           "nextval('app.s'::regclass)",
                                           "(1 OPERATOR(app.+) 2)",
                                           "'-1'::integer",
                                           "$$)$$::text",
                                           "/* , */ 1",
                                           "(now() AT TIME ZONE 'utc'::text)",
                                           "EXTRACT(epoch FROM now())",
                                           "('x'::text COLLATE \"C\")"};

rc::Gen<std::string> element() {
    return rc::gen::exec([] {
        const auto some = [](const std::string& text) { return *rc::gen::arbitrary<bool>() ? text : ""; };
        const std::string expression = *rc::gen::elementOf(expressions);
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                return some("CONSTRAINT \"c, (\" ") + "CHECK (" + expression + ")" + some(" NO INHERIT");
            case 1:
                return "b text GENERATED ALWAYS AS (" + expression + ") STORED" + some(" NOT NULL");
            case 2:
                return std::string("UNIQUE (a, b)");
            default:
                return "\"a,\" " +
                       *rc::gen::elementOf(std::vector<std::string>{"integer", "app.x[]", "numeric(3,1)",
                                                                    "timestamp with time zone"}) +
                       some(" DEFAULT " + expression) + some(" NOT NULL") +
                       some(" COLLATE pg_catalog.\"C\"") + some(" CONSTRAINT n CHECK (" + expression + ")");
        }
    });
}

RC_GTEST_PROP(ColumnClausesProperty, RandomDefinitionsRemainSql, ()) {
    std::string list;
    for (const std::string& one : *rc::gen::container<std::vector<std::string>>(element()))
        list += (list.empty() ? "\n    " : ",\n    ") + one;
    const std::string sql = "CREATE TABLE app.t (" + list + "\n)\n" +
                            *rc::gen::elementOf(std::vector<std::string>{"", "INHERITS (a, b)",
                                                                         "PARTITION BY RANGE ((app.f(1)))"}) +
                            ";\n";
    RC_ASSERT(postgres_parse(sql).has_value());
    RC_ASSERT(!find_column_clauses(sql, {}).clauses.empty() || list.find("UNIQUE") != std::string::npos ||
              list.empty());
    expect_sql_remains(sql);
}

}  // namespace
}  // namespace pgfilter::sql
