// SPDX-License-Identifier: PostgreSQL
// Where statements name roles, and where they only seem to.
#include "sql/role_names.hpp"
#include "sql/tablespace_names.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "sql/clauses.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"
#include "support/dialects.hpp"
#include "support/postgres.hpp"

namespace pgfilter::sql {
namespace {

using namespace test;

std::string without_marks(std::string marked) {
    for (const char* mark : {"<<", ">>"}) {
        for (std::size_t at = marked.find(mark); at != std::string::npos; at = marked.find(mark, at))
            marked.erase(at, 2);
    }
    return marked;
}

std::vector<RoleName> role_names(const std::string& sql, Dialect dialect = {}) {
    std::vector<RoleName> names;
    find_role_names(sql, dialect, [&](const RoleName& name) { names.push_back(name); });
    return names;
}

/// The text with other role names, one for each that is found.
std::string replaced(const std::string& sql, const std::vector<std::string>& new_names,
                     Dialect dialect = {}) {
    std::size_t i = 0;
    const Splices splices =
        replace_role_names(sql, dialect, [&](const RoleName&) { return &new_names.at(i++); });
    EXPECT_EQ(i, new_names.size());
    return splices.apply(sql);
}

/// How often a text that may have role names mentions the name besides.
std::size_t mentions(const std::string& sql, const std::string& name, bool has_role_names = true) {
    std::size_t total = 0;
    const std::vector<std::string_view> names{"other", name, "other"};
    count_mentions(sql, NameSearch(names), has_role_names, {}, [&](std::size_t i, std::size_t count) {
        EXPECT_EQ(i, 1u) << sql;
        total += count;
    });
    return total;
}

/// The text with marks around the role names that are found.
std::string with_marks(const std::string& sql, Dialect dialect = {}) {
    std::string marked;
    std::size_t copied = 0;
    for (const RoleName& name : role_names(sql, dialect)) {
        marked += sql.substr(copied, name.position - copied);
        marked += "<<" + sql.substr(name.position, name.size) + ">>";
        copied = name.position + name.size;
    }
    return marked + sql.substr(copied);
}

std::vector<std::string> sorted_names(const std::string& sql, Dialect dialect = {}) {
    std::vector<std::string> names;
    for (const RoleName& name : role_names(sql, dialect)) names.push_back(name.name);
    std::sort(names.begin(), names.end());
    return names;
}

/// Each text has marks around its role names.  If PostgreSQL's parser knows the statement, it must see the
/// same.
void expect_names(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        const std::string sql = without_marks(text);
        EXPECT_EQ(with_marks(sql), text);
        const auto tree = postgres_parse(sql);
        if (!tree) continue;
        std::vector<std::string> expected = roles_in(*tree);
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(sorted_names(sql), expected) << sql;
    }
}

TEST(RoleNames, OfPrivileges) {
    expect_names({
        "GRANT SELECT ON TABLE app.t TO <<app>>;\n",
        "GRANT SELECT,INSERT ON TABLE app.t TO <<app>> WITH GRANT OPTION;",
        "REVOKE ALL ON TABLE app.t FROM <<app>>;",
        "REVOKE GRANT OPTION FOR SELECT ON TABLE app.t FROM <<app>>;",
        "REVOKE ALL ON TABLE app.t FROM <<app>> CASCADE;",
        "GRANT SELECT ON t TO GROUP <<app>>;",
        "REVOKE ALL ON t FROM GROUP <<\"group\">>;",
        "GRANT SELECT(a),UPDATE(\"to\") ON TABLE app.t TO <<app>>;",
        "GRANT ALL(\"on\") ON TABLE t TO <<a>>, GROUP <<b>>, <<\"C\">>, PUBLIC;",
        "GRANT SELECT ON t TO <<app>> GRANTED BY <<\"we\"\"ird\">>;",
        "REVOKE SELECT ON t FROM <<a>>, <<b>> GRANTED BY <<c>> RESTRICT;",
        "GRANT SELECT ON t TO <<a>> WITH GRANT OPTION GRANTED BY CURRENT_USER;",
        "GRANT USAGE ON LANGUAGE l TO <<app>>; GRANT USAGE ON FOREIGN SERVER \"to\" TO <<app>>;",
        "GRANT ALL ON FUNCTION app.f(integer, \"to\" text) TO <<app>>;",
        "GRANT SELECT ON LARGE OBJECT 42 TO <<app>>;",
        "grant select on table t to <<App>>",
    });
}

TEST(RoleNames, OfPrivilegesInTheNameOfOthers) {
    expect_names({
        "SET SESSION AUTHORIZATION <<app>>;\nGRANT SELECT ON TABLE t TO <<b>>;\nRESET SESSION "
        "AUTHORIZATION;\n",
        "SET SESSION AUTHORIZATION <<\"new\nline; --\">>;",
        "SET SESSION AUTHORIZATION <<'app'>>;",
        "SET SESSION AUTHORIZATION <<'default'>>;",
        "SET SESSION AUTHORIZATION DEFAULT;",
        "SELECT pg_catalog.binary_upgrade_set_record_init_privs(true);\nGRANT SELECT ON t TO <<app>>;\n",
    });
}

TEST(RoleNames, OfDefaultPrivileges) {
    expect_names({
        "ALTER DEFAULT PRIVILEGES FOR ROLE <<a>> GRANT SELECT ON TABLES  TO <<b>>;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE <<a>>, <<\"B\">> IN SCHEMA app REVOKE ALL ON TABLES FROM <<c>>;",
        "ALTER DEFAULT PRIVILEGES FOR USER <<a>> REVOKE ALL ON FUNCTIONS FROM PUBLIC;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE CURRENT_USER GRANT SELECT ON TABLES TO <<a>> WITH GRANT OPTION;",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA revoke GRANT ALL ON TYPES TO <<a>>;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE <<\"grant\">> IN SCHEMA \"grant\" GRANT ALL ON TYPES TO "
        "<<\"to\">>;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE <<role>> GRANT SELECT ON LARGE OBJECTS TO <<role>>;",
    });
}

TEST(RoleNames, OfPolicies) {
    expect_names({
        "CREATE POLICY p ON app.t USING (true);",
        "CREATE POLICY p ON app.t TO <<app>> USING ((a > 0));",
        "CREATE POLICY p ON t AS RESTRICTIVE FOR SELECT TO <<a>>, <<\"B\">>, PUBLIC WITH CHECK ((x = 'TO "
        "a'));",
        "CREATE POLICY p ON t FOR INSERT TO CURRENT_USER, <<\"current_user\">>, SESSION_USER WITH CHECK "
        "(true);",
        "CREATE POLICY p ON t USING ((a IN ( SELECT b FROM u WHERE (c = CURRENT_USER))));",
        "CREATE POLICY \"to\" ON \"to\".\"to\" TO <<\"to\">> USING ((\"to\" = 1));",
        "CREATE POLICY \"using\" ON t TO <<\"using\">>;",
        "DROP POLICY app ON app.app;",
    });
}

TEST(RoleNames, OfUserMappings) {
    expect_names({
        "CREATE USER MAPPING FOR <<app>> SERVER app OPTIONS (\n    \"user\" 'app'\n);\n",
        "CREATE USER MAPPING FOR <<\"user\">> SERVER s;",
        "DROP USER MAPPING FOR <<\"App\">> SERVER s;\n",
        "CREATE USER MAPPING FOR public SERVER s;",
        "CREATE USER MAPPING FOR \"public\" SERVER s;",
        "CREATE USER MAPPING FOR PUBLIC SERVER s;",
        "CREATE USER MAPPING FOR <<\"PUBLIC\">> SERVER s;",
        "DROP USER MAPPING FOR CURRENT_USER SERVER s;",
        "DROP USER MAPPING FOR USER SERVER s;",
    });
}

TEST(RoleNames, OfDatabaseProperties) {
    expect_names({
        "ALTER DATABASE app SET work_mem TO '8MB';\nALTER ROLE <<app>> IN DATABASE app SET work_mem TO "
        "'8MB';\n",
        "ALTER DATABASE db SET role TO <<'app'>>;",
        "ALTER DATABASE db SET \"role\" = <<'it''s'>>;",
        "ALTER DATABASE db SET session_authorization TO <<'app'>>;",
        "ALTER DATABASE set SET role TO <<'set'>>; ALTER DATABASE role SET role TO <<app>>;",
        "ALTER ROLE <<set>> IN DATABASE set SET role TO <<'b'>>;",
        "ALTER USER <<\"we\"\"ird\">> IN DATABASE \"in\" SET session_authorization = <<'b'>>;",
        "ALTER ROLE ALL IN DATABASE db SET role TO <<'b'>>;",
        "ALTER DATABASE db SET search_path TO 'role', 'app'; ALTER DATABASE db SET role TO DEFAULT;",
        "ALTER DATABASE db SET role TO 'none'; ALTER DATABASE db SET role TO NONE;",
        "ALTER DATABASE db SET \"my.role\" TO 'app'; ALTER DATABASE db SET my.role TO 'app';",
        "ALTER DATABASE db SET application_name TO 'SET role TO app';",
        "ALTER DATABASE app IS_TEMPLATE = true; ALTER DATABASE app CONNECTION LIMIT = 5;",
        "ALTER DATABASE db SET role FROM CURRENT; ALTER DATABASE db RESET role; ALTER DATABASE db SET",
    });
}

TEST(RoleNames, OfSchemas) {
    expect_names({
        "CREATE SCHEMA app;",
        "CREATE SCHEMA app AUTHORIZATION <<app>>;",
        "CREATE SCHEMA \"authorization\" AUTHORIZATION <<\"authorization\">>;",
        "-- *not* creating schema, since initdb creates it AUTHORIZATION app\n",
    });
}

TEST(RoleNames, OfRoutines) {
    expect_names({
        "CREATE FUNCTION app.f() RETURNS name\n    LANGUAGE sql\n    SET role TO <<'app'>>\n    AS $$SET "
        "role TO 'x'$$;\n",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql SET session_authorization = <<'a'>> AS "
        "'SELECT 1';",
        "CREATE PROCEDURE p() LANGUAGE sql SET search_path TO 'app' SET \"role\" TO <<'app'>> AS 'SET role "
        "TO a';",
        "CREATE FUNCTION f(a text DEFAULT 'SET role TO x', role name DEFAULT 'app') RETURNS void LANGUAGE "
        "sql\n"
        "    SET role TO <<'app'>> SET \"session_authorization\" TO <<'b'>> AS $$x$$;",
        "CREATE FUNCTION f(a text DEFAULT XMLSERIALIZE(CONTENT x AS text)) RETURNS text LANGUAGE sql\n"
        "    SET role TO <<'app'>> AS $$x$$;",
        "CREATE FUNCTION set() RETURNS int LANGUAGE sql SET role TO <<'app'>> AS $$x$$;",
        "CREATE FUNCTION set.role(set int) RETURNS role LANGUAGE sql SET role TO <<'app'>> AS $$x$$;",
        "CREATE FUNCTION begin(atomic int) RETURNS begin LANGUAGE sql SET role TO <<'app'>> AS $$x$$;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET role TO <<'a'>> RETURN (SELECT 'SET role TO "
        "''b''');",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql SET role TO <<'app'>>\n"
        "    BEGIN ATOMIC\n UPDATE t SET role = 'app';\n UPDATE t x SET role = 'app' WHERE (x.a = "
        "1);\nEND;\n",
        "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC\n SELECT 'a' AS role;\n UPDATE t SET role = "
        "'app';\nEND;\n",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC\n WITH a AS (UPDATE t SET role = 'a' "
        "RETURNING 1)\n"
        "   UPDATE t SET session_authorization = 'app';\nEND;\n",
    });
}

TEST(RoleNames, OfNothingElse) {
    for (const char* sql : {
             "",
             ";;",
             "CREATE TABLE app.app (app text DEFAULT 'app');\nALTER TABLE ONLY app.app REPLICA IDENTITY "
             "NOTHING;\n",
             "CREATE VIEW v AS SELECT 'GRANT SELECT ON t TO app';",
             "CREATE RULE r AS ON DELETE TO app DO INSTEAD UPDATE t SET role = 'app';",
             "COMMENT ON TABLE app IS 'GRANT SELECT ON t TO app;';",
             "SET role TO 'app';",
             "-- GRANT SELECT ON t TO app;\n/* GRANT SELECT ON t TO app; */",
             "$$ GRANT SELECT ON t TO app; $$",
             "GRANT",
             "GRANT SELECT",
             "GRANT SELECT ON",
             "GRANT SELECT ON t TO",
             "GRANT SELECT ON t TO ;",
             "SET SESSION AUTHORIZATION",
             "ALTER DEFAULT PRIVILEGES FOR ROLE",
             "CREATE POLICY p ON t TO",
             "ALTER ROLE",
             "CREATE USER MAPPING FOR",
             "ALTER DATABASE db SET role TO",
             "CREATE SCHEMA x AUTHORIZATION",
         })
        EXPECT_EQ(with_marks(sql), sql);
}

TEST(TablespaceNames, DoNotRunTogetherWithTheirNeighbours) {
    const std::string other = "Slow";
    const std::string plain = "slow";
    const auto with = [](const char* sql, const std::string& name) {
        return replace_tablespace_names(sql, {}, [&](const std::string&) { return &name; }).apply(sql);
    };
    EXPECT_EQ(with("CREATE DATABASE d TABLESPACE\"f\"OWNER a;", plain),
              "CREATE DATABASE d TABLESPACE\"slow\"OWNER a;");
    EXPECT_EQ(with("CREATE DATABASE d TABLESPACE f\"x\";", other),
              "CREATE DATABASE d TABLESPACE \"Slow\" \"x\";");
}

TEST(RoleNames, PublicIsNoRoleExceptInUpperCaseQuotes) {
    expect_names({
        "GRANT ALL ON t TO PUBLIC; GRANT ALL ON t TO public; GRANT ALL ON t TO Public; GRANT ALL ON t TO "
        "\"public\";",
        "GRANT ALL ON t TO <<\"PUBLIC\">>, <<\"Public\">>, <<public_>>;",
        "CREATE POLICY p ON t TO PUBLIC, \"public\", <<\"PUBLIC\">>;",
    });
}

TEST(RoleNames, MayBeCalledLikeAnything) {
    expect_names({
        "GRANT ALL ON TABLE app.app TO <<app>>;",
        "GRANT ALL ON TABLE revoke TO <<revoke>>;",
        "GRANT ALL ON TABLE \"TO app\" TO <<\"TO app\">>;",
        "GRANT ALL ON TABLE \"to\".\"from\" TO <<\"to\">>, <<\"from\">>, <<\"on\">>;",
        "REVOKE ALL ON SCHEMA granted FROM <<granted>> GRANTED BY <<by>>;",
        "GRANT ALL ON TABLE \"semi;colon\" TO <<\"semi;colon\">>, <<\"par(en\">>; REVOKE ALL ON t FROM "
        "<<\"--\">>;",
        "GRANT ALL ON t TO <<zo\xc3\xab>>, <<\"\xe2\x98\x83\">>, <<\"\"\"\">>, <<\"it's\">>, <<\"$$\">>, "
        "<<\"all\">>, <<\"user\">>;",
    });
}

TEST(RoleNames, AreNotTakenForKeywordsToo) {
    const auto names = role_names("ALTER DATABASE d SET role TO SET role TO 'a';");
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(names[0].name, "set");
}

TEST(RoleNames, AreSoonSeenToBeMissing) {
    EXPECT_FALSE(may_name_role("GRANT ALL ON TABLE t TO b;", "a_role"));
    EXPECT_FALSE(may_name_role("", "a"));
    for (const char* sql : {"REVOKE ALL ON TABLE t FROM a_role;", "GRANT ALL ON t TO A_Role;", "a_role",
                            "SET SESSION AUTHORIZATION 'a_role';", R"(SET role TO E'a\_role')"})
        EXPECT_TRUE(may_name_role(sql, "a_role")) << sql;
    // No role's name: not worth a search.
    EXPECT_TRUE(may_name_role("GRANT ALL ON TABLE t TO b;", std::string(64, 'a')));
    // Its quotes are doubled, which only decoding tells.
    EXPECT_TRUE(may_name_role("GRANT ALL ON TABLE t TO \"a\"\"b\";", "a\"b"));
}

TEST(RoleNames, AreDecoded) {
    const auto names = role_names(
        "GRANT ALL ON t TO App, \"App\", \"we\"\"ird\"; "
        "ALTER DATABASE d SET role TO 'it''s \\'",
        {});
    ASSERT_EQ(names.size(), 4U);
    EXPECT_EQ(names[0].name, "app");
    EXPECT_EQ(names[1].name, "App");
    EXPECT_EQ(names[2].name, "we\"ird");
    EXPECT_FALSE(names[2].is_literal);
    EXPECT_EQ(names[3].name, "it's \\");
    EXPECT_TRUE(names[3].is_literal);
}

TEST(RoleNames, OfTheOldDialectHaveBackslashesDoubled) {
    const auto names = role_names(R"(ALTER DATABASE d SET role TO 'back\\slash')", escaping);
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(names[0].name, "back\\slash");
    const std::string marked =
        R"(ALTER DATABASE d SET role TO <<'it\'s; --'>>; GRANT ALL ON t TO <<"\">>, <<b>>;)";
    EXPECT_EQ(with_marks(without_marks(marked), escaping), marked);
    expect_names({R"(ALTER DATABASE d SET role TO <<E'it\'s; --'>>; GRANT ALL ON t TO <<b>>;)"});
}

TEST(ReplaceRoleNames, QuotesAsThePlaceWantsIt) {
    EXPECT_EQ(replaced("GRANT ALL ON t TO a, \"B\", c;", {"\"", "plain", "user"}),
              "GRANT ALL ON t TO \"\"\"\", plain, \"user\";");
    EXPECT_EQ(replaced("ALTER ROLE a IN DATABASE d SET role TO 'b';", {"A", "it's \\"}),
              "ALTER ROLE \"A\" IN DATABASE d SET role TO 'it''s \\';");
    EXPECT_EQ(replaced("ALTER DATABASE d SET role TO 'b';", {"it's \\"}, escaping),
              "ALTER DATABASE d SET role TO 'it''s \\\\';");
    EXPECT_EQ(replaced("ALTER DATABASE d SET role TO b;", {"it's"}),
              "ALTER DATABASE d SET role TO \"it's\";");
    EXPECT_EQ(replaced("GRANT ALL ON t TO\"A\"WITH GRANT OPTION; REVOKE ALL ON t FROM\"B\";", {"a", "b"}),
              "GRANT ALL ON t TO\"a\"WITH GRANT OPTION; REVOKE ALL ON t FROM\"b\";");
    EXPECT_EQ(replaced("GRANT ALL ON t TO a\"x\";", {"A b"}), "GRANT ALL ON t TO \"A b\" \"x\";");
    EXPECT_EQ(replaced("SELECT 1;", {}), "SELECT 1;");
}

// ------------------------------------------------------------------------------------------ PostgreSQL

std::vector<std::string> words_of(const std::string& text, std::vector<std::string> others) {
    std::istringstream in(text);
    others.insert(others.end(), std::istream_iterator<std::string>(in), {});
    return others;
}

std::string any_role_name() {
    static const std::vector<std::string> names = words_of(
        "app App PUBLIC public to on from for grant revoke set role begin atomic as group granted by using "
        "with user "
        "current_user authorization default all in database session_authorization schema function zo\xc3\xab "
        "it's $$ /*",
        {"we\"ird", "semi;colon", "par(en", "back\\", "-- TO x", "new\nline"});
    return *rc::gen::elementOf(names);
}

std::string any_blank() {
    return *rc::gen::weightedElement<std::string>(
        {{20, " "}, {3, "\n    "}, {1, " /* TO a /* ; */ ' */ "}, {1, " -- FROM b; \"\n"}});
}

/// A statement of a template: {r} becomes a role, {l} a role as a literal, {n} another name, {s} a string.
std::string fill(const std::string& form) {
    std::string sql;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] == ' ') {
            sql += any_blank();
        } else if (form[i] == '{') {
            const char placeholder = form[i + 1];
            i += 2;
            if (placeholder == 'r')
                sql += *rc::gen::element(true, true, true, true, false) ? quote_identifier(any_role_name())
                                                                        : "CURRENT_USER";
            else
                sql += placeholder == 'n' ? quote_identifier(any_role_name())
                                          : quote_literal(any_role_name(), {});
        } else {
            sql += form[i];
        }
    }
    return sql;
}

