// SPDX-License-Identifier: PostgreSQL
// Secrets go, all of them, and nothing else does.
#include "sql/secrets.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cli/json_report.hpp"
#include "cli/plan_report.hpp"
#include "cli/report.hpp"
#include "cli/unhandled_report.hpp"
#include "pgfilter/error.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

struct Redaction {
    std::string text;
    std::string names;
    friend bool operator==(const Redaction&, const Redaction&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Redaction& it) {
        return out << it.text << " [" << it.names << "]";
    }
};

Redaction of_connection(std::string_view text) {
    Redaction result;
    result.text =
        sql::redact_connection(text, [&](std::string_view name) { result.names.append(name).append(";"); });
    return result;
}

Redaction of_sql(std::string_view text, sql::Dialect dialect = {}) {
    Redaction result;
    const Splices splices = sql::replace_secrets(
        text, dialect, [&](std::string_view name) { result.names.append(name).append(";"); });
    result.text = splices.apply(text);
    return result;
}

TEST(SecretOptions, AreKnownByTheirNames) {
    for (const char* const name :
         {"password", "PASSWORD", "sslpassword", "passwd", "pwd", "pass", "secret_key", "token",
          "aws_secret_access_key", "scram_client_key", "private_key", "oauth_client_secret"})
        EXPECT_TRUE(sql::is_secret_option(name)) << name;
    for (const char* const name :
         {"", "user", "host", "password_required", "passfile", "sslkey", "use_scram_passthrough", "compass",
          "application_name", "key", "passwordfile"})
        EXPECT_FALSE(sql::is_secret_option(name)) << name;
}

TEST(ConnectionStrings, LoseTheirSecretsOnly) {
    const auto expect = [](std::string_view text, const std::string& left, const std::string& names) {
        EXPECT_EQ(of_connection(text), (Redaction{left, names})) << text;
    };
    expect("host=h user=u", "host=h user=u", "");
    expect("", "", "");
    expect("=", "=", "");
    expect("password=s3", "password=***", "password;");
    expect("host=h password=s3 user=u", "host=h password=*** user=u", "password;");
    expect("host=h password = s3\tuser=u", "host=h password = ***\tuser=u", "password;");
    expect("password='a b\\'c' user=u", "password='***' user=u", "password;");
    expect("password=a\\ b user=u", "password=*** user=u", "password;");
    expect("password=a\\", "password=***", "password;");
    expect("password='never closed user=u", "password='***", "password;");
    expect("password= user=u", "password= ***", "password;");  // which is how libpq reads it
    expect("PassWord=x sslpassword=y", "PassWord=*** sslpassword=***", "password;sslpassword;");
    expect("user=password", "user=password", "");
    expect("user='password=x' host=h", "user='password=***' host=h", "password;");
    expect("host='db'password= x", "host='db'password= ***", "password;");
    expect("user='password=' password='x y'", "user='password=' password='***'", "password;");
    expect("dbname='a\\'password=x' host=h", "dbname='***' host=h", "password;");
    expect("password=a&b=c;d host=h", "password=*** host=h", "password;");
    expect("DSN=d;UID=u;PWD={a;b};X=1", "DSN=d;UID=u;PWD={***};X=1", "pwd;");
    expect("passfile=/a password=", "passfile=/a password=", "");
}

TEST(ConnectionStrings, WhoseSettingsHaveSecretsInside) {
    const auto expect = [](std::string_view text, const std::string& left, const std::string& names) {
        EXPECT_EQ(of_connection(text), (Redaction{left, names})) << text;
    };
    expect("dbname='host=h password=x user=u' host=h", "dbname='host=h password=*** user=u' host=h",
           "password;");
    expect("dbname=postgresql://u:a@h/d?sslpassword=b&user=u",
           "dbname=postgresql://u:***@h/d?sslpassword=***&user=u", "password;sslpassword;");
    // Of what is none of libpq's, nobody can tell where a secret ends.
    expect("options=x://y@hpassword=#&s3 host=h", "options=*** host=h", "hpassword;");
    expect("options=x://y@hpassword=***&s3 host=h", "options=*** host=h", "hpassword;");
    expect("options='-c a.password=x y' host=h", "options='***' host=h", "password;");
    expect("options=a;PWD=\"\";s3 host=h", "options=*** host=h", "pwd;");
    expect("dbname='dbname=a\tpassword=b z=c' host=h", "dbname='***' host=h", "password;");
    expect("dbname='options=x://y@h?password=a&s3 user=u'", "dbname='***'", "password;");
    expect("dbname=pass\\word=s3 host=h", "dbname=*** host=h", "password;");
    expect("options=://password=:@s3 host=h", "options=*** host=h", "password;");
    expect("options='password=' host=h", "options='password=' host=h", "");
}

