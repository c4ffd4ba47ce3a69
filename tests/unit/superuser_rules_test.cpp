// SPDX-License-Identifier: PostgreSQL
// The rules for what only superusers may create.  That they are right is tried on a server elsewhere.
#include <gtest/gtest.h>

#include "pgfilter/error.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Ids = std::vector<DumpId>;

RuleSpec rule(const std::string& name, const std::vector<std::string>& arguments = {}) {
    RuleSpec spec{name, {}};
    for (const std::string& argument : arguments) spec.arguments.push_back({"", argument});
    return spec;
}

Plan plan(std::vector<EntryValue> entries, std::vector<RuleSpec> rules, int minor = 16) {
    return plan_for(bytes_with(std::move(entries), minor), std::move(rules));
}

Ids dropped_by(std::vector<EntryValue> entries, std::vector<RuleSpec> rules, int minor = 16) {
    return dropped(plan(std::move(entries), std::move(rules), minor));
}

std::string function_in(const std::string& language) {
    return "CREATE FUNCTION s.f() RETURNS integer\n    LANGUAGE " + language + "\n    AS $$LANGUAGE c$$;\n";
}

const std::vector<EntryValue> in_languages{
    entry_of(1, "PROCEDURAL LANGUAGE", "plpython3u", "CREATE PROCEDURAL LANGUAGE plpython3u HANDLER s.h;\n"),
    entry_of(2, "FUNCTION", "f()", function_in("c")),
    entry_of(3, "FUNCTION", "g()", function_in("plpython3u"), {1}),
    entry_of(4, "PROCEDURE", "p()", "CREATE PROCEDURE s.p()\n    LANGUAGE plpython3u\n    AS $$x$$;\n", {1}),
    entry_of(5, "FUNCTION", "h()", function_in("sql")),
    entry_of(6, "TRANSFORM", "TRANSFORM FOR s.x LANGUAGE sql",
             "CREATE TRANSFORM FOR s.x LANGUAGE sql (TO SQL WITH FUNCTION s.f());\n", {2}),
    entry_of(7, "AGGREGATE", "a(integer)", "CREATE AGGREGATE s.a(integer) (SFUNC = s.f, STYPE = integer);\n",
             {2}),
    entry_of(8, "COMMENT", "FUNCTION f()", "COMMENT ON FUNCTION s.f() IS 'x';\n", {2}),
    entry_of(9, "COMMENT", "LANGUAGE plpython3u", "COMMENT ON LANGUAGE plpython3u IS 'x';\n", {1})};

TEST(Languages, GoWithTheirRoutines) {
    EXPECT_EQ(dropped_by(in_languages, {rule("exclude-language", {"plpython*u"})}), (Ids{1, 3, 4, 9}));
    const Plan c = plan(in_languages, {rule("exclude-language", {"C", "internal"})});
    EXPECT_EQ(dropped(c), (Ids{2, 8}));
    EXPECT_EQ(unhandled_in(c).size(), 2U);
    EXPECT_EQ(c.reports[0].per_argument, (std::vector<std::size_t>{1, 0}));
    EXPECT_EQ(dropped_by(in_languages, {rule("exclude-language", {"c"}), rule("cascade")}),
              (Ids{2, 6, 7, 8}));
    EXPECT_THROW(dropped_by({}, {rule("exclude-language")}), Error);
}

TEST(Languages, AllButSome) {
    EXPECT_EQ(dropped_by(in_languages, {rule("language", {"sql"})}), (Ids{1, 2, 3, 4, 8, 9}));
    EXPECT_EQ(dropped_by(in_languages, {rule("language", {"sql", "c"}), rule("language", {"plpython3u"})}),
              Ids{});
    EXPECT_EQ(dropped_by(in_languages, {rule("language", {"*"}), rule("exclude-language", {"c"})}),
              (Ids{2, 8}));
}