std::string any_naming_statement() {
    static const std::vector<std::string> forms{
        "GRANT SELECT ON TABLE {n}.{n} TO {r};",
        "GRANT SELECT({n}),UPDATE({n}) ON TABLE {n} TO {r}, GROUP {r} WITH GRANT OPTION GRANTED BY {r};",
        "REVOKE GRANT OPTION FOR ALL ON FUNCTION {n}.{n}({n} integer, {n}.{n}) FROM {r}, {r} CASCADE;",
        "GRANT ALL ON LARGE OBJECT 42 TO PUBLIC, {r}; REVOKE ALL ON SCHEMA {n} FROM PUBLIC;",
        "SET SESSION AUTHORIZATION {n}; GRANT USAGE ON FOREIGN SERVER {n} TO {r}; RESET SESSION "
        "AUTHORIZATION;",
        "SET SESSION AUTHORIZATION {l};",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {r} IN SCHEMA {n} REVOKE ALL ON TABLES FROM {r};",
        "ALTER DEFAULT PRIVILEGES FOR USER {r}, {r} GRANT SELECT ON SEQUENCES TO {r} WITH GRANT OPTION;",
        "CREATE POLICY {n} ON {n}.{n} AS RESTRICTIVE FOR SELECT TO {r}, {r} USING (({n} = {s}));",
        "CREATE POLICY {n} ON {n} FOR UPDATE USING (({n} = CURRENT_USER)) WITH CHECK (({n} IN ( SELECT "
        "{s})));",
        "CREATE USER MAPPING FOR {r} SERVER {n} OPTIONS ( \"user\" {s} );",
        "DROP USER MAPPING FOR {r} SERVER {n};",
        "ALTER DATABASE {n} SET role TO {l}; ALTER DATABASE {n} SET application_name TO {s};",
        "ALTER ROLE {r} IN DATABASE {n} SET session_authorization = {l};",
        "ALTER ROLE {r} IN DATABASE {n} SET search_path TO {s}, {s};",
        "CREATE SCHEMA {n} AUTHORIZATION {r};",
        "CREATE FUNCTION {n}.{n}({n} text DEFAULT {s}) RETURNS {n}.{n} LANGUAGE {n} SET role TO {l}"
        " SET \"session_authorization\" TO {l} SET search_path TO {s} AS {s};",
        "CREATE PROCEDURE {n}.{n}() LANGUAGE sql SET role TO {l} BEGIN ATOMIC UPDATE {n} SET role = {s};"
        " UPDATE {n} AS {n} SET session_authorization = {s}, {n} = {s}; END;",
        "COMMENT ON TABLE {n}.{n} IS {s};",
    };
    return fill(*rc::gen::elementOf(forms));
}