TEST(Uris, LoseTheirSecretsOnly) {
    const auto expect = [](std::string_view text, const std::string& left, const std::string& names) {
        EXPECT_EQ(of_connection(text), (Redaction{left, names})) << text;
    };
    expect("postgresql://h/db", "postgresql://h/db", "");
    expect("postgresql://u@h:5432/db", "postgresql://u@h:5432/db", "");
    expect("postgresql://h:5432/db?options=a@b", "postgresql://h:5432/db?options=a@b", "");
    expect("postgresql://u:s3@h/db", "postgresql://u:***@h/db", "password;");
    expect("postgresql://u v:p w@h/db", "postgresql://u v:***@h/db", "password;");
    expect("postgresql://u:a/b@h/db", "postgresql://u:***@h/db", "password;");
    expect("postgresql://u:p@h?password=p@x", "postgresql://u:***@h?password=***", "password;password;");
    expect("postgresql://h:1?password=p@x", "postgresql://***", "password;");
    expect("postgresql://u:s@3?#@h/db", "postgresql://u:***@h/db", "password;");
    expect("postgres://u:a@[/@/db?password=],h&password=x/&s3", "postgres://***", "password;");
    expect("postgres://u:a@[fe80::1%25eth0]:1,[::1]/db?user=[",
           "postgres://u:***@[fe80::1%25eth0]:1,[::1]/db?user=[", "password;");
    expect("postgres://u:@h/db", "postgres://u:@h/db", "");
    expect("postgresql://h/db?user=u&password=s3&sslmode=require",
           "postgresql://h/db?user=u&password=***&sslmode=require", "password;");
    expect("postgresql://h/db?p%61ssword=s3%20x", "postgresql://h/db?p%61ssword=***", "password;");
    expect("jdbc:mysql://u:a@h/db and http://x:b@y/", "jdbc:mysql://u:***@h/db and http://x:***@y/",
           "password;password;");
    expect("dbname=postgresql://u:s3@h/db password=x", "dbname=postgresql://u:***@h/db password=***",
           "password;password;");
    expect("http://h/?token=a&b=c d", "http://h/?token=***&b=c d", "token;");
    expect("http://h/;token=a&b=c d", "http://h/;token=***", "token;");
    expect("host=a options='x://y' password=s3 user=u", "host=a options='x://y' password=*** user=u",
           "password;");
}

TEST(Options, LoseTheirSecretsOnly) {
    const auto expect = [](std::string_view text, const std::string& left, const std::string& names) {
        EXPECT_EQ(of_sql(text), (Redaction{left, names})) << text;
    };
    expect("CREATE USER MAPPING FOR a SERVER s OPTIONS (\n    \"user\" 'u',\n    password 'it''s'\n);\n",
           "CREATE USER MAPPING FOR a SERVER s OPTIONS (\n    \"user\" 'u',\n    password '***'\n);\n",
           "password;");
    expect(
        "CREATE SERVER s TYPE 'password' FOREIGN DATA WRAPPER w OPTIONS (dsn 'x=1 password=a', \"PassWord\" "
        "'b');",
        "CREATE SERVER s TYPE 'password' FOREIGN DATA WRAPPER w OPTIONS (dsn 'x=1 password=***', "
        "\"PassWord\" "
        "'***');",
        "dsn (password);PassWord;");
    expect("CREATE USER MAPPING FOR a SERVER s OPTIONS (password_required 'false', password '');",
           "CREATE USER MAPPING FOR a SERVER s OPTIONS (password_required 'false', password '');", "");
    expect("ALTER SERVER s OPTIONS (ADD password 'a', SET token 'b', DROP x);",
           "ALTER SERVER s OPTIONS (ADD password '***', SET token '***', DROP x);", "password;token;");
    expect("CREATE SUBSCRIPTION s CONNECTION 'host=h password=''a''' PUBLICATION p WITH (connect = false);\n",
           "CREATE SUBSCRIPTION s CONNECTION 'host=h password=''***''' PUBLICATION p WITH (connect = "
           "false);\n",
           "CONNECTION (password);");
    expect("CREATE SUBSCRIPTION s SERVER f PUBLICATION p;", "CREATE SUBSCRIPTION s SERVER f PUBLICATION p;",
           "");
}

