// SPDX-License-Identifier: PostgreSQL
// The texts are compared with pg_dump's answers elsewhere; here is what becomes of them.
#include <gtest/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

std::string rules_in(std::string_view text) {
    std::string lines;
    for (const RuleSpec& rule : parse_filter_file(text, "f")) {
        EXPECT_EQ(rule.arguments.size(), 1u);
        EXPECT_EQ(rule.arguments[0].key, "");
        lines += rule.name + "|" + rule.arguments[0].value + "|" + rule.origin + "\n";
    }
    return lines;
}

std::string fault_in(std::string_view text, const std::string& file = "f") {
    try {
        parse_filter_file(text, file);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::usage);
        return error.message();
    }
    return {};
}

TEST(FilterFile, MapsEveryLineToARule) {
    EXPECT_EQ(
        rules_in(
            "include extension e\nexclude extension e\n\n# c\n  exclude TABLE a.*\nexclude table_data t#c\n"
            "exclude table_and_children t\nexclude table_data_and_children t\nexclude schema s"),
        "extension|e|f, line 1\nexclude-extension|e|f, line 2\nexclude-table|a.*|f, line 5\n"
        "exclude-table-data|t|f, line 6\nexclude-table-and-children|t|f, line 7\n"
        "exclude-table-data-and-children|t|f, line 8\nexclude-schema|s|f, line 9\n");
    EXPECT_EQ(rules_in("include table t\ninclude schema s\ninclude function f(int,text )\ninclude index "
                       "i\ninclude trigger g\ninclude table_and_children a.*"),
              "table|t|f, line 1\nschema|s|f, line 2\nfunction|f(int, text)|f, line 3\nindex|i|f, line 4\n"
              "trigger|g|f, line 5\ntable-and-children|a.*|f, line 6\n");
    EXPECT_EQ(rules_in(""), "");
}

TEST(FilterFile, QuotesGoOverLines) {
    EXPECT_EQ(rules_in("exclude table \"a\r\n b\"\nexclude table \"x\"\"#\\n\\\\\" # c\n"),
              "exclude-table|\"a\n b\"|f, line 1\nexclude-table|\"x\"\"#\n\\\"|f, line 3\n");
}

TEST(FilterFile, SaysWhereAndWhy) {
    const std::string where = "invalid format in filter read from file \"f\" on line ";
    EXPECT_EQ(fault_in("\nx"), where + "2: invalid filter command (expected \"include\" or \"exclude\")");
    EXPECT_EQ(fault_in("include"), where + "1: missing filter object type");
    EXPECT_EQ(fault_in("include tabel x"), where + "1: unsupported filter object type: \"tabel\"");
    EXPECT_EQ(fault_in("include table \n"), where + "1: missing object name pattern");
    EXPECT_EQ(fault_in("include table # x"), where + "1: missing object name pattern");
    EXPECT_EQ(fault_in("include table \"x\n\n"), where + "2: unexpected end of file");
    EXPECT_EQ(fault_in("include table_data x"),
              where + "1: include filter for \"table data\" is not allowed");
    EXPECT_EQ(fault_in("exclude trigger x"), where + "1: exclude filter for \"trigger\" is not allowed");
    EXPECT_EQ(fault_in("x", ""),
              "invalid format in filter read from standard input on line 1: invalid filter "
              "command (expected \"include\" or \"exclude\")");
    EXPECT_EQ(fault_in(std::string_view("include table\0x", 15)), where + "1: missing object name pattern");
}

TEST(FilterFile, RefusesWithAReasonWhatAnArchiveCannotDo) {
    EXPECT_NE(fault_in("include foreign_data x").find("is not possible on an archive: "), std::string::npos);
}

}  // namespace
}  // namespace pgfilter
