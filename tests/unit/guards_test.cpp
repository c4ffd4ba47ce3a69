// SPDX-License-Identifier: PostgreSQL
// Rules for archives of people who are not trusted.
#include <gtest/gtest.h>

#include "cli/limits.hpp"
#include "cli/options.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"
#include "sql/script_danger.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

EntryValue entry_with(int dump_id, const std::string& desc, MaybeText defn = "SELECT 1;\n") {
    EntryValue entry;
    entry.dump_id = dump_id;
    entry.desc = desc;
    entry.defn = std::move(defn);
    entry.drop_stmt = "SELECT 2;\n";
    return entry;
}

/// Why the archive is refused; empty if it is not.
std::string refusal_of(const std::vector<EntryValue>& entries,
                       std::vector<RuleSpec> rules = {{"reject-suspicious", {}}}) {
    const std::string bytes = bytes_with(entries);
    Job job;
    job.rules = std::move(rules);
    RuleRegistry registry;
    add_builtin_rules(registry);
    MemorySource source(bytes);
    MemorySink sink;
    try {
        run(job, registry, source, sink);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::refused) << error.what();
        EXPECT_EQ(sink.bytes(), "");
        return error.what();
    }
    return "";
}

std::string danger_of(std::string_view script, sql::Dialect dialect = {}) {
    const char* const danger = sql::find_script_danger(script, dialect);
    // In pieces of a byte the answer is the same.
    sql::ScriptDanger pieces(dialect);
    for (std::size_t at = 0; at < script.size(); ++at) pieces.take(script.substr(at, 1));
    EXPECT_EQ(pieces.finish(), danger) << script;
    return danger == nullptr ? "" : danger;
}

TEST(ScriptDanger, IsABackslashOrAnythingOpenOutsideOfQuotes) {
    for (const char* const fine : {"", "SELECT '\\! id';", "SELECT $$\\! id$$;", "-- \\! id\n", "/* \\! */",
                                   "SELECT \"a\\b\";", "SELECT E'\\'';", "a; --", "-- dummy",
                                   "SELECT $a$ $b$ ' $a$;", "a --b\n;", "SELECT a @-1, b-/* ' */c;"})
        EXPECT_EQ(danger_of(fine), "") << fine;
    for (const char* const bad : {"\\! id", "SELECT 1 \\g |id", "a\\;b", "SELECT 'a';\n\\i x"})
        EXPECT_EQ(danger_of(bad).substr(0, 15), "has a backslash") << bad;
    for (const char* const bad : {"'a;", "\"a", "$x$ a;", "/* a", "E'a\\';", "SELECT 1", "SELECT (1;",
                                  "SELECT 1; x", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;",
                                  "CREATE FUNCTION BEGIN;CREATE BEGIN;CREATE OR REPLACE FUNCTION END;"})
        EXPECT_EQ(danger_of(bad).substr(0, 6), "leaves") << bad;
    sql::Dialect old;
    old.standard_conforming_strings = false;
    EXPECT_NE(danger_of("SELECT 'a\\';", old), "");
    EXPECT_EQ(danger_of("SELECT 'a\\';"), "");
}

TEST(ScriptDanger, IsAVariableOfPsql) {
    for (const char* const fine :
         {"SELECT a::text, b [ 1 : 2 ], c[1:2], d[1:n], e[:n], f[n:], g(h := 1), i[1:COALESCE(j, 1)];",
          "SELECT k[1:\"Name\"], ':x', \":x\", $$:x$$, ARRAY[a::text] /* :x */; -- :x\n"})
        EXPECT_EQ(danger_of(fine), "") << fine;
    for (const char* const bad :
         {"SELECT :x;", "SELECT :LAST_ERROR_MESSAGE;", "SELECT :'x';", "SELECT :\"x\";", "SELECT :{?x};",
          "SELECT a:::x;", "SELECT a[1:LAST_ERROR_MESSAGE];", "SELECT a[:DBNAME];", "SELECT a[1:'x'];",
          "SELECT a[1:{?x}];", "SELECT [; :x;", "SELECT :1;"})
        EXPECT_EQ(danger_of(bad).substr(0, 11), "has a colon") << bad;
}