void check_against_postgres(const std::string& sql) {
    const auto tree = postgres_parse(sql);
    RC_ASSERT(tree.has_value());
    const std::vector<RoleName> found = role_names(sql);
    const std::vector<std::string> names = sorted_names(sql);
    std::vector<std::string> expected = roles_in(*tree);
    std::erase(expected, "public");  // in a literal; no role is called that
    std::sort(expected.begin(), expected.end());
    RC_ASSERT(names == expected);

    std::map<std::string, std::string> new_names;
    for (const std::string& name : names) new_names.emplace(name, any_role_name() + "_");
    std::vector<std::string> in_order;
    for (const RoleName& name : found) in_order.push_back(new_names.at(name.name));
    const auto new_tree = postgres_parse(replaced(sql, in_order));
    RC_ASSERT(new_tree.has_value());
    RC_ASSERT(without_locations(*new_tree) == with_roles_renamed(without_locations(*tree), new_names));
}

RC_GTEST_PROP(RoleNamesAgainstPostgres, TheSameAreFoundAndReplaced, ()) {
    for (int i = 0; i < 20; ++i) check_against_postgres(any_naming_statement());
}

/// Keywords, names and marks in any order.
std::string any_words() {
    static const std::vector<std::string> words = words_of(
        "GRANT REVOKE ON TO FROM GROUP GRANTED BY SET SESSION AUTHORIZATION role ALTER DEFAULT PRIVILEGES "
        "FOR ROLE CREATE "
        "POLICY USER MAPPING DATABASE IN SCHEMA FUNCTION AS BEGIN ATOMIC USING WITH DROP",
        {"=", ",", ";", "(", ")", "app", "\"app\"", "'app'", "$$app$$", "E'a", "\""});
    std::string text;
    for (const std::string& word : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(words)))
        text += word + " ";
    return text;
}

