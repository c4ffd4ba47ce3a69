// SPDX-License-Identifier: PostgreSQL
// What is left of statements without some roles, and without grants.
#include "sql/role_statements.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "pgfilter/error.hpp"
#include "support/postgres.hpp"

namespace pgfilter::sql {
namespace {

using namespace test;
using Names = std::set<std::string>;

/// A number for each name, the same in all texts.
RoleNumber number_of(const std::string& name) {
    static std::map<std::string, RoleNumber> numbers;
    return numbers.try_emplace(name, static_cast<RoleNumber>(numbers.size() + 1)).first->second;
}

struct Result {
    std::string text;
    Removal removal;
    ObjectOptions options;
};

Result without(const Names& gone, const std::string& sql, const ObjectOptions& of_table = {},
               bool knows_maintain = false) {
    Result result;
    GrantOptions options(sql.size(), &of_table);
    const auto fate = [&](const RoleName& name) {
        return RoleFate{gone.contains(name.name), number_of(name.name)};
    };
    result.removal = remove_roles(sql, {}, fate, knows_maintain, options);
    result.options = options.of_object();
    result.text = result.removal.splices.apply(sql);
    EXPECT_EQ(result.removal.changed(), result.text != sql) << sql;
    return result;
}

std::string text_without(const Names& gone, const std::string& sql) {
    return without(gone, sql).text;
}

std::string without_grants(const std::string& sql) {
    const Removal removal = remove_grants(sql, {});
    std::string text = removal.splices.apply(sql);
    EXPECT_EQ(removal.changed(), text != sql) << sql;
    return text;
}

TEST(RoleStatements, GoWithTheirLines) {
    EXPECT_EQ(
        text_without({"a"},
                     "REVOKE ALL ON TABLE t FROM a;\nGRANT ALL ON TABLE t TO b;\n"
                     "GRANT SELECT ON TABLE t TO a WITH GRANT OPTION;\nGRANT ALL ON TABLE t TO PUBLIC;\n"),
        "GRANT ALL ON TABLE t TO b;\nGRANT ALL ON TABLE t TO PUBLIC;\n");
    EXPECT_EQ(text_without({"a"}, "GRANT ALL ON t TO b; GRANT ALL ON t TO a; GRANT ALL ON t TO c;\n"),
              "GRANT ALL ON t TO b; GRANT ALL ON t TO c;\n");
    EXPECT_EQ(text_without({"a"}, "GRANT ALL ON t TO a; GRANT ALL ON t TO b;\n"), "GRANT ALL ON t TO b;\n");
    EXPECT_EQ(text_without({"a"}, "GRANT ALL ON t TO b; GRANT ALL ON t TO a;\n"), "GRANT ALL ON t TO b;\n");
    EXPECT_EQ(text_without({"a"}, "-- x\n  GRANT ALL ON t TO a;  \r\n-- y\n"), "-- x\n-- y\n");
    EXPECT_EQ(text_without({"a"}, "GRANT ALL ON t TO a"), "");
}

TEST(RoleStatements, NothingButTheNamesGoes) {
    const std::string sql =
        "GRANT SELECT(a) ON TABLE \"TO a\" TO b;\n\n  -- TO a\nREVOKE ALL ON a.a FROM PUBLIC;\nSELECT 'a';\n";
    EXPECT_EQ(text_without({"a"}, sql), sql);
    EXPECT_FALSE(without({"a"}, sql).removal.changed());
}

TEST(RoleStatements, LoseNamesOfLists) {
    EXPECT_EQ(text_without({"a"}, "GRANT ALL ON t TO a, b, c;"), "GRANT ALL ON t TO b, c;");
    EXPECT_EQ(text_without({"b"}, "GRANT ALL ON t TO a, b, c;"), "GRANT ALL ON t TO a, c;");
    EXPECT_EQ(text_without({"c"}, "GRANT ALL ON t TO a, b, c;"), "GRANT ALL ON t TO a, b;");
    EXPECT_EQ(text_without({"a", "b"}, "GRANT ALL ON t TO a , b ,c;"), "GRANT ALL ON t TO c;");
    EXPECT_EQ(text_without({"a", "c"}, "GRANT ALL ON t TO a,GROUP b,GROUP c WITH GRANT OPTION;"),
              "GRANT ALL ON t TO GROUP b WITH GRANT OPTION;");
    EXPECT_EQ(text_without({"a", "b"}, "GRANT ALL ON t TO a, PUBLIC, b;"), "GRANT ALL ON t TO PUBLIC;");
    EXPECT_EQ(text_without({"a", "d"}, "GRANT ALL ON t TO a, b, c, d GRANTED BY x;"),
              "GRANT ALL ON t TO b, c GRANTED BY x;");
    EXPECT_EQ(text_without({"x"}, "GRANT ALL ON t TO a, b GRANTED BY x;\n"), "");
}

TEST(RoleStatements, OfDefaultPrivileges) {
    const std::string sql =
        "ALTER DEFAULT PRIVILEGES FOR ROLE a, b IN SCHEMA a GRANT ALL ON TABLES  TO c, d;\n";
    EXPECT_EQ(text_without({"a", "d"}, sql),
              "ALTER DEFAULT PRIVILEGES FOR ROLE b IN SCHEMA a GRANT ALL ON TABLES  TO c;\n");
    EXPECT_EQ(text_without({"a", "b"}, sql), "");
    EXPECT_EQ(text_without({"c", "d"}, sql), "");
}

TEST(RoleStatements, InTheNameOfOthers) {
    const std::string pair =
        "GRANT ALL ON t TO x;\nSET SESSION AUTHORIZATION a;\nGRANT SELECT ON t TO b;\nGRANT INSERT ON t TO "
        "c;\n"
        "RESET SESSION AUTHORIZATION;\nGRANT ALL ON t TO y;\n";
    EXPECT_EQ(text_without({"a"}, pair), "GRANT ALL ON t TO x;\nGRANT ALL ON t TO y;\n");
    EXPECT_EQ(text_without({"b", "c"}, pair), "GRANT ALL ON t TO x;\nGRANT ALL ON t TO y;\n");
    EXPECT_EQ(text_without({"b"}, pair),
              "GRANT ALL ON t TO x;\nSET SESSION AUTHORIZATION a;\nGRANT INSERT ON t TO c;\n"
              "RESET SESSION AUTHORIZATION;\nGRANT ALL ON t TO y;\n");
    EXPECT_EQ(text_without({"x", "c"}, pair),
              "SET SESSION AUTHORIZATION a;\nGRANT SELECT ON t TO b;\nRESET SESSION AUTHORIZATION;\n"
              "GRANT ALL ON t TO y;\n");
    const Result nothing = without({"a", "x", "y"}, pair);
    EXPECT_EQ(nothing.text, "");
    EXPECT_EQ(nothing.removal.left, 0U);
}

TEST(RoleStatements, AnEmptyPairOfBeforeStays) {
    const std::string sql =
        "SET SESSION AUTHORIZATION a;\nRESET SESSION AUTHORIZATION;\nGRANT ALL ON t TO b;\nGRANT ALL ON t TO "
        "c;\n";
    EXPECT_EQ(text_without({"b"}, sql),
              "SET SESSION AUTHORIZATION a;\nRESET SESSION AUTHORIZATION;\nGRANT ALL ON t TO c;\n");
}

TEST(RoleStatements, PairsThatDoNotEndAsPgDumpsDo) {
    const std::string sql =
        "SET SESSION AUTHORIZATION a;\nGRANT ALL ON t TO x;\nSET SESSION AUTHORIZATION b;\nGRANT ALL ON t TO "
        "y;\n"
        "SET SESSION AUTHORIZATION DEFAULT;\nGRANT ALL ON t TO z;\n";
    EXPECT_EQ(text_without({"a"}, sql),
              "SET SESSION AUTHORIZATION b;\nGRANT ALL ON t TO y;\nSET SESSION AUTHORIZATION DEFAULT;\n"
              "GRANT ALL ON t TO z;\n");
    EXPECT_EQ(text_without({"b"}, sql),
              "SET SESSION AUTHORIZATION a;\nGRANT ALL ON t TO x;\nSET SESSION AUTHORIZATION DEFAULT;\n"
              "GRANT ALL ON t TO z;\n")
        << "what a opened must still end";
    EXPECT_EQ(text_without({"y"}, sql),
              "SET SESSION AUTHORIZATION a;\nGRANT ALL ON t TO x;\nSET SESSION AUTHORIZATION DEFAULT;\n"
              "GRANT ALL ON t TO z;\n");
    EXPECT_EQ(text_without({"a"}, "SET SESSION AUTHORIZATION 'a';\nGRANT ALL ON t TO x;\n"), "");
    EXPECT_EQ(text_without({"x"}, "SET SESSION AUTHORIZATION a;\nGRANT ALL ON t TO x;\n"), "");
}

std::string by(const std::string& role, const std::string& statements) {
    return "SET SESSION AUTHORIZATION " + role + ";\n" + statements + "RESET SESSION AUTHORIZATION;\n";
}

/// `what`: "SELECT ON TABLE t", or without the table.
std::string grant(const std::string& what, const std::string& roles) {
    const std::string object = what.find(" ON ") == std::string::npos ? " ON TABLE t" : "";
    return "GRANT " + what + object + " TO " + roles + ";\n";
}
std::string grant_on(const std::string& what, const std::string& roles) {
    return grant(what, roles + " WITH GRANT OPTION");
}

TEST(GrantOptionsOfDroppedRoles, AreLostInEveryDepth) {
    const std::string sql = grant_on("SELECT", "a") + by("a", grant_on("SELECT", "b")) +
                            by("b", grant_on("SELECT", "c")) + by("c", grant("SELECT", "d"));
    const Result result = without({"a"}, sql);
    EXPECT_EQ(result.text, "");
    EXPECT_EQ(result.removal.left, 0U);
    EXPECT_EQ(without({}, by("b", grant("SELECT", "c")), result.options).text, "") << "in another text, too";
    EXPECT_EQ(text_without({"z"}, sql), sql);
}

TEST(GrantOptionsOfDroppedRoles, AreThoseOfEachPrivilege) {
    const std::string both = by("x", grant_on("SELECT", "b")) + by("a", grant_on("UPDATE", "b"));
    const std::string rest = by("x", grant_on("SELECT", "b"));
    EXPECT_EQ(text_without({"a"}, both + by("b", grant("UPDATE", "c"))), rest);
    EXPECT_EQ(text_without({"a"}, both + by("b", grant("SELECT", "c"))),
              rest + by("b", grant("SELECT", "c")));
    EXPECT_EQ(text_without({"a"}, both + by("b", grant_on("SELECT, UPDATE", "c") + grant("UPDATE", "d"))),
              rest + by("b", grant_on("SELECT", "c")));
    EXPECT_EQ(text_without({"a", "d"}, both + by("b", grant("UPDATE,SELECT", "c, d, e"))),
              rest + by("b", grant("SELECT", "c, e")));
    EXPECT_EQ(text_without({"a"}, both + by("b", grant_on("SELECT,UPDATE", "c")) +
                                      by("c", grant("UPDATE", "d") + grant("SELECT", "d"))),
              rest + by("b", grant_on("SELECT", "c")) + by("c", grant("SELECT", "d")))
        << "what was cut, c does not have";
    EXPECT_EQ(text_without({"a"}, both + "GRANT SELECT,UPDATE ON TABLE t TO c GRANTED BY b;\n"),
              rest + "GRANT SELECT ON TABLE t TO c GRANTED BY b;\n");
}

TEST(GrantOptionsOfDroppedRoles, OfTwoGrantorsOneIsEnough) {
    const std::string kept = by("x", grant_on("SELECT", "b"));
    const std::string gone = by("a", grant_on("SELECT", "b"));
    const std::string by_b = by("b", grant_on("SELECT", "c")) + by("c", grant("SELECT", "d"));
    EXPECT_EQ(text_without({"a"}, kept + gone + by_b), kept + by_b);
    EXPECT_EQ(text_without({"a"}, gone + kept + by_b), kept + by_b);
    EXPECT_EQ(text_without({"a"}, grant_on("SELECT", "b") + gone + by_b), grant_on("SELECT", "b") + by_b);
    EXPECT_EQ(text_without({"a"}, gone + by("x", grant("SELECT", "b")) + by_b), by("x", grant("SELECT", "b")))
        << "without grant option that is no help";
    EXPECT_EQ(text_without({"a", "x"}, kept + gone + by_b), "");
}

TEST(GrantOptionsOfDroppedRoles, ComeTooLateBehindWhatTheyAllow) {
    const std::string gone = by("a", grant_on("SELECT", "b"));
    const std::string again = by("x", grant_on("SELECT", "b"));
    EXPECT_EQ(
        text_without({"a"}, gone + by("b", grant("SELECT", "c")) + again + by("b", grant("SELECT", "d"))),
        again + by("b", grant("SELECT", "d")))
        << "statements keep their order, and b could not grant yet";
}

TEST(GrantOptionsOfDroppedRoles, AreMoreOrLessThanAll) {
    const std::string from_a = by("a", grant_on("UPDATE", "b"));
    const std::string some = grant_on("SELECT,INSERT", "b");
    EXPECT_EQ(text_without({"a"}, grant_on("ALL", "b") + from_a + by("b", grant("UPDATE", "c"))),
              grant_on("ALL", "b") + by("b", grant("UPDATE", "c")));
    EXPECT_EQ(
        text_without({"a"}, by("a", grant_on("ALL", "b")) + some +
                                by("b", grant("ALL", "c") + grant("DELETE", "c") + grant("INSERT", "d"))),
        some + by("b", grant("SELECT,INSERT", "c") + grant("INSERT", "d")));
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("all privileges", "b")) + by("b", grant("FUTURE", "c"))),
              "");
    EXPECT_EQ(text_without({"a"}, grant_on("ALL", "b") + from_a + by("b", grant("FUTURE", "c"))),
              grant_on("ALL", "b") + by("b", grant("FUTURE", "c")));
    const std::string most = grant_on("SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,MAINTAIN", "b") +
                             by("a", grant_on("TRIGGER", "b"));
    const std::string left = grant_on("SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,MAINTAIN", "b");
    EXPECT_EQ(without({"a"}, most + by("b", grant_on("ALL", "c")), {}, true).text,
              left + by("b", grant_on("SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,MAINTAIN", "c")));
    const std::string sequence =
        grant_on("USAGE ON SEQUENCE s", "b") + by("a", grant_on("SELECT ON SEQUENCE s", "b"));
    EXPECT_EQ(text_without({"a"}, sequence + by("b", grant("ALL ON SEQUENCE s", "c"))),
              grant_on("USAGE ON SEQUENCE s", "b") + by("b", grant("USAGE ON SEQUENCE s", "c")))
        << "ALL meant what b had";
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("ALTER SYSTEM,SET ON PARAMETER p", "b")) +
                                      grant_on("SET ON PARAMETER p", "b") +
                                      by("b", grant("SET,ALTER  SYSTEM ON PARAMETER p", "c"))),
              grant_on("SET ON PARAMETER p", "b") + by("b", grant("SET ON PARAMETER p", "c")));
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("TEMP ON DATABASE d", "b")) +
                                      by("b", grant("TEMPORARY ON DATABASE d", "c"))),
              "");
}

