// SPDX-License-Identifier: PostgreSQL
// What an archive needs of its server.  Roles, extensions and the like of real archives are compared
// elsewhere.
#include "pgfilter/needs.hpp"

#include <gtest/gtest.h>

#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

using Names = std::vector<std::string>;

Names names_of(Needs::Kind kind, std::vector<EntryValue> entries) {
    const Plan plan = plan_for(bytes_with(std::move(entries)), {});
    Names names;
    Needs(plan.prologue).for_each(kind, [&](Bytes name, std::size_t) { names.emplace_back(name); });
    return names;
}

std::string oldest(std::vector<EntryValue> entries, int minor = 16) {
    const Plan plan = plan_for(bytes_with(std::move(entries), minor), {});
    const Needs::Oldest oldest = Needs(plan.prologue).oldest();
    std::string text = oldest.version;
    for (const std::string& release : oldest.patched) text += " " + release;
    return oldest.because.empty() ? text : text + ": " + oldest.because;
}

TEST(Needs, ListsLibraries) {
    EXPECT_EQ(
        names_of(
            Needs::Kind::libraries,
            {entry_of(1, "FUNCTION", "f()",
                      "CREATE FUNCTION s.f(x integer DEFAULT CAST(1 AS integer)) RETURNS TABLE(a text)\n"
                      "    LANGUAGE c STRICT\n    AS '$libdir/postgis-3', 'f';\n"),
             entry_of(2, "FUNCTION", "g()",
                      "CREATE FUNCTION g() RETURNS integer\n    AS '/usr/lib/it''s.so', 'g'\n    "
                      "LANGUAGE c;\n"),
             entry_of(3, "FUNCTION", "h()",
                      "CREATE FUNCTION s.h() RETURNS integer\n    LANGUAGE internal\n    AS 'int4pl';\n"),
             entry_of(4, "FUNCTION", "i()",
                      "CREATE FUNCTION s.i() RETURNS text\n    LANGUAGE sql\n    AS 'LANGUAGE c AS x';\n")}),
        (Names{"$libdir/postgis-3", "/usr/lib/it's.so"}));
}

TEST(Needs, ListsCollationsOfTheSystem) {
    EXPECT_EQ(
        names_of(
            Needs::Kind::collations,
            {entry_of(1, "TABLE", "t",
                      "CREATE TABLE s.t (\n    a text COLLATE pg_catalog.\"de_DE\",\n    b text COLLATE "
                      "pg_catalog.\"C\",\n    c text COLLATE s.own DEFAULT 'COLLATE pg_catalog.x'\n);\n"),
             entry_of(2, "INDEX", "i",
                      "CREATE INDEX i ON s.t USING btree (a COLLATE pg_catalog.\"und-x-icu\");\n"),
             entry_of(3, "TYPE", "r",
                      "CREATE TYPE s.r AS RANGE (\n    subtype = text,\n    collation = "
                      "pg_catalog.\"fr_FR\"\n);\n"),
             entry_of(4, "COMMENT", "TABLE t", "COMMENT ON TABLE s.t IS 'COLLATE pg_catalog.x';\n")}),
        (Names{"de_DE", "fr_FR", "und-x-icu"}));
}

TEST(Needs, ListsLocales) {
    const std::vector<EntryValue> entries{
        entry_of(
            1, "DATABASE", "a",
            "CREATE DATABASE a WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu LOCALE = "
            "'en_US.UTF-8' ICU_LOCALE = 'en-US';\n"),
        entry_of(2, "DATABASE", "b", "CREATE DATABASE b WITH LC_COLLATE = 'C' LC_CTYPE = 'de_AT.utf8';\n"),
        entry_of(
            3, "COLLATION", "c",
            "CREATE COLLATION s.c (provider = icu, deterministic = false, locale = 'de-u-co-phonebk');\n"),
        entry_of(4, "COLLATION", "d", "CREATE COLLATION s.d (lc_collate = 'sv_SE', lc_ctype = 'C');\n"),
        entry_of(5, "COLLATION", "e", "CREATE COLLATION s.e (provider = builtin, locale = 'C.UTF-8');\n")};
    EXPECT_EQ(names_of(Needs::Kind::locales, entries), (Names{"de_AT.utf8", "en_US.UTF-8", "sv_SE"}));
    EXPECT_EQ(names_of(Needs::Kind::icu_locales, entries), (Names{"de-u-co-phonebk", "en-US"}));
}

TEST(Needs, KnowsTheOldestPostgres) {
    const EntryValue table = entry_of(1, "TABLE", "t", "CREATE TABLE s.t ();\n");
    const EntryValue stored =
        entry_of(1, "TABLE", "t",
                 "CREATE TABLE s.t (\n    a integer,\n    b integer GENERATED ALWAYS AS (a) STORED\n);\n");
    EntryValue computed = stored;
    computed.defn =
        "CREATE TABLE s.t (\n    a integer,\n    b text GENERATED ALWAYS AS ('STORED'::text)\n);\n";
    EXPECT_EQ(oldest({table}), "17");
    EXPECT_EQ(oldest({stored}), "17");
    EXPECT_EQ(oldest({computed}), "18: entry 1 (TABLE s t) has a virtual generated column");
    EXPECT_EQ(oldest({computed, entry_of(2, "PROPERTY GRAPH", "g")}), "20: entry 2 (PROPERTY GRAPH s g)");
    EXPECT_EQ(oldest({entry_of(2, "EXTENDED STATISTICS DATA", "e")}),
              "19: entry 2 (EXTENDED STATISTICS DATA s e)");
    EXPECT_EQ(oldest({table}, 10), "8.0");
    EXPECT_EQ(oldest({stored}, 14), "12");
    EXPECT_EQ(oldest({entry_of(2, "MATERIALIZED VIEW", "m")}, 12), "9.3: entry 2 (MATERIALIZED VIEW s m)");
    EXPECT_EQ(oldest({table}, 13), "10.3 9.3.22 9.4.17 9.5.12 9.6.8");
    EXPECT_EQ(oldest({entry_of(2, "POLICY", "p")}, 13), "10.3 9.5.12 9.6.8");
    EXPECT_EQ(oldest({entry_of(2, "PUBLICATION", "p")}, 13), "10.3");
    EXPECT_EQ(oldest({entry_of(2, "PROCEDURE", "p")}, 13), "11: entry 2 (PROCEDURE s p)");
}

}  // namespace
}  // namespace pgfilter