RC_GTEST_PROP(RoleNamesProperty, AnyWordsAreReadAndKept, ()) {
    // Statements that get somewhere begin with the words of one.
    const std::string text =
        *rc::gen::element<std::string>("", "GRANT ALL ON t TO ", "ALTER DEFAULT PRIVILEGES FOR ROLE ",
                                       "CREATE POLICY p ON t ", "ALTER ROLE a IN DATABASE d ",
                                       "CREATE FUNCTION f() ", "ALTER DATABASE d SET ") +
        any_words();
    const std::vector<RoleName> names = role_names(text);
    std::size_t end = 0;
    std::vector<std::string> new_names;
    std::string expected;
    for (const RoleName& name : names) {
        RC_ASSERT(name.position >= end);
        expected += text.substr(end, name.position - end) + (name.is_literal ? "'X'" : "\"X\"");
        end = name.position + name.size;
        RC_ASSERT(end <= text.size());
        new_names.emplace_back("X");
    }
    RC_ASSERT(replaced(text, new_names) == expected + text.substr(end));
    RC_ASSERT(mentions(text, "nobody") == 0U);
}

// ------------------------------------------------------------------------------------------ mentions

TEST(CountMentions, InStringsAndBodies) {
    EXPECT_EQ(mentions("CREATE FUNCTION f() AS $$ SET ROLE app; GRANT app TO app_ro, \"app\" $$;", "app"),
              3U);
    EXPECT_EQ(mentions("CREATE FUNCTION f() AS 'SET ROLE app';", "app"), 1U);
    EXPECT_EQ(
        mentions("CREATE SUBSCRIPTION s CONNECTION 'host=x user=app password=app1' PUBLICATION app;", "app"),
        1U);
    EXPECT_EQ(mentions("CREATE VIEW v AS SELECT pg_has_role('app', 'x'), pg_has_role(E'app');", "app"), 2U);
    EXPECT_EQ(mentions("CREATE POLICY p ON t TO app USING ((CURRENT_USER = 'app'::name));", "app"), 1U);
}

