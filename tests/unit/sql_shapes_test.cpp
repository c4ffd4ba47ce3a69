// SPDX-License-Identifier: PostgreSQL
// What readers find in statements of every shape that pg_dump writes, with names that look like clauses.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sql/clauses.hpp"
#include "sql/definitions.hpp"
#include "sql/quoting.hpp"
#include "sql/relation_names.hpp"
#include "sql/role_names.hpp"
#include "sql/role_statements.hpp"
#include "sql/tablespace_names.hpp"

namespace pgfilter::sql {
namespace {

constexpr Dialect dialect{};

/// Words of statements; most of them need no quotes as names.
const std::vector<std::string> names{"set",      "language",   "using",         "on",
                                     "to",       "view",       "index",         "table",
                                     "policy",   "rule",       "trigger",       "statistics",
                                     "of",       "inherits",   "partition",     "attach",
                                     "begin",    "atomic",     "exclude",       "support",
                                     "force",    "schema",     "version",       "server",
                                     "revoke",   "group",      "role",          "option",
                                     "domain",   "if",         "publication",   "replica",
                                     "as",       "procedure",  "function",      "tablespace",
                                     "identity", "cluster",    "authorization", "with",
                                     "internal", "from",       "only",          "constraint",
                                     "without",  "period",     "leakproof",     "a b",
                                     "q\"x",     "Upper",      "caf\xc3\xa9",   "default",
                                     "granted",  "for",        "owner",         "column",
                                     "stype",    "connection", "all",           "current",
                                     "add",      "encoding",   "return",        "virtual"};

std::string name() {
    return *rc::gen::elementOf(names);
}
/// A name that no server takes for a special role.
std::string role() {
    const std::string chosen = *rc::gen::elementOf(names);
    return chosen == "all" ? "everybody" : chosen;
}
std::string in_sql(const std::string& chosen) {
    return quote_identifier(chosen);
}
bool coin() {
    return *rc::gen::arbitrary<bool>();
}

/// A name with or without a schema, as archives from 1.13 on and those before have them.
struct Name {
    QualifiedName name;
    std::string sql;
};
Name qualified() {
    Name made{{coin() ? name() : "", name()}, {}};
    made.sql = (made.name.schema.empty() ? "" : in_sql(made.name.schema) + ".") + in_sql(made.name.name);
    return made;
}
void expect(const std::optional<QualifiedName>& found, const Name& made) {
    RC_ASSERT(found.has_value());
    RC_ASSERT(found->schema == made.name.schema);
    RC_ASSERT(found->name == made.name.name);
}
/// What pg_dump appends to indexes and constraints.
std::string afterwards(const std::string& table, const std::string& index) {
    std::string sql;
    if (coin()) sql += "\nALTER TABLE " + table + " CLUSTER ON " + index + ";\n";
    if (coin()) sql += "\nALTER INDEX " + index + " ALTER COLUMN 1 SET STATISTICS 100;\n";
    if (coin()) sql += "\nALTER TABLE ONLY " + table + " REPLICA IDENTITY USING INDEX " + index + ";\n";
    return sql;
}

RC_GTEST_PROP(Shapes, IndexesHaveTheirTableAndMethod, ()) {
    const Name table = qualified();
    const std::string index = in_sql(name());
    const std::string method = name();
    const std::string sql = std::string("CREATE ") + (coin() ? "UNIQUE " : "") + "INDEX " + index + " ON " +
                            (coin() ? "ONLY " : "") + table.sql + " USING " + in_sql(method) + " (" +
                            in_sql(name()) + " " + qualified().sql + ") INCLUDE (" + in_sql(name()) +
                            ") WITH (fillfactor='70') WHERE (" + in_sql(name()) + " = ' USING x');\n" +
                            afterwards(table.sql, index);
    RC_ASSERT(find_access_method(sql, dialect) == method);
    expect(find_subject(sql, dialect), table);
}

RC_GTEST_PROP(Shapes, ConstraintsHaveAMethodIfTheyExclude, ()) {
    const Name table = qualified();
    const std::string constraint = in_sql(name());
    const std::string method = name();
    const bool excludes = coin();
    std::string key = "(";  // in pieces: g++ 12 sees an overlap in a sum of them
    key.append(in_sql(name())).append(coin() ? " WITHOUT OVERLAPS)" : ")");
    const std::string unique = (coin() ? "PRIMARY KEY " : "UNIQUE NULLS NOT DISTINCT ") + key + " INCLUDE (" +
                               in_sql(name()) + ") DEFERRABLE INITIALLY DEFERRED";
    const std::string exclusion = "EXCLUDE USING " + in_sql(method) + " (" + in_sql(name()) + " WITH &&)";
    const std::string sql = "ALTER TABLE ONLY " + table.sql + "\n    ADD CONSTRAINT " + constraint + " " +
                            (excludes ? exclusion : unique) + ";\n" + afterwards(table.sql, constraint);
    RC_ASSERT(find_access_method(sql, dialect) == (excludes ? std::optional(method) : std::nullopt));
    expect(find_subject(sql, dialect), table);
}

RC_GTEST_PROP(Shapes, OtherConstraintsHaveATableAndNoMethod, ()) {
    const Name table = qualified();
    const std::string column = in_sql(name());
    const std::vector<std::string> kinds{
        "CHECK (" + column + " > 0) NO INHERIT NOT VALID", "NOT NULL " + column + " NOT VALID",
        "FOREIGN KEY (" + column + ", PERIOD " + in_sql(name()) + ") REFERENCES " + qualified().sql + "(" +
            column + ", PERIOD " + in_sql(name()) + ") ON DELETE SET NULL (" + column + ") NOT ENFORCED"};
    const std::string sql = "ALTER TABLE " + std::string(coin() ? "ONLY " : "") + table.sql +
                            "\n    ADD CONSTRAINT " + in_sql(name()) + " " + *rc::gen::elementOf(kinds) +
                            ";\n";
    RC_ASSERT(find_access_method(sql, dialect) == std::nullopt);
    expect(find_subject(sql, dialect), table);
}

RC_GTEST_PROP(Shapes, OperatorClassesAndFamiliesHaveAMethod, ()) {
    const std::string method = name();
    const std::string group = qualified().sql;
    const std::string of_class = "CLASS " + group + "\n    " + (coin() ? "DEFAULT " : "") + "FOR TYPE " +
                                 qualified().sql + " USING " + in_sql(method) + " FAMILY " + qualified().sql +
                                 " AS\n    STORAGE " + qualified().sql + " ,\n    OPERATOR 1 =(" +
                                 qualified().sql + ", integer) FOR ORDER BY " + qualified().sql + ";\n";
    const std::string of_family = "FAMILY " + group + " USING " + in_sql(method) + ";\n" +
                                  "ALTER OPERATOR FAMILY " + group + " USING " + in_sql(method) +
                                  " ADD\n    FUNCTION 1 (integer, bigint) btint48cmp(integer,bigint);\n";
    RC_ASSERT(find_access_method("CREATE OPERATOR " + (coin() ? of_class : of_family), dialect) == method);
}

/// A routine of PostgreSQL 8.3, which has its body first, or of later ones.
struct Routine {
    std::string language = name();
    std::string role_ = role();
    std::string tablespace = name();
    bool is_leakproof = coin();
    bool is_atomic = coin();
    std::string sql;
};
Routine routine() {
    Routine made;
    const std::string body = coin() ? "'$libdir/x', 'LANGUAGE c'" : "$$ LANGUAGE c SET role TO 'x' $$";
    const std::string head =
        std::string("CREATE ") + (coin() ? "OR REPLACE " : "") + (coin() ? "FUNCTION " : "PROCEDURE ") +
        qualified().sql + "(" + in_sql(name()) + " " + qualified().sql + " DEFAULT ('LANGUAGE c')::text)" +
        (coin() ? " RETURNS SETOF " + qualified().sql : " RETURNS TABLE(" + in_sql(name()) + " integer)") +
        "\n";
    const std::string clauses = "    LANGUAGE " + in_sql(made.language) + " TRANSFORM FOR TYPE " +
                                qualified().sql + " IMMUTABLE" + (made.is_leakproof ? " LEAKPROOF" : "");
    const std::string settings = "\n    SET role TO '" + made.role_ + "'\n    SET default_tablespace TO '" +
                                 made.tablespace + "'\n    SET search_path TO 'role', 'pg_temp'";
    if (made.is_atomic)
        made.sql = head + clauses + settings +
                   "\n    BEGIN ATOMIC\n UPDATE t SET role = 'x';\n UPDATE t\n SET default_tablespace = 'y', "
                   "role = 'x';\n SELECT CASE WHEN true THEN 1 END;\nEND;\n";
    else if (coin())
        made.sql = head + clauses + settings + "\n    AS " + body + ";\n";
    else
        made.sql = head + "    AS " + body + "\n" + clauses + settings + ";\n";
    return made;
}

RC_GTEST_PROP(Shapes, RoutinesHaveALanguageSettingsAndHints, ()) {
    const Routine made = routine();
    RC_ASSERT(find_language(made.sql, dialect) == made.language);
    std::vector<std::string> settings;
    find_settings(made.sql, dialect, [&](const std::string& setting) { settings.push_back(setting); });
    RC_ASSERT(settings == (std::vector<std::string>{"role", "default_tablespace", "search_path"}));
    RC_ASSERT(find_planner_hints(made.sql, dialect).size() == (made.is_leakproof ? 1U : 0U));
    std::vector<std::string> roles;
    find_role_names(made.sql, dialect, [&](const RoleName& found) { roles.push_back(found.name); });
    RC_ASSERT(roles == std::vector<std::string>{made.role_});
    std::vector<std::string> tablespaces;
    replace_tablespace_names(made.sql, dialect, [&](const std::string& found) -> const std::string* {
        tablespaces.push_back(found);
        return nullptr;
    });
    RC_ASSERT(tablespaces == std::vector<std::string>{made.tablespace});
}

RC_GTEST_PROP(Shapes, PartsOfTablesHaveTheirTable, ()) {
    const Name table = qualified();
    const std::string part = in_sql(name());
    const std::string column = in_sql(name());
    const std::vector<std::string> statements{
        "CREATE TRIGGER " + part + " BEFORE UPDATE OF " + column + " ON " + table.sql +
            " FOR EACH ROW WHEN (old." + column + " <> 1) EXECUTE FUNCTION " + qualified().sql +
            "('ON x');\n",
        "CREATE CONSTRAINT TRIGGER " + part + " AFTER INSERT ON " + table.sql + " FROM " + qualified().sql +
            " DEFERRABLE FOR EACH ROW EXECUTE PROCEDURE " + qualified().sql + "();\n",
        "CREATE POLICY " + part + " ON " + table.sql + " AS RESTRICTIVE FOR SELECT TO " + in_sql(role()) +
            " USING ((" + column + " = 'x'));\n",
        "CREATE RULE " + part + " AS\n    ON UPDATE TO " + table.sql + " WHERE (new." + column +
            " > 1) DO INSTEAD (SELECT 1; SELECT 2;);\n",
        "CREATE STATISTICS " + qualified().sql + " (ndistinct) ON " + column + ", lower(" + column +
            ") FROM " + table.sql + ";\n",
        "CREATE OR REPLACE VIEW " + table.sql + " AS\n SELECT 1 AS " + column + " FROM " + qualified().sql +
            ";\n",
        "ALTER TABLE " + table.sql + " ENABLE ROW LEVEL SECURITY;",
        "ALTER TABLE ONLY " + table.sql + " ALTER COLUMN " + column + " SET DEFAULT 'x'::regclass;\n",
        "ALTER DOMAIN " + table.sql + "\n    ADD CONSTRAINT " + part + " CHECK ((VALUE > 0));\n",
        "ALTER PUBLICATION " + part + " ADD TABLE ONLY " + table.sql + " (" + column +
            ") WHERE ((1 = 1));\n"};
    expect(find_subject(*rc::gen::elementOf(statements), dialect), table);
}

RC_GTEST_PROP(Shapes, TablesHaveTheirParents, ()) {
    const Name table = qualified();
    const Name parent = qualified();
    const std::string columns = " (\n    " + in_sql(name()) + " integer,\n    CONSTRAINT " + in_sql(name()) +
                                " NOT NULL " + in_sql(name()) + " NO INHERIT\n)";
    const std::string create = std::string("CREATE ") + (coin() ? "UNLOGGED " : "") + "TABLE " + table.sql;
    const std::vector<std::string> with{create + columns + "\nINHERITS (" + parent.sql + ");\n",
                                        create + " PARTITION OF " + parent.sql + "\nFOR VALUES IN (1);\n",
                                        "ALTER TABLE ONLY " + parent.sql + " ATTACH PARTITION " + table.sql +
                                            " FOR VALUES FROM (1) TO (2);\n"};
    const std::vector<std::string> without{
        create + columns + "\nPARTITION BY RANGE (" + in_sql(name()) + ");\n",
        create + " OF " + parent.sql + columns + ";\n",
        "CREATE FOREIGN TABLE " + table.sql + columns + "\nSERVER " + in_sql(name()) + "\nOPTIONS (\n    " +
            in_sql(name()) + " 'INHERITS (x)'\n);\n",
        create + columns + ";\n\nALTER TABLE ONLY " + table.sql + " REPLICA IDENTITY USING INDEX " +
            in_sql(name()) + ";\n\nALTER TABLE ONLY " + table.sql + " FORCE ROW LEVEL SECURITY;\n"};
    const bool has_parent = coin();
    std::vector<ParentName> parents;
    find_parents(*rc::gen::elementOf(has_parent ? with : without), dialect,
                 [&](const ParentName& found) { parents.push_back(found); });
    RC_ASSERT(parents.size() == (has_parent ? 1U : 0U));
    if (has_parent) expect(parents.front(), parent);
}

RC_GTEST_PROP(Shapes, ForcedRowSecurityIsToldFromTheRest, ()) {
    const std::string table = qualified().sql;
    const bool forces = coin();
    const std::string sql = "CREATE TABLE " + table + " (\n    " + in_sql(name()) +
                            " integer DEFAULT length('FORCE ROW LEVEL SECURITY')\n);\n\nALTER TABLE ONLY " +
                            table + (forces ? "" : " NO") + " FORCE ROW LEVEL SECURITY;\n";
    RC_ASSERT(forces_row_security(sql, dialect) == forces);
}

RC_GTEST_PROP(Shapes, ClausesAreNoNames, ()) {
    const std::string chosen = name();
    const std::string other = in_sql(name());
    const auto database = find_tablespace("CREATE DATABASE " + other + " WITH TEMPLATE = " + other +
                                              " ENCODING = 'UTF8' TABLESPACE = " + in_sql(chosen) + ";\n",
                                          dialect);
    RC_ASSERT(database.has_value());
    RC_ASSERT(database->name == chosen);
    RC_ASSERT(!find_tablespace("CREATE DATABASE " + other + " WITH TEMPLATE = " + other + ";\n", dialect));
    const std::string extension =
        "CREATE EXTENSION IF NOT EXISTS " + other + " WITH SCHEMA " + in_sql(chosen);
    RC_ASSERT(find_extension_option(extension + ";\n", "schema", dialect) == chosen);
    RC_ASSERT(find_extension_option(extension + ";\n", "version", dialect) == std::nullopt);
    RC_ASSERT(find_extension_option(extension + " VERSION '1';\n", "version", dialect) == "1");
    RC_ASSERT(find_label_provider(
                  "SECURITY LABEL FOR " + in_sql(chosen) + " ON TABLE " + other + " IS 'x';\n", dialect) ==
              chosen);
    RC_ASSERT(find_server("CREATE USER MAPPING FOR " + other + " SERVER " + in_sql(chosen) +
                              " OPTIONS (\n    " + other + " 'x'\n);\n",
                          dialect) == chosen);
    RC_ASSERT(find_language("CREATE TRANSFORM FOR " + qualified().sql + " LANGUAGE " + in_sql(chosen) +
                                " (FROM SQL WITH FUNCTION " + other + "(internal));\n",
                            dialect) == chosen);
}

RC_GTEST_PROP(Shapes, GrantsAreToldFromRevokesAndHaveTheirRoles, ()) {
    const bool grants = coin();
    const std::string grantee = role();
    const std::string maker = role();
    const std::string privileges = grants ? "GRANT SELECT ON TABLES TO " + in_sql(grantee)
                                          : "REVOKE ALL ON TABLES FROM " + in_sql(grantee);
    const std::string sql = "ALTER DEFAULT PRIVILEGES FOR ROLE " + in_sql(maker) +
                            (coin() ? " IN SCHEMA " + in_sql(name()) : "") + " " + privileges + ";\n";
    std::vector<std::string> roles;
    find_role_names(sql, dialect, [&](const RoleName& found) { roles.push_back(found.name); });
    RC_ASSERT(roles == (std::vector<std::string>{maker, grantee}));
    RC_ASSERT(remove_grants(sql, dialect).changed() == grants);
}

}  // namespace
}  // namespace pgfilter::sql