EntryValue table_using(int dump_id, const char* method, std::vector<int> dependencies = {}) {
    std::string name = "t";
    name += std::to_string(dump_id);
    EntryValue table =
        entry_of(dump_id, "TABLE", name, "CREATE TABLE s.t (a integer);\n", std::move(dependencies));
    table.relkind = 'r';
    if (method != nullptr) table.tableam = method;
    return table;
}

std::vector<EntryValue> with_methods() {
    return {
        entry_of(1, "ACCESS METHOD", "own", "CREATE ACCESS METHOD own TYPE TABLE HANDLER s.h;\n"),
        entry_of(2, "ACCESS METHOD", "gist2", "CREATE ACCESS METHOD gist2 TYPE INDEX HANDLER gisthandler;\n"),
        table_using(3, "own", {1}),
        table_using(4, "heap"),
        table_using(5, "columnar"),
        table_using(6, nullptr),
        entry_of(7, "INDEX", "i", "CREATE INDEX i ON s.t3 USING gist2 (a s.ops);\n", {3, 8}),
        entry_of(8, "OPERATOR CLASS", "ops", "CREATE OPERATOR CLASS s.ops\n    FOR TYPE text USING gist2;\n",
                 {2}),
        entry_of(9, "INDEX", "j", "CREATE INDEX j ON s.t3 USING btree (a);\n", {3}),
        entry_of(10, "CONSTRAINT", "t3 c",
                 "ALTER TABLE ONLY s.t3\n    ADD CONSTRAINT c EXCLUDE USING gist2 (a WITH =);\n", {3}),
        entry_of(11, "COMMENT", "ACCESS METHOD own", "COMMENT ON ACCESS METHOD own IS 'x';\n", {1}),
        entry_of(12, "INDEX", "k", "CREATE INDEX k ON s.t3 USING bloom (a);\n", {3})};
}

TEST(AccessMethods, TablesFallBackToHeap) {
    const Plan own = plan(with_methods(), {rule("no-access-methods"), rule("cascade")});
    EXPECT_EQ(dropped(own), (Ids{1, 2, 7, 8, 10, 11}));
    EXPECT_EQ(own.reports[0].changed, 1U);
    EXPECT_EQ(find(own, 3).text(Field::tableam), "heap");
    EXPECT_EQ(find(own, 5).text(Field::tableam), "columnar");
    EXPECT_EQ(find(own, 6).text(Field::tableam), std::nullopt);
    EXPECT_TRUE(unhandled_in(own).empty());

    const Plan named = plan(with_methods(), {rule("exclude-access-method", {"columnar", "bloom", "rum"})});
    EXPECT_EQ(dropped(named), (Ids{12}));
    EXPECT_EQ(find(named, 5).text(Field::tableam), "heap");
    EXPECT_EQ(find(named, 3).text(Field::tableam), "own");
    EXPECT_EQ(named.reports[0].per_argument, (std::vector<std::size_t>{1, 1, 0}));
    EXPECT_TRUE(unhandled_in(named).empty());
}

// With another rule that keeps tables as they are.
TEST(AccessMethods, TablesThatStillNeedTheirsAreReported) {
    const Plan kept = plan(with_methods(), {rule("no-kind", {"ACCESS METHOD"})});
    EXPECT_EQ(find(kept, 3).text(Field::tableam), "own");
    EXPECT_FALSE(unhandled_in(kept).empty());
    EXPECT_EQ(dropped_by(with_methods(),
                         {rule("no-table-access-method"), rule("no-access-methods"), rule("cascade")}),
              (Ids{1, 2, 7, 8, 10, 11}));
}