TEST(GrantOptionsOfDroppedRoles, AreThoseOfEachColumn) {
    const std::string from_a = by("a", grant_on("SELECT(c1)", "b"));
    EXPECT_EQ(
        text_without({"a"}, grant_on("SELECT(c2)", "b") + from_a +
                                by("b", grant("SELECT(c1),SELECT(c2)", "c") + grant("SELECT(\"c1\")", "d"))),
        grant_on("SELECT(c2)", "b") + by("b", grant("SELECT(c2)", "c")));
    EXPECT_EQ(text_without({"a"}, grant_on("SELECT(c2, c3)", "b") + from_a +
                                      by("b", grant("SELECT (c3, c1, c2), UPDATE(c9)", "c"))),
              grant_on("SELECT(c2, c3)", "b") + by("b", grant("SELECT(c3),SELECT(c2),UPDATE(c9)", "c")))
        << "of UPDATE(c9) nothing is known";
    EXPECT_EQ(text_without({"a"}, grant_on("SELECT", "b") + from_a + by("b", grant("SELECT(c1)", "c"))),
              grant_on("SELECT", "b") + by("b", grant("SELECT(c1)", "c")))
        << "b may grant on all of the table";
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("SELECT", "b")) + grant_on("SELECT(c1)", "b") +
                                      by("b", grant("SELECT", "c") + grant("SELECT(c1)", "c") +
                                                  grant("SELECT(c2)", "c"))),
              grant_on("SELECT(c1)", "b") + by("b", grant("SELECT(c1)", "c")));
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("ALL(c1)", "b")) + grant_on("INSERT(c1)", "b") +
                                      by("b", grant("ALL(c1)", "c"))),
              grant_on("INSERT(c1)", "b") + by("b", grant("INSERT(c1)", "c")));
}

