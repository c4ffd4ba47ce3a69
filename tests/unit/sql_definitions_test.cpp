// SPDX-License-Identifier: PostgreSQL
// What definitions say of themselves, in the shapes of pg_dump 8 to 18, and what only looks like it.
#include <gtest/gtest.h>

#include "sql/definitions.hpp"

namespace pgfilter::sql {
namespace {

constexpr Dialect dialect{};

std::string language(std::string_view sql) {
    return find_language(sql, dialect).value_or("(none)");
}

TEST(Language, OfRoutinesAndTransforms) {
    EXPECT_EQ(
        language(
            "CREATE FUNCTION app.f(integer) RETURNS text\n    LANGUAGE c STRICT\n    AS '$libdir/x', 'f';\n"),
        "c");
    EXPECT_EQ(language("CREATE OR REPLACE FUNCTION f(integer) RETURNS text\n    AS $$ LANGUAGE c $$\n    "
                       "LANGUAGE sql;\n"),
              "sql");
    EXPECT_EQ(language("CREATE FUNCTION f() RETURNS text\n    AS '/x', 'f'\n    LANGUAGE 'c';\n"), "c");
    EXPECT_EQ(language("CREATE PROCEDURE app.p(INOUT a integer)\n    LANGUAGE plpython3u\n    AS $$x$$;\n"),
              "plpython3u");
    EXPECT_EQ(language("CREATE FUNCTION f() RETURNS TABLE(a integer, language text)\n    LANGUAGE \"My "
                       "PL\"\n    AS '';\n"),
              "My PL");
    EXPECT_EQ(
        language(
            "CREATE TRANSFORM FOR lib.hstore LANGUAGE plpython3u (FROM SQL WITH FUNCTION f(internal));\n"),
        "plpython3u");
    EXPECT_EQ(language("CREATE FUNCTION f() RETURNS integer\n    LANGUAGE internal TRANSFORM FOR TYPE x "
                       "WINDOW\n    AS '';\n"),
              "internal");
    EXPECT_EQ(language("SELECT 1;\nCREATE FUNCTION f() RETURNS integer LANGUAGE sql RETURN 1;\n"), "sql");
}

// No word of these needs quotes as a name.
TEST(Language, NamesAreNoClauses) {
    EXPECT_EQ(
        language("CREATE FUNCTION app.language(language app.language DEFAULT c) RETURNS SETOF app.language\n"
                 "    LANGUAGE sql\n    AS 'LANGUAGE c';\n"),
        "sql");
    EXPECT_EQ(language("CREATE FUNCTION language() RETURNS language\n    LANGUAGE sql\n    AS $$$$;\n"),
              "sql");
    EXPECT_EQ(
        language("CREATE TRANSFORM FOR app.language LANGUAGE sql (TO SQL WITH FUNCTION f(internal));\n"),
        "sql");
    EXPECT_EQ(
        language("CREATE FUNCTION app.\"function\"(procedure integer) RETURNS integer LANGUAGE sql AS '';\n"),
        "sql");
    EXPECT_EQ(language("CREATE TRUSTED PROCEDURAL LANGUAGE x HANDLER y;\n"), "(none)");
    EXPECT_EQ(language("COMMENT ON FUNCTION f() IS 'LANGUAGE c';\n"), "(none)");
    EXPECT_EQ(language("CREATE FUNCTION f("), "(none)");
    EXPECT_EQ(language("CREATE FUNCTION f() LANGUAGE"), "(none)");
    EXPECT_EQ(language(""), "(none)");
}

TEST(AccessMethod, OfIndexesOperatorClassesAndExclusion) {
    const auto method = [](std::string_view sql) {
        return find_access_method(sql, dialect).value_or("(none)");
    };
    EXPECT_EQ(method("CREATE UNIQUE INDEX i ON ONLY app.t USING hnsw (v app.ops) WHERE (a = 'USING x');\n"),
              "hnsw");
    EXPECT_EQ(method("CREATE INDEX \"using\" ON app.\"using gin\" USING \"My AM\" (a);\n"), "My AM");
    EXPECT_EQ(method("CREATE OPERATOR CLASS app.c\n    DEFAULT FOR TYPE x USING gist2 FAMILY app.c AS\n    "
                     "STORAGE x;\n"),
              "gist2");
    EXPECT_EQ(method("CREATE OPERATOR FAMILY app.f USING btree;\n"), "btree");
    EXPECT_EQ(method("ALTER TABLE ONLY app.t\n    ADD CONSTRAINT c EXCLUDE USING gist (a WITH &&);\n"),
              "gist");
    EXPECT_EQ(method("ALTER TABLE ONLY app.t\n    ADD CONSTRAINT c UNIQUE (a);\n"), "(none)");
    // What pg_dump appends to indexes and constraints.
    const std::string identity = "\n\nALTER TABLE ONLY app.t REPLICA IDENTITY USING INDEX i;\n";
    EXPECT_EQ(method("ALTER TABLE ONLY app.t\n    ADD CONSTRAINT i PRIMARY KEY (a);\n" + identity), "(none)");
    EXPECT_EQ(method("CREATE UNIQUE INDEX i ON app.t USING btree (a);\n" + identity), "btree");
    EXPECT_EQ(method("ALTER TABLE app.t REPLICA IDENTITY USING INDEX i;\n"), "(none)");
    // Not as pg_dump writes them.
    EXPECT_EQ(method("create index i on t uSiNg Brin (a);\n"), "brin");
    EXPECT_EQ(method("CREATE INDEX i ON t /* USING x */ USING -- y\n btree (a);\n"), "btree");
    EXPECT_EQ(method("/* */ CREATE INDEX i ON t USING btree (a);\n"), "btree");
    EXPECT_EQ(method("SELECT x USING y;\nCREATE INDEX i ON t(a) USING gin;\n"), "gin");
    EXPECT_EQ(method("CREATE INDEX i ON t USING"), "(none)");
    EXPECT_EQ(method("CREATE INDEX i ON t (a USING x);\n"), "(none)");
    EXPECT_EQ(method("CREATE INDEX i ON t; SELECT 1 USING x;\n"), "(none)");
    EXPECT_EQ(method("ALTER INDEX i USING x;\n"), "(none)");
}

TEST(BaseType, AndItsShellAreNoEnumRangeOrComposite) {
    for (const char* const sql :
         {"CREATE TYPE app.raw;\n", "CREATE TYPE raw (\n    INPUT = f,\n    OUTPUT = g\n);\n",
          "CREATE TYPE app.\"as\" (\n    INTERNALLENGTH = 4\n);\n",
          "SELECT pg_catalog.f('1'::oid);\n\nCREATE TYPE app.raw;\n"})
        EXPECT_TRUE(makes_base_type(sql, dialect)) << sql;
    for (const char* const sql :
         {"CREATE TYPE app.e AS ENUM (\n    'x'\n);\n", "CREATE TYPE p AS (\n\ta integer\n);\n",
          "CREATE TYPE app.r AS RANGE (\n    subtype = integer\n);\n",
          "CREATE TYPE app.\"as\" AS ENUM (\n);\n", "CREATE DOMAIN app.d AS integer;\n", ""})
        EXPECT_FALSE(makes_base_type(sql, dialect)) << sql;
}

TEST(BinaryCast, IsWithoutFunction) {
    EXPECT_TRUE(makes_binary_cast("CREATE CAST (a.x AS integer) WITHOUT FUNCTION AS IMPLICIT;\n", dialect));
    EXPECT_FALSE(
        makes_binary_cast("CREATE CAST (a.without AS integer) WITH FUNCTION f(a.without);\n", dialect));
    EXPECT_FALSE(makes_binary_cast("CREATE CAST (a.x AS integer) WITH INOUT;\n", dialect));
}

TEST(InternalState, IsOfAggregatesAlone) {
    EXPECT_TRUE(has_internal_state(
        "CREATE AGGREGATE a.c(anyelement) (\n    SFUNC = f,\n    STYPE = internal\n);\n", dialect));
    EXPECT_TRUE(
        has_internal_state("CREATE AGGREGATE c(integer) (\n    SFUNC = f,\n    STYPE = integer,\n"
                           "    MSTYPE = internal\n);\n",
                           dialect));
    EXPECT_FALSE(
        has_internal_state("CREATE AGGREGATE a.internal(stype integer) (\n    SFUNC = internal,\n"
                           "    STYPE = a.internal,\n    INITCOND = 'STYPE = internal'\n);\n",
                           dialect));
    EXPECT_FALSE(has_internal_state(
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'STYPE = internal';\n", dialect));
}

TEST(Publication, OfAll) {
    EXPECT_TRUE(publishes_all("CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert');\n", dialect));
    EXPECT_TRUE(publishes_all("CREATE PUBLICATION \"for\" FOR ALL SEQUENCES;\n", dialect));
    EXPECT_FALSE(
        publishes_all("CREATE PUBLICATION \"for all tables\" WITH (publish = 'insert');\n", dialect));
}

TEST(Schema, OfCommentsAndLabels) {
    EXPECT_TRUE(is_on_schema("COMMENT ON SCHEMA public IS 'x';\n", "public", dialect));
    EXPECT_TRUE(is_on_schema("SECURITY LABEL FOR p ON SCHEMA \"public\" IS 'x';\n", "public", dialect));
    EXPECT_FALSE(is_on_schema("COMMENT ON SCHEMA app IS 'ON SCHEMA public';\n", "public", dialect));
    EXPECT_FALSE(is_on_schema("COMMENT ON TABLE public.schema IS 'x';\n", "public", dialect));
}

std::vector<std::string> settings(std::string_view sql) {
    std::vector<std::string> names;
    find_settings(sql, dialect, [&](const std::string& name) { names.push_back(name); });
    return names;
}

TEST(Settings, OfRoutines) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(
        settings(
            "CREATE FUNCTION s.set(a integer) RETURNS s.set\n    LANGUAGE sql\n    SET \"app.x\" TO 'y'\n"
            "    SET log_statement TO 'SET a TO b'\n    AS $$SET c TO d$$;\n"),
        (Names{"app.x", "log_statement"}));
    EXPECT_EQ(settings("CREATE PROCEDURE p()\n    LANGUAGE sql\n    SET role TO 'x'\n    BEGIN ATOMIC\n "
                       "SELECT 1;\nEND;\n"),
              (Names{"role"}));
    EXPECT_EQ(settings("ALTER DATABASE d SET log_statement TO 'all';\n"), Names{});
}

/// What is left of a definition.
std::string without_hints(const std::string& sql) {
    std::string left = sql;
    const auto hints = find_planner_hints(sql, dialect);
    for (auto hint = hints.rbegin(); hint != hints.rend(); ++hint)
        left.erase(hint->clause.begin, hint->clause.end - hint->clause.begin);
    return left;
}

TEST(PlannerHints, OfFunctions) {
    EXPECT_EQ(
        without_hints(
            "CREATE FUNCTION s.leakproof() RETURNS s.support\n    LANGUAGE sql IMMUTABLE LEAKPROOF COST 5 "
            "SUPPORT s.support PARALLEL SAFE\n    SET x TO 'y'\n    AS ' LEAKPROOF';\n"),
        "CREATE FUNCTION s.leakproof() RETURNS s.support\n    LANGUAGE sql IMMUTABLE COST 5 PARALLEL SAFE\n"
        "    SET x TO 'y'\n    AS ' LEAKPROOF';\n");
    const std::string plain =
        "CREATE FUNCTION f(leakproof integer) RETURNS leakproof\n    LANGUAGE leakproof TRANSFORM FOR TYPE "
        "s.leakproof, FOR "
        "TYPE support\n    SET support TO 'y'\n    RETURN leakproof;\n";
    EXPECT_EQ(without_hints(plain), plain);
    const auto hints =
        find_planner_hints("CREATE FUNCTION f() RETURNS x LANGUAGE sql SUPPORT s.\"F\" AS '';", dialect);
    ASSERT_EQ(hints.size(), 1U);
    EXPECT_EQ(hints[0].function.schema, "s");
    EXPECT_EQ(hints[0].function.name, "F");
}

TEST(PlannerHints, OfOperators) {
    EXPECT_EQ(
        without_hints(
            "CREATE OPERATOR s.~~ (\n    FUNCTION = s.f,\n    LEFTARG = text,\n    RESTRICT = lib.sel,\n"
            "    JOIN = lib.joinsel\n);\n"),
        "CREATE OPERATOR s.~~ (\n    FUNCTION = s.f,\n    LEFTARG = text\n);\n");
    EXPECT_EQ(
        without_hints(
            "CREATE OPERATOR s.~~ (\n    FUNCTION = s.f,\n    RESTRICT = lib.sel,\n    LEFTARG = text\n);\n"),
        "CREATE OPERATOR s.~~ (\n    FUNCTION = s.f,\n    LEFTARG = text\n);\n");
    const std::string builtin =
        "CREATE OPERATOR s.= (\n    FUNCTION = s.f,\n    RESTRICT = eqsel,\n    JOIN = "
        "pg_catalog.eqjoinsel\n);\n";
    EXPECT_EQ(without_hints(builtin), builtin);
}

TEST(ExclusionNames, WithASchema) {
    std::vector<std::string> names;
    find_exclusion_names(
        "ALTER TABLE ONLY a.t\n    ADD CONSTRAINT \"exclude\" EXCLUDE USING gist (x lib.ops WITH &&, "
        "a.f((y)::a.d) WITH OPERATOR(a.&&)) WHERE ((z = 'b.c'));\n",
        dialect, [&](const QualifiedName& name) { names.push_back(name.schema + "/" + name.name); });
    EXPECT_EQ(names, (std::vector<std::string>{"lib/ops", "a/f", "a/d"}));
    find_exclusion_names("ALTER TABLE a.t ADD CONSTRAINT exclude CHECK (a.f(x));\n", dialect,
                         [](const QualifiedName& name) { FAIL() << name.name; });
}

}  // namespace
}  // namespace pgfilter::sql