TEST(CountMentions, OnlyAsAWordOfItsOwn) {
    EXPECT_EQ(mentions("SELECT 'app_ro', 'myapp', 'app1', 'app$', 'zo\xc3\xab''app\xc3\xab'", "app"), 0U);
    EXPECT_EQ(mentions("SELECT 'app-x app.t (app)'", "app"), 3U);
    EXPECT_EQ(mentions("SELECT 'x$dollar$y'", "$dollar$"), 0U);
    EXPECT_EQ(mentions("SELECT 'a$dollar$', 'to $dollar$;'", "$dollar$"), 1U);
}

TEST(CountMentions, InEverySpelling) {
    EXPECT_EQ(mentions("SELECT 'it''s', $$ TO \"it's\" 'it''s' $$", "it's"), 3U);
    EXPECT_EQ(mentions("SELECT 'we\"ird', $$ TO \"we\"\"ird\" $$", "we\"ird"), 2U);
    EXPECT_EQ(mentions("SELECT $$ TO \"new\nline\" $$", "new\nline"), 1U);
}

TEST(CountMentions, NotOfRoleNamesThatAreRewritten) {
    EXPECT_EQ(mentions("CREATE FUNCTION f() SET role TO 'app' AS '';", "app"), 0U);
    EXPECT_EQ(mentions("GRANT ALL ON t TO app; SET SESSION AUTHORIZATION 'app';", "app"), 0U);
    EXPECT_EQ(mentions("CREATE FUNCTION f() SET role TO 'app' AS '';", "app", false), 1U);
}