// "grant options cannot be granted back to your own grantor", says a server, whoever that was.
TEST(GrantOptionsOfDroppedRoles, OfATableAreNoneToGrantOnAColumnWith) {
    const std::string table = grant_on("SELECT,UPDATE", "b");
    const std::string own = grant_on("UPDATE(c1)", "b");
    const std::string from_a = by("a", grant_on("SELECT(c1)", "b"));
    EXPECT_EQ(text_without({"a"}, table + from_a + by("b", grant_on("SELECT(c1)", "c")) +
                                      by("c", grant("SELECT(c1)", "d"))),
              table + by("b", grant("SELECT(c1)", "c")));
    EXPECT_EQ(
        text_without({"a", "e"}, table + own + from_a + by("b", grant_on("SELECT(c1),UPDATE(c1)", "c,e, d"))),
        table + own + by("b", grant("SELECT(c1)", "c, d") + grant_on("UPDATE(c1)", "c, d")));
    EXPECT_EQ(text_without({"a"}, table + by("b", grant_on("SELECT(c1)", "c"))),
              table + by("b", grant_on("SELECT(c1)", "c")))
        << "nothing is lost here";
}

TEST(GrantOptionsOfDroppedRoles, OfATableHoldForItsColumns) {
    const ObjectOptions kept = without({}, grant_on("SELECT", "b")).options;
    const ObjectOptions lost = without({"a"}, by("a", grant_on("SELECT", "b"))).options;
    ASSERT_EQ(kept.size(), 1U);
    ASSERT_EQ(lost.size(), 1U);
    const std::string from_a = by("a", grant_on("SELECT(c)", "b"));
    const std::string by_b = by("b", grant("SELECT(c)", "d"));
    EXPECT_EQ(without({"a"}, from_a + by_b, kept).text, by_b);
    EXPECT_EQ(without({"a"}, from_a + by_b, lost).text, "");
    EXPECT_EQ(without({}, by_b, lost).text, "");
    EXPECT_EQ(without({}, grant_on("SELECT(c)", "b") + by_b, lost).text, grant_on("SELECT(c)", "b") + by_b)
        << "for this column";
    EXPECT_TRUE(without({}, grant_on("SELECT(c)", "b")).options.empty()) << "nothing of the table";
}