TEST(Options, WhatCannotBeToldGoesAsAWhole) {
    const auto expect = [](std::string_view text, const std::string& left) {
        EXPECT_EQ(of_sql(text).text, left) << text;
        EXPECT_NE(of_sql(text).names, "") << text;
    };
    expect("OPTIONS (a U&'p\\0061ssword=x')", "OPTIONS (a '***')");
    expect("OPTIONS (a E'p\\x61ssword=x')", "OPTIONS (a '***')");
    expect("OPTIONS (password 'a'\n'b', c 'd')", "OPTIONS (password '***', c 'd')");
    expect("OPTIONS (a 'pass'\n'word=b')", "OPTIONS (a '***')");
    expect("OPTIONS (password $x$a$x$)", "OPTIONS (password '***')");
    expect("OPTIONS (a $$password=x$$)", "OPTIONS (a 'password=***')");
    expect("OPTIONS (U&\"p\\0061ssword\" 'x')", "OPTIONS (U&\"p\\0061ssword\" '***')");
    expect("OPTIONS (password 'open", "OPTIONS (password '***'");
    expect("CONNECTION U&'host=h'", "CONNECTION 'password=***'");
    expect("OPTIONS (a '" + std::string(100'000, 'x') + "', b 'c')", "OPTIONS (a '***', b 'c')");
}

TEST(Options, OfArchivesWhereBackslashesEscapeAreRead) {
    sql::Dialect old;
    old.standard_conforming_strings = false;
    EXPECT_EQ(of_sql("OPTIONS (password 'a\\'b', c 'd')", old).text, "OPTIONS (password '***', c 'd')");
    EXPECT_EQ(of_sql("CONNECTION 'password=\\'a\\\\\\'b\\' host=h'", old).text,
              "CONNECTION 'password=''***'' host=h'");
}

TEST(Options, RedactedTwiceAreAsRedactedOnce) {
    for (const char* const text : {"OPTIONS (password 'a', dsn 'postgresql://u:p@h?password=x', b U&'x')",
                                   "CONNECTION U&'host=h'", "CONNECTION 'password=a sslpassword=''b c'''",
                                   "OPTIONS (password 'a' 'b')", "OPTIONS (password 'open"}) {
        const std::string once = of_sql(text).text;
        EXPECT_EQ(of_sql(once), (Redaction{once, ""})) << text;
    }
}

std::string fragments(std::initializer_list<const char*> known) {
    const std::vector<const char*> choices(known);
    std::string text;
    for (const std::size_t i :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, choices.size())))
        text += choices[i];
    return text;
}

RC_GTEST_PROP(Options, OfAnyTextAreRedactedOnce, ()) {
    sql::Dialect dialect;
    dialect.standard_conforming_strings = *rc::gen::arbitrary<bool>();
    const std::string text = fragments(
        {"OPTIONS (", "CONNECTION ", "password", "a",  "pwd", " ",   ", ", "'",   "''",  "\"",  "$$",
         "$x$",       "E'",          "U&'",      "\\", "=",   "://", ":",  "@",   "/",   "b c", ";",
         "{",         "};",          ")",        "--", "\n",  "/*",  "*/", "'x'", "SET "});
    const std::string once = of_sql(text, dialect).text;
    RC_ASSERT(of_sql(once, dialect) == (Redaction{once, ""}));
}

RC_GTEST_PROP(ConnectionStrings, OfAnyTextAreRedactedOnce, ()) {
    const std::string text =
        fragments({"password", "pwd", "a", " ", "=", "'",  "\\", "\"",    "://", ":", "@",
                   "/",        "&",   "?", ";", "{", "};", "}",  "%70wd", "***", "\t"});
    const std::string once = of_connection(text).text;
    RC_ASSERT(of_connection(once) == (Redaction{once, ""}));
}

EntryValue mapping(const std::string& desc, const std::string& defn) {
    EntryValue entry;
    entry.desc = desc;
    entry.defn = defn;
    entry.drop_stmt = "DROP X;\n";
    return entry;
}

TEST(RedactSecrets, IsAboutTheseKindsOnly) {
    for (const char* const kind : {"USER MAPPING", "SERVER", "SUBSCRIPTION", "FOREIGN DATA WRAPPER"}) {
        const Plan plan =
            plan_for(bytes_with({mapping(kind, "OPTIONS (password 's3')")}), {{"redact-secrets", {}}});
        EXPECT_EQ(find(plan, 1).defn(), Text("OPTIONS (password '***')")) << kind;
        EXPECT_EQ(plan.reports[0].changed, 1U);
    }
    const Plan plan = plan_for(bytes_with({mapping("FUNCTION", "AS 'OPTIONS (password ''s3'')'")}),
                               {{"redact-secrets", {}}});
    EXPECT_FALSE(plan.prologue.toc.rewritten());
    EXPECT_FALSE(plan.reports[0].matched_nothing());
}

TEST(RedactSecrets, ReportsNeverShowThem) {
    const std::string bytes = bytes_with({mapping(
        "USER MAPPING", "CREATE USER MAPPING FOR app SERVER s OPTIONS (\n    password 's3cr3t'\n);\n")});
    for (const bool map_first : {true, false}) {
        std::vector<RuleSpec> rules{{"redact-secrets", {}}, {"map-role", {{"app", "new"}}}};
        if (map_first) std::swap(rules[0], rules[1]);
        const Plan plan = plan_for(bytes, rules);
        MemorySink text;
        cli::describe_plan(plan, text);
        MemorySink json;
        cli::write_json_report(plan, nullptr, json);
        EXPECT_EQ(text.bytes().find("s3cr3t"), std::string::npos) << text.bytes();
        EXPECT_NE(text.bytes().find("redacted: password\n"), std::string::npos) << text.bytes();
        EXPECT_EQ(json.bytes().find("s3cr3t"), std::string::npos) << json.bytes();
        EXPECT_NE(json.bytes().find("\"redacted\": [\"password\"]"), std::string::npos) << json.bytes();
        EXPECT_NE(json.bytes().find("FOR new SERVER"), std::string::npos) << json.bytes();
    }
}

}  // namespace
}  // namespace pgfilter