TEST(ScriptDanger, IsWhatVersionsOfPsqlReadInDifferentWays) {
    for (const char* const bad :
         {"SELECT 1e'\\'';", "SELECT 1a$b$;", "SELECT 1$b$;", "SELECT 1e--2\n;", "SELECT $1a;",
          "SELECT E'a'\r'b\\'';", "SELECT b'0''1';", "SELECT a[1:n$b$];", "SELECT 0x1F;"})
        EXPECT_EQ(danger_of(bad).substr(0, 11), "has a quote") << bad;
    for (const char* const fine :
         {"SELECT 1e5, 1e-5, .5, 1..2, $1, 1.e5;", "SELECT 'a'\n'b', b'01', U&'a'\n'b';"})
        EXPECT_EQ(danger_of(fine), "") << fine;
}

TEST(ScriptDanger, IsHalfACharacter) {
    using Trail = sql::Dialect::Trail;
    const sql::Dialect sjis{.trail = Trail::sjis};
    const sql::Dialect wide{.trail = Trail::wide};
    const sql::Dialect gb18030{.trail = Trail::gb18030};
    const sql::Dialect johab{.trail = Trail::johab};
    EXPECT_EQ(danger_of("COMMENT ON TABLE \"\x95\x5c\" IS '\x83\x5c\xb1';", sjis), "");
    EXPECT_EQ(danger_of("SELECT '\x81\x30\x81\x30\x95\x5c';", gb18030), "");
    EXPECT_EQ(danger_of("SELECT '\x88\x5c\xd9\x3b';", johab), "");
    for (const char* const bad :
         {"SELECT \x95;", "SELECT '\x95';", "SELECT 1; -- \x95\n", "SELECT 1; -- \x95"})
        EXPECT_EQ(danger_of(bad, wide).substr(0, 8), "has half") << bad;
    EXPECT_NE(danger_of("SELECT '\x80\x5c';", sjis), "");
    EXPECT_NE(danger_of("SELECT '\xa0\x5c';", sjis), "");
    EXPECT_NE(danger_of("SELECT '\x81\x30';", gb18030), "");
    EXPECT_NE(danger_of("SELECT '\x8f\x41';", johab), "");
    // psql takes all second bytes in the tag of a dollar quote for the same.
    EXPECT_NE(danger_of("SELECT $\x95\x40$ a $\x95\x40$;", sjis), "");
    // Where the server cannot be told the encoding, psql takes each byte for a character.
    EXPECT_NE(danger_of("SELECT E'\x95\x5c';", sjis), "");
    EXPECT_EQ(danger_of("SELECT \x95;"), "");
}

TEST(ScriptDanger, IsToSetHowTheRestIsRead) {
    for (const char* const fine :
         {"CREATE FUNCTION f() RETURNS text SET standard_conforming_strings TO 'off' AS 'x';",
          "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT set_config('client_encoding', 'x', true); "
          "END;",
          "ALTER ROLE a SET client_encoding TO 'SJIS';",
          "ALTER DATABASE d SET standard_conforming_strings TO 'off';", "SET default_tablespace = '';",
          "SET SESSION AUTHORIZATION a; RESET SESSION AUTHORIZATION;",
          "SELECT pg_catalog.set_config('search_path', '', false);",
          "SELECT set_config('a.b'::text, 'c', false);",
          "GRANT ALL ON FUNCTION pg_catalog.set_config(text, text, boolean) TO a;",
          "COMMENT ON TABLE t IS 'SET client_encoding'; INSERT INTO t VALUES ('client_encoding');",
          "ALTER FUNCTION set_config(text) OWNER TO a;", "CREATE VIEW v AS SELECT * FROM pg_settings;"})
        EXPECT_EQ(danger_of(fine), "") << fine;
    for (const char* const bad : {"SET client_encoding = 'SJIS';",
                                  "set\nsession/**/Client_Encoding to 'SJIS';",
                                  "SET NAMES 'SJIS';",
                                  "SET LOCAL \"standard_conforming_strings\" = off;",
                                  "SET U&\"client\\005fencoding\" = 'SJIS';",
                                  "RESET ALL;",
                                  "RESET client_encoding;",
                                  "DISCARD ALL;",
                                  "SELECT set_config('client_encoding', 'SJIS', false);",
                                  "SELECT 1, \"set_config\"('client_' || 'encoding', 'SJIS', false);",
                                  "SELECT set_config(E'a', '', false);",
                                  "SELECT set_config('a'::text || 'b', '', false);",
                                  "UPDATE pg_settings SET setting = 'off';",
                                  "DO $$ $$;",
                                  "COPY t FROM stdin;",
                                  "copy t TO stdout;",
                                  "SELECT 1; -1;",
                                  ";",
                                  "\"a\";",
                                  "(SELECT 1);",
                                  "u& +;",
                                  "[1:n];",
                                  "ROLLBACK;",
                                  "COMMIT;",
                                  "BEGIN;",
                                  "SELECT 1; SET client_encoding = 'SJIS';",
                                  "CREATE FUNCTION f() BEGIN; SET client_encoding = 'SJIS'; END;"})
        EXPECT_EQ(danger_of(bad).substr(0, 11), "changes how") << bad;
}