TEST(GrantOptionsOfDroppedRoles, AreThoseOfEachObject) {
    const std::string lost = by("a", grant_on("SELECT ON LARGE OBJECT 1", "b"));
    const std::string other = grant_on("SELECT ON LARGE OBJECT 2", "b");
    EXPECT_EQ(text_without({"a"}, lost + other +
                                      by("b", grant("SELECT ON LARGE OBJECT 1", "c") +
                                                  grant("SELECT ON LARGE OBJECT 2", "c"))),
              other + by("b", grant("SELECT ON LARGE OBJECT 2", "c")));
}

// As to grant, to revoke takes a grant option.
TEST(GrantOptionsOfDroppedRoles, LetNobodyRevoke) {
    const auto revoke = [](const std::string& what) { return "REVOKE " + what + " ON TABLE t FROM c;\n"; };
    const std::string before = grant_on("SELECT", "b") + by("a", grant_on("UPDATE", "b"));
    EXPECT_EQ(text_without({"a"}, before + by("b", revoke("UPDATE"))), grant_on("SELECT", "b"));
    EXPECT_EQ(text_without({"a"}, before + by("b", revoke("GRANT OPTION FOR SELECT, UPDATE"))),
              grant_on("SELECT", "b") + by("b", revoke("GRANT OPTION FOR SELECT")));
    EXPECT_EQ(text_without({"a"}, before + by("b", revoke("GRANT OPTION FOR UPDATE"))),
              grant_on("SELECT", "b"));
    EXPECT_EQ(text_without({"a"}, before + revoke("UPDATE")), grant_on("SELECT", "b") + revoke("UPDATE"))
        << "the owner may";
}