TEST(CountMentions, NotOutsideOfStrings) {
    EXPECT_EQ(mentions("CREATE TABLE app.app (app text); -- app 'app'\n/* 'app' */", "app"), 0U);
}

TEST(CountMentions, NotInNamesOfOtherThings) {
    EXPECT_EQ(
        mentions("SELECT nextval('app.s'::regclass), 'app'::pg_catalog.regclass, 'app.f'::regproc", "app"),
        0U);
    EXPECT_EQ(mentions("SELECT 'app'::regrole, 'app'::name, 'app'::pg_catalog.regrole", "app"), 3U);
    EXPECT_EQ(
        mentions("ALTER DATABASE d SET search_path TO 'x', 'app'; ALTER DATABASE d SET a.b TO 'app';", "app"),
        1U);
    EXPECT_EQ(mentions("CREATE FUNCTION f() SET search_path TO 'app' SET default_tablespace TO 'app'\n"
                       "    SET temp_tablespaces TO 'app', 'app' SET application_name TO 'app' AS '';",
                       "app"),
              1U);
}

// ------------------------------------------------------------------------------------------ clauses, kinds

std::optional<std::string> without(const std::string& sql, const std::optional<NamedClause>& found) {
    if (!found) return std::nullopt;
    return sql.substr(0, found->clause.begin) + sql.substr(found->clause.end);
}
std::optional<std::string> without_tablespace(const std::string& sql) {
    return without(sql, find_tablespace(sql, {}));
}
std::optional<std::string> without_authorization(const std::string& sql) {
    return without(sql, find_authorization(sql, {}));
}