TEST(RejectSuspicious, LetsOrdinaryArchivesPass) {
    EXPECT_EQ(refusal_of({entry_with(1, "TABLE")}), "");
    for (const std::string& name : test_archives()) {
        const Plan plan = plan_for(read_test_archive(name), {{"reject-suspicious", {}}});
        EXPECT_FALSE(plan.prologue.toc.rewritten());
        for (const Unhandled& place : unhandled_in(plan))
            EXPECT_NE(place.reason.find("has a line break"), std::string::npos)
                << name << ": " << place.reason;
    }
}

TEST(RejectSuspicious, RefusesBeforeAByteIsWritten) {
    EXPECT_EQ(refusal_of({entry_with(1, "TABLE\n\\q")}),
              "entry 1 (TABLE?\\q public t): refused by reject-suspicious: desc has a line break");
    EXPECT_NE(refusal_of({entry_with(1, "VIEW", "\\! id")}).find("definition has a backslash"),
              std::string::npos);
    EntryValue drop = entry_with(1, "VIEW");
    drop.drop_stmt = "\\! id";
    EXPECT_NE(refusal_of({drop, drop = entry_with(2, "a\rb")}).find("and 1 more"), std::string::npos);
}

TEST(RejectSuspicious, JudgesWhatIsLeft) {
    const std::vector<EntryValue> entries{entry_with(1, "VIEW", "\\! id"), entry_with(2, "TABLE")};
    EXPECT_NE(refusal_of(entries), "");
    EXPECT_EQ(refusal_of(entries, {{"reject-suspicious", {}}, {"only-kinds", {{"", "table"}}}}), "");
}

TEST(OnlyKinds, DropsAllOthersAndNothingForTheirSake) {
    EntryValue data = entry_with(3, "TABLE DATA", std::nullopt);
    data.dependencies = {2};
    data.rows.emplace();
    const std::string bytes =
        bytes_with({entry_with(1, "SCHEMA"), entry_with(2, "TABLE"), data, entry_with(4, "NEW KIND")});
    const Plan plan = plan_for(bytes, {{"only-kinds", {{"", "table data"}, {"", "New Kind"}, {"", "CAST"}}}});
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{1, 2}));
    EXPECT_FALSE(plan.reports[0].expected_to_match);
}

TEST(OnlyKinds, AMisspelledOneIsReported) {
    const Plan plan =
        plan_for(bytes_with({entry_with(1, "TABLE")}), {{"only-kinds", {{"", "TABLE"}, {"", "TABEL"}}}});
    EXPECT_TRUE(plan.reports[0].expected_to_match);
    EXPECT_EQ(plan.reports[0].per_argument, (std::vector<std::size_t>{1, 0}));
    EXPECT_THROW(plan_for(bytes_with({}), {{"only-kinds", {}}}), Error);
}

TEST(LimitOption, SetsWhatItNames) {
    Limits limits;
    cli::set_limit(limits, "entries=12");
    cli::set_limit(limits, "toc-bytes=3MB");
    cli::set_limit(limits, "text-bytes=1kB");
    cli::set_limit(limits, "ratio=7");
    EXPECT_EQ(limits.entries, 12U);
    EXPECT_EQ(limits.toc_bytes, 3U << 20);
    EXPECT_EQ(limits.text_bytes, 1024U);
    EXPECT_EQ(limits.ratio, 7U);
    for (const char* const bad :
         {"", "entries", "entries=", "entries=0", "entries=-1", "entries=1kB", "entries=1 ", "rows=1",
          "toc-bytes=1KB", "toc-bytes=99999999999TB", "toc-bytes=kB", "=1"})
        EXPECT_THROW(cli::set_limit(limits, bad), cli::UsageError) << bad;
}

}  // namespace
}  // namespace pgfilter