TEST(GrantOptionsOfDroppedRoles, WhoHasNothingLeftGrantsNothing) {
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("SELECT", "b")) + by("b", grant("UPDATE", "c"))), "")
        << "a server warned before, and would refuse now";
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("SELECT", "b")) + by("b", grant("{odd}", "c"))), "");
    EXPECT_EQ(text_without({"a"}, grant_on("SELECT", "b") + by("b", grant("{odd}", "c"))),
              grant_on("SELECT", "b") + by("b", grant("{odd}", "c")));
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("{odd}", "b")) + grant_on("SELECT", "b") +
                                      by("b", grant("{odd}", "c") + grant("SELECT,UPDATE", "c"))),
              grant_on("SELECT", "b") + by("b", grant("SELECT", "c")));
}

TEST(GrantOptionsOfDroppedRoles, AreNothingToDefaultPrivileges) {
    const std::string defaults =
        "ALTER DEFAULT PRIVILEGES FOR ROLE b GRANT SELECT ON TABLES TO c WITH GRANT OPTION;\n"
        "ALTER DEFAULT PRIVILEGES FOR ROLE b REVOKE GRANT OPTION FOR SELECT ON TABLES FROM d;\n";
    EXPECT_EQ(text_without({"a"}, by("a", grant_on("SELECT ON TABLES", "b")) + by("b", defaults)),
              by("b", defaults));
}