TEST(Clauses, TablespaceIsTakenOutOfCreateDatabase) {
    EXPECT_EQ(without_tablespace("CREATE DATABASE d WITH ENCODING = 'UTF8' TABLESPACE = ts;\n"),
              "CREATE DATABASE d WITH ENCODING = 'UTF8';\n");
    EXPECT_EQ(without_tablespace("CREATE DATABASE d TABLESPACE \"Ts \"\"q\"\"\" ENCODING = 'x'"),
              "CREATE DATABASE d ENCODING = 'x'");
    EXPECT_EQ(without_tablespace("-- TABLESPACE = a\nCREATE DATABASE tablespace TABLESPACE = tablespace;"),
              "-- TABLESPACE = a\nCREATE DATABASE tablespace;");
    for (const char* sql : {"CREATE DATABASE d ENCODING = 'TABLESPACE = x';", "CREATE DATABASE tablespace;",
                            "", "CREATE DATABASE d -- TABLESPACE = x\n;", "CREATE TABLE t () TABLESPACE ts;",
                            "CREATE DATABASE d TABLESPACE", "CREATE DATABASE d TABLESPACE ="})
        EXPECT_EQ(without_tablespace(sql), std::nullopt) << sql;
}

TEST(Clauses, AuthorizationIsTakenOutOfCreateSchema) {
    EXPECT_EQ(without_authorization("CREATE SCHEMA app AUTHORIZATION \"we\"\"ird\";\n"),
              "CREATE SCHEMA app;\n");
    EXPECT_EQ(without_authorization("CREATE SCHEMA \"authorization\"\n AUTHORIZATION app"),
              "CREATE SCHEMA \"authorization\"");
    for (const char* sql :
         {"CREATE SCHEMA app;", "CREATE SCHEMA AUTHORIZATION app;", "", "CREATE SCHEMA app AUTHORIZATION",
          "ALTER SCHEMA app AUTHORIZATION x;", "CREATE SCHEMA \"AUTHORIZATION x\";"})
        EXPECT_EQ(without_authorization(sql), std::nullopt) << sql;
}