TEST(BaseTypes, GoWithTheirShells) {
    const std::vector<EntryValue> entries{
        entry_of(1, "SHELL TYPE", "raw", "CREATE TYPE s.raw;\n"),
        entry_of(2, "FUNCTION", "raw_in(cstring)", function_in("internal"), {1}),
        entry_of(3, "TYPE", "raw", "CREATE TYPE s.raw (\n    INPUT = s.raw_in\n);\n", {1, 2}),
        entry_of(4, "TYPE", "mood", "CREATE TYPE s.mood AS ENUM (\n    'x'\n);\n"),
        entry_of(5, "TYPE", "undefined", "CREATE TYPE s.undefined;\n"),
        entry_of(6, "TABLE", "t", "CREATE TABLE s.t (a s.raw);\n", {3})};
    EXPECT_EQ(dropped_by(entries, {rule("no-base-types")}), (Ids{1, 3, 5}));
    EXPECT_EQ(dropped_by(entries, {rule("no-base-types"), rule("cascade")}), (Ids{1, 2, 3, 5, 6}));
}

TEST(Casts, NeedATypeOfTheArchive) {
    const std::vector<EntryValue> entries{
        entry_of(1, "TYPE", "mood", "CREATE TYPE s.mood AS ENUM ();\n"),
        entry_of(2, "FUNCTION", "f(date)", function_in("sql")),
        entry_of(3, "CAST", "CAST (s.mood AS date)",
                 "CREATE CAST (s.mood AS date) WITH FUNCTION s.f(s.mood);\n", {1, 2}),
        entry_of(4, "CAST", "CAST (date AS integer)",
                 "CREATE CAST (date AS integer) WITH FUNCTION s.f(date);\n", {2}),
        entry_of(5, "CAST", "CAST (s.mood AS oid)", "CREATE CAST (s.mood AS oid) WITHOUT FUNCTION;\n", {1}),
        entry_of(6, "CAST", "CAST (integer AS box)", "CREATE CAST (integer AS box) WITH INOUT;\n", {99}),
        table_using(7, "heap"),
        entry_of(8, "CAST", "CAST (s.t7 AS box)", "CREATE CAST (s.t7 AS box) WITH INOUT;\n", {7}),
        entry_of(9, "COMMENT", "CAST (date AS integer)", "COMMENT ON CAST (date AS integer) IS 'x';\n", {4})};
    EXPECT_EQ(dropped_by(entries, {rule("no-superuser-casts")}), (Ids{4, 5, 6, 9}));
}

TEST(Settings, ThatNotEverybodyMaySet) {
    const auto setting = [](int dump_id, const std::string& desc, const std::string& name) {
        return entry_of(dump_id, desc, "f()",
                        "CREATE " + desc + " s.f()" + (desc == "FUNCTION" ? " RETURNS integer" : "") +
                            "\n    LANGUAGE sql\n    SET search_path TO 's'\n    SET " + name +
                            " TO 'x'\n    AS 'SET log_statement TO y';\n");
    };
    const std::vector<EntryValue> entries{
        setting(1, "FUNCTION", "work_mem"), setting(2, "FUNCTION", "\"app.x\""),
        setting(3, "PROCEDURE", "session_replication_role"), setting(4, "PROCEDURE", "role")};
    EXPECT_EQ(dropped_by(entries, {rule("no-superuser-settings")}), (Ids{2, 3}));
    const Plan named = plan(entries, {rule("exclude-setting", {"role", "session_*", "\"app.x\"", "log_*"})});
    EXPECT_EQ(dropped(named), (Ids{2, 3, 4}));
    EXPECT_EQ(named.reports[0].per_argument, (std::vector<std::size_t>{1, 1, 1, 0}));
}

TEST(UserMappings, ThatNotEverybodyMayCreate) {
    const auto mapping = [](int dump_id, const std::string& options) {
        return entry_of(dump_id, "USER MAPPING", "USER MAPPING public SERVER s",
                        "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (\n    " + options + "\n);\n");
    };
    const std::vector<EntryValue> entries{mapping(1, "\"user\" 'sslcert',\n    password 'sslkey'"),
                                          mapping(2, "\"user\" 'x',\n    sslcert 'c'"),
                                          mapping(3, "sslkey 'k'"),
                                          mapping(4, "password_required 'true'"),
                                          mapping(5, "password_required 'false'"),
                                          mapping(6, "password_required 'OFF'"),
                                          mapping(7, "password_required 'on'")};
    EXPECT_EQ(dropped_by(entries, {rule("no-superuser-mappings")}), (Ids{2, 3, 5, 6}));
}