// pg_dump names one role and one column at a time.
TEST(GrantOptionsOfDroppedRoles, AreNoMoreThanATextOfThatLengthHas) {
    const auto list = [](const std::string& before, int number, const std::string& behind) {
        std::string all;
        for (int i = 0; i < number; ++i)
            all.append(i == 0 ? "" : ",").append(before).append(std::to_string(i)).append(behind);
        return all;
    };
    EXPECT_EQ(text_without({"a"}, grant_on(list("SELECT(c", 200, ")"), list("r", 200, ""))).size(),
              grant_on(list("SELECT(c", 200, ")"), list("r", 200, "")).size());
    for (const std::string& sql :
         {grant_on(list("SELECT(c", 400, ")"), list("r", 400, "")),
          grant_on("SELECT", list("r", 100'000, "")), grant_on(list("SELECT(c", 20'001, ")"), "b")}) {
        try {
            text_without({"a"}, sql);
            ADD_FAILURE() << sql.substr(0, 100);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::limit);
        }
    }
}

TEST(RoleStatements, OfPoliciesMappingsAndSettings) {
    EXPECT_EQ(text_without({"a"}, "CREATE POLICY p ON t FOR SELECT TO a, b USING ((x = 'TO a'));\n"),
              "CREATE POLICY p ON t FOR SELECT TO b USING ((x = 'TO a'));\n");
    EXPECT_EQ(without({"a"}, "CREATE POLICY p ON t TO a;\n").removal.left, 0U) << "and not TO PUBLIC";
    EXPECT_EQ(text_without({"a"}, "CREATE USER MAPPING FOR a SERVER s OPTIONS (\n    x ';'\n);\n"), "");
    EXPECT_EQ(text_without({"a"},
                           "ALTER DATABASE d SET role TO 'a';\nALTER ROLE a IN DATABASE d SET x TO 'y';\n"
                           "ALTER ROLE b IN DATABASE d SET role TO 'a';\nALTER ROLE b IN DATABASE d SET "
                           "x TO 'a';\nALTER DATABASE d SET role TO 'none';\n"),
              "ALTER ROLE b IN DATABASE d SET x TO 'a';\nALTER DATABASE d SET role TO 'none';\n");
    EXPECT_EQ(text_without({"a"}, "CREATE SCHEMA a AUTHORIZATION a;\n"), "CREATE SCHEMA a;\n");
    const std::string routine =
        "CREATE FUNCTION f() RETURNS a LANGUAGE sql\n    SET role TO 'a'\n    AS 'a';\n";
    EXPECT_EQ(text_without({"a"}, routine), routine) << "or it would run with other privileges";
}