bool is_on(std::string_view sql, std::initializer_list<std::string_view> kind, Dialect dialect) {
    const std::array<Words, 1> kinds{Words(kind.begin(), kind.size())};
    return find_objects(sql, kinds, dialect) == 1;
}

TEST(FindObjects, TellsWhatAStatementIsAbout) {
    EXPECT_TRUE(is_on("GRANT SELECT ON LARGE OBJECT 1 TO app;", {"large", "object"}, {}));
    EXPECT_TRUE(is_on("COMMENT ON database d IS 'x';", {"database"}, {}));
    EXPECT_TRUE(is_on("SECURITY LABEL FOR p ON LARGE OBJECT 1 IS 'x';", {"large", "object"}, {}));
    EXPECT_TRUE(is_on("SET SESSION AUTHORIZATION a;\nREVOKE ALL ON DATABASE d FROM b;", {"database"}, {}));
    EXPECT_FALSE(is_on("COMMENT ON TABLE database IS 'ON DATABASE x';", {"database"}, {}));
    EXPECT_FALSE(is_on("GRANT SELECT ON TABLE large TO object;", {"large", "object"}, {}));
    EXPECT_FALSE(is_on("GRANT SELECT(\"on\") ON \"database\" TO a; -- ON DATABASE x", {"database"}, {}));
    EXPECT_FALSE(is_on("COMMENT ON TABLE t IS 'x'", {"database"}, {}));
    EXPECT_FALSE(is_on("GRANT SELECT ON", {"database"}, {}));
    EXPECT_TRUE(is_on("COMMENT on/* */DATABASE d IS 'x';", {"database"}, {}));
}

TEST(FindObjects, TellsOfSeveralKinds) {
    constexpr std::array<std::string_view, 2> event_trigger{"event", "trigger"};
    constexpr std::array<std::string_view, 1> policy{"policy"};
    constexpr std::array<std::string_view, 1> database{"database"};
    const std::array<Words, 3> kinds{event_trigger, policy, database};
    EXPECT_EQ(find_objects("COMMENT ON POLICY p ON t IS 'on database d';", kinds, {}), 2U);
    EXPECT_EQ(find_objects("COMMENT ON EVENT TRIGGER t IS 'x'; GRANT c ON DATABASE d TO r;", kinds, {}), 5U);
    EXPECT_EQ(find_objects("COMMENT ON EVENT t IS 'x';", kinds, {}), 0U);
}

}  // namespace
}  // namespace pgfilter::sql