TEST(InternalAggregates, AndWhatUsesThem) {
    const std::vector<EntryValue> entries{
        entry_of(1, "AGGREGATE", "a(integer)",
                 "CREATE AGGREGATE s.a(integer) (\n    SFUNC = f,\n    STYPE = internal\n);\n"),
        entry_of(2, "AGGREGATE", "b(integer)",
                 "CREATE AGGREGATE s.b(integer) (\n    SFUNC = f,\n    STYPE = integer\n);\n"),
        entry_of(3, "VIEW", "v", "CREATE VIEW s.v AS\n SELECT s.a(1);\n", {1})};
    EXPECT_EQ(dropped_by(entries, {rule("no-internal-aggregates")}), (Ids{1}));
    EXPECT_EQ(dropped_by(entries, {rule("no-internal-aggregates"), rule("cascade")}), (Ids{1, 3}));
}

TEST(Publications, OfAllTables) {
    const std::vector<EntryValue> entries{
        entry_of(1, "PUBLICATION", "all", "CREATE PUBLICATION \"all\" WITH (publish = 'insert');\n"),
        entry_of(2, "PUBLICATION", "p", "CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert');\n"),
        entry_of(3, "PUBLICATION TABLES IN SCHEMA", "all s",
                 "ALTER PUBLICATION \"all\" ADD TABLES IN SCHEMA s;\n", {1}),
        entry_of(4, "PUBLICATION TABLE", "all t", "ALTER PUBLICATION \"all\" ADD TABLE ONLY s.t;\n", {1}),
        entry_of(5, "COMMENT", "PUBLICATION p", "COMMENT ON PUBLICATION p IS 'x';\n", {2})};
    EXPECT_EQ(dropped_by(entries, {rule("no-all-tables-publications")}), (Ids{2, 3, 5}));
}

// Everything in it depends on it.
TEST(PublicSchema, GoesAlone) {
    const auto without_schema = [](EntryValue entry) {
        entry.namespace_.reset();
        return entry;
    };
    const std::vector<EntryValue> entries{
        without_schema(entry_of(1, "SCHEMA", "public", "CREATE SCHEMA public;\n")),
        without_schema(entry_of(2, "COMMENT", "SCHEMA public", "COMMENT ON SCHEMA public IS 'x';\n", {1})),
        without_schema(entry_of(3, "ACL", "SCHEMA public", "GRANT ALL ON SCHEMA public TO PUBLIC;\n", {1})),
        entry_of(4, "TABLE", "t", "CREATE TABLE public.t ();\n", {1}),
        entry_of(5, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES",
                 "ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT ALL ON TABLES TO x;\n", {1}),
        without_schema(entry_of(6, "SCHEMA", "public2", "CREATE SCHEMA public2;\n")),
        entry_of(7, "COMMENT", "TABLE t", "COMMENT ON TABLE public.t IS 'ON SCHEMA public';\n", {4})};
    const Plan both =
        plan(entries, {rule("no-public-schema"), rule("exclude-table", {"x"}), rule("cascade")});
    EXPECT_EQ(dropped(both), (Ids{1, 2}));
    EXPECT_TRUE(unhandled_in(both).empty());
}