TEST(RoleStatements, WithoutGrants) {
    EXPECT_EQ(without_grants(
                  "REVOKE ALL ON t FROM PUBLIC;\nREVOKE ALL ON t FROM a;\nGRANT ALL ON t TO a;\n"
                  "SET SESSION AUTHORIZATION a;\nGRANT SELECT ON t TO b;\nRESET SESSION AUTHORIZATION;\n"),
              "REVOKE ALL ON t FROM PUBLIC;\nREVOKE ALL ON t FROM a;\n");
    EXPECT_EQ(without_grants("ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b;\n"
                             "ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE ALL ON TABLES FROM a;\n"),
              "ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE ALL ON TABLES FROM a;\n");
    EXPECT_EQ(without_grants("SET SESSION AUTHORIZATION a;\nREVOKE GRANT OPTION FOR SELECT ON t FROM b;\n"
                             "GRANT SELECT ON t TO b;\nRESET SESSION AUTHORIZATION;\n"),
              "SET SESSION AUTHORIZATION a;\nREVOKE GRANT OPTION FOR SELECT ON t FROM b;\n"
              "RESET SESSION AUTHORIZATION;\n");
    EXPECT_EQ(remove_grants("GRANT ALL ON t TO a;\n", {}).left, 0U);
}

// -------------------------------------------------------------------------------- judged by PostgreSQL's
// parser

constexpr std::string_view role_spec = R"({"RoleSpec":{"roletype":"ROLESPEC_CSTRING","rolename":)";

/// Whether the tree says this of one of the roles: `before` its name.
bool says(const std::string& tree, const std::string& before, const Names& roles) {
    return std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
        return tree.find(before + to_json(role)) != std::string::npos;
    });
}

/// The tree of a statement without the roles; nothing if the statement must go.
std::optional<std::string> tree_without(std::string tree, const Names& gone) {
    if (says(tree, R"("role":{"roletype":"ROLESPEC_CSTRING","rolename":)", gone) ||
        says(tree, R"("name":"role","args":[{"A_Const":{"sval":{"sval":)", gone))
        return std::nullopt;
    for (std::size_t at = 0; (at = tree.find(role_spec, at)) != std::string::npos;) {
        const bool goes = std::any_of(gone.begin(), gone.end(), [&](const std::string& role) {
            return tree.substr(at + role_spec.size()).starts_with(to_json(role) + ",");
        });
        std::size_t end = tree.find("}}", at) + 2;  // no name of these tests has braces
        if (!goes) {
            at = end;
            continue;
        }
        if (tree[end] == ',') {
            ++end;
        } else if (tree[at - 1] == ',') {
            --at;
        }
        tree.erase(at, end - at);
        if (tree.substr(at - 1).starts_with("[]")) return std::nullopt;
    }
    return tree;
}

std::vector<std::string> trees_of(const std::string& sql) {
    std::vector<std::string> trees;
    const auto statements = postgres_split(sql);
    EXPECT_TRUE(statements) << sql;
    for (const std::string& statement : statements.value_or(std::vector<std::string>())) {
        const auto tree = postgres_parse(statement);
        EXPECT_TRUE(tree) << statement;
        trees.push_back(without_locations(tree.value_or("")));
    }
    return trees;
}

bool sets_session(const std::string& tree) {
    return tree.find(R"("VAR_SET_VALUE","name":"session_authorization")") != std::string::npos;
}
bool resets_session(const std::string& tree) {
    return tree.find(R"("VAR_RESET","name":"session_authorization")") != std::string::npos;
}