// As pg_dump 8.0 has it, with its functions in a schema of the user's.
const std::vector<EntryValue> with_plpgsql{
    entry_of(1, "FUNCTION", "plpgsql_call_handler()",
             "CREATE FUNCTION s.plpgsql_call_handler() RETURNS language_handler\n    AS '$libdir/plpgsql', "
             "'plpgsql_call_handler'\n    LANGUAGE c;\n"),
    entry_of(2, "PROCEDURAL LANGUAGE", "plpgsql",
             "CREATE TRUSTED PROCEDURAL LANGUAGE plpgsql HANDLER s.plpgsql_call_handler;\n", {1}),
    entry_of(3, "COMMENT", "LANGUAGE plpgsql", "COMMENT ON LANGUAGE plpgsql IS 'x';\n", {2}),
    entry_of(4, "ACL", "plpgsql", "GRANT ALL ON LANGUAGE plpgsql TO x;\n", {2}),
    entry_of(5, "ACL", "plpgsql_call_handler()", "GRANT ALL ON FUNCTION s.plpgsql_call_handler() TO x;\n",
             {1}),
    entry_of(6, "FUNCTION", "f()", function_in("plpgsql"), {2}),
    entry_of(7, "VIEW", "v", "CREATE VIEW s.v AS SELECT s.f();\n", {6}),
    entry_of(8, "PROCEDURAL LANGUAGE", "plperl", "CREATE PROCEDURAL LANGUAGE plperl;\n"),
    entry_of(9, "FUNCTION", "g()", function_in("plperl"), {8}),
    entry_of(10, "FUNCTION", "plpgsql_validator(oid)", function_in("sql"))};

TEST(StandardLanguage, GoesAlone) {
    const Plan alone = plan(with_plpgsql, {rule("no-standard-language"), rule("exclude-table", {"x"}),
                                           rule("language", {"sql", "plpgsql", "plperl"}), rule("cascade")});
    EXPECT_EQ(dropped(alone), (Ids{1, 2, 3, 5}));
    EXPECT_TRUE(unhandled_in(alone).empty());
}

TEST(StandardLanguage, IsThereWhateverTakesTheEntry) {
    const Plan by_kind = plan(with_plpgsql, {rule("no-kind", {"PROCEDURAL LANGUAGE"}), rule("cascade")});
    EXPECT_EQ(dropped(by_kind), (Ids{2, 3, 4, 8, 9}));
    EXPECT_TRUE(unhandled_in(by_kind).empty());
    const std::vector<EntryValue> extension{
        entry_of(1, "EXTENSION", "plpgsql",
                 "CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;\n"),
        entry_of(2, "FUNCTION", "f()", function_in("plpgsql"), {1})};
    EXPECT_EQ(dropped_by(extension, {rule("exclude-extension", {"*"}), rule("cascade")}), (Ids{1}));
    EXPECT_EQ(dropped_by(extension, {rule("exclude-language", {"plpgsql"})}), (Ids{2}));
}

TEST(PlannerHints, AreTakenOffAndTheirFunctionsNotNeeded) {
    const std::vector<EntryValue> entries{entry_of(1, "FUNCTION", "helper(internal)", function_in("c")),
                                          entry_of(2, "FUNCTION", "f()",
                                                   "CREATE FUNCTION s.f() RETURNS integer\n    LANGUAGE sql "
                                                   "LEAKPROOF SUPPORT s.helper\n    AS '';\n",
                                                   {1, 5}),
                                          entry_of(3, "OPERATOR", "~~",
                                                   "CREATE OPERATOR s.~~ (\n    FUNCTION = s.f,\n    "
                                                   "RIGHTARG = text,\n    RESTRICT = s.helper\n);\n",
                                                   {2, 1}),
                                          entry_of(4, "FUNCTION", "g()", function_in("sql")),
                                          entry_of(5, "FUNCTION", "helper2(internal)", function_in("c"))};
    const Plan kept = plan(entries, {rule("no-planner-hints"), rule("exclude-language", {"c"})});
    EXPECT_EQ(dropped(kept), (Ids{1, 5}));
    EXPECT_EQ(kept.reports[0].changed, 2U);
    EXPECT_EQ(find(kept, 2).defn(), "CREATE FUNCTION s.f() RETURNS integer\n    LANGUAGE sql\n    AS '';\n");
    EXPECT_EQ(find(kept, 3).defn(), "CREATE OPERATOR s.~~ (\n    FUNCTION = s.f,\n    RIGHTARG = text\n);\n");
    EXPECT_FALSE(find(kept, 4).changed());
    // helper2 is used in another way than as a hint.
    ASSERT_EQ(unhandled_in(kept).size(), 2U);
}

TEST(Grantors, AreNoMore) {
    const std::string grant = "GRANT SELECT ON TABLE s.t TO bob WITH GRANT OPTION;\n";
    const std::string other = "GRANT SELECT ON TABLE s.t TO \"SET SESSION AUTHORIZATION x\";\n";
    const std::vector<EntryValue> entries{
        entry_of(1, "TABLE", "t", "CREATE TABLE s.t ();\n"),
        entry_of(2, "ACL", "TABLE t",
                 grant + "SET SESSION AUTHORIZATION bob;\n" + other + "RESET SESSION AUTHORIZATION;\n", {1}),
        entry_of(3, "ACL", "TABLE t", grant + other, {1}),
        entry_of(4, "FUNCTION", "f()",
                 "CREATE FUNCTION s.f() RETURNS void LANGUAGE sql\n AS 'RESET SESSION AUTHORIZATION;';\n")};
    const Plan done = plan(entries, {rule("no-grantors")});
    EXPECT_EQ(find(done, 2).defn(), grant + other);
    EXPECT_EQ(done.reports[0].changed, 1U);
    EXPECT_EQ(dropped(done), Ids{});
    EXPECT_FALSE(find(done, 3).changed());
}

TEST(ExclusionConstraints, UseWhatTheyName) {
    const auto constraint = [](const std::string& element) {
        return entry_of(
            9, "CONSTRAINT", "t c",
            "ALTER TABLE ONLY s.t\n    ADD CONSTRAINT c EXCLUDE USING gist (" + element + " WITH &&);\n",
            {8});
    };
    const auto reasons = [&](const std::string& element, std::vector<RuleSpec> rules) {
        EntryValue extension =
            entry_of(1, "EXTENSION", "pg_trgm", "CREATE EXTENSION pg_trgm WITH SCHEMA lib;\n");
        EntryValue other = entry_of(2, "EXTENSION", "other", "CREATE EXTENSION other WITH SCHEMA lib;\n");
        extension.namespace_.reset();
        other.namespace_.reset();
        const Plan done =
            plan({extension, other, entry_of(3, "OPERATOR CLASS", "ops", "CREATE OPERATOR CLASS s.ops\n"),
                  entry_of(4, "FUNCTION", "f(text)", function_in("c")),
                  entry_of(8, "TABLE", "t", "CREATE TABLE s.t ();\n"), constraint(element)},
                 std::move(rules));
        std::string all;
        for (const Unhandled& place : unhandled_in(done)) {
            all += place.reason + ";";
            if (place.remedy != Unhandled::Remedy::none && place.remedy != Unhandled::Remedy::cascade)
                all += "a remedy";
        }
        if (find(done, 9).dropped()) all += "dropped";
        return all;
    };
    const RuleSpec no_other = rule("exclude-extension", {"other"});
    const RuleSpec no_trgm = rule("exclude-extension", {"pg_trgm"});
    EXPECT_EQ(reasons("a s.ops", {rule("no-kind", {"OPERATOR CLASS"}), rule("cascade")}), "dropped");
    EXPECT_EQ(reasons("s.f(a)", {rule("exclude-language", {"c"}), rule("cascade")}), "dropped");
    EXPECT_EQ(reasons("a lib.gist_trgm_ops", {no_trgm, rule("cascade")}), "dropped");
    EXPECT_EQ(reasons("a lib.gist_trgm_ops", {no_other}), "");
    EXPECT_EQ(reasons("a lib.odd_ops", {no_other, rule("cascade")}),
              "can use what is part of EXTENSION other or another that is dropped;");
    EXPECT_EQ(reasons("s.f(a)", {no_other}), "");
    EXPECT_EQ(reasons("s.elsewhere(a)", {no_other}), "");
}

}  // namespace
}  // namespace pgfilter