/// Pairs are complete and not nested.
std::vector<std::string> expected_trees(const std::vector<std::string>& trees, const Names& gone) {
    std::vector<std::string> expected;
    std::vector<std::string> pair;
    bool in_pair = false;
    bool changed = false;
    for (const std::string& tree : trees) {
        if (sets_session(tree)) {
            in_pair = true;
            changed = says(tree, R"("sval":{"sval":)", gone);
            pair = {tree};
            if (changed) pair.clear();
        } else if (resets_session(tree)) {
            pair.push_back(tree);
            if (!changed || pair.size() > 2) expected.insert(expected.end(), pair.begin(), pair.end());
            in_pair = false;
        } else if (!in_pair) {
            if (auto left = tree_without(tree, gone)) expected.push_back(std::move(*left));
        } else if (!pair.empty()) {
            auto left = tree_without(tree, gone);
            changed = changed || !left;
            if (left) pair.push_back(std::move(*left));
        }
    }
    return expected;
}

const std::vector<std::string> role_words{"a", "b", "\"c d\"", "\"e\"\"f;\"", "\"G\"", "\"user\""};

std::string any_list() {
    std::string list;
    const auto words = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::oneOf(rc::gen::elementOf(role_words), rc::gen::just<std::string>("PUBLIC"))));
    for (const std::string& word : words)
        list += (list.empty() ? "" : *rc::gen::element(", ", ",", " ,\n")) + word;
    return list;
}

std::string any_granting_statement() {
    switch (*rc::gen::inRange(0, 7)) {
        case 0:
            return "GRANT SELECT ON TABLE a.a TO " + any_list();
        case 1:
            return "REVOKE ALL ON FUNCTION a(text) FROM " + any_list();
        case 2:
            return "ALTER DEFAULT PRIVILEGES FOR ROLE " + *rc::gen::elementOf(role_words) + ", " +
                   *rc::gen::elementOf(role_words) + " GRANT ALL ON TABLES TO " + any_list();
        case 3:
            return "CREATE POLICY a ON a TO " + any_list() + " USING (a = 'a')";
        case 4:
            return "ALTER ROLE " + *rc::gen::elementOf(role_words) + " IN DATABASE a SET a.a TO 'a'";
        case 5:
            return *rc::gen::element("ALTER DATABASE d SET role TO 'a'",
                                     "ALTER DATABASE d SET role TO 'none'");
        default:
            return "COMMENT ON TABLE a IS 'GRANT ALL ON t TO a;'";
    }
}

std::string any_text() {
    std::string text;
    const auto end = [] { return *rc::gen::element(";", ";\n", ";\n\n", " ; -- TO a;\n", "; /* a */ "); };
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        if (*rc::gen::inRange(0, 3) > 0) {
            text += any_granting_statement() + end();
            continue;
        }
        text += "SET SESSION AUTHORIZATION " + *rc::gen::elementOf(role_words) + end();
        for (int inside = *rc::gen::inRange(0, 4); inside > 0; --inside)
            text += any_granting_statement() + end();
        text += "RESET SESSION AUTHORIZATION" + std::string(end());
    }
    return text;
}

RC_GTEST_PROP(RoleStatements, AreWhatTheParserSeesWithoutTheRoles, ()) {
    const std::string sql = any_text();
    const Names gone =
        *rc::gen::container<Names>(rc::gen::element<std::string>("a", "b", "c d", "e\"f;", "G", "user"));
    const Result result = without(gone, sql);
    const std::vector<std::string> expected = expected_trees(trees_of(sql), gone);
    RC_ASSERT(trees_of(result.text) == expected);
    find_role_names(result.text, {}, [&](const RoleName& name) { RC_ASSERT(!gone.contains(name.name)); });
    RC_ASSERT(without(gone, result.text).text == result.text);
    RC_ASSERT(without({}, sql).text == sql);
    const auto is_pair = [](const std::string& tree) { return sets_session(tree) || resets_session(tree); };
    const auto pairs = std::count_if(expected.begin(), expected.end(), is_pair);
    RC_ASSERT(result.removal.left == expected.size() - static_cast<std::size_t>(pairs));
}

}  // namespace
}  // namespace pgfilter::sql
