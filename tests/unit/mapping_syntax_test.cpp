// SPDX-License-Identifier: PostgreSQL
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

void expect_mapping(std::string_view text, const std::string& old_name, const std::string& new_name) {
    const RuleArgument mapping = parse_mapping(text);
    EXPECT_EQ(mapping.key, old_name) << text;
    EXPECT_EQ(mapping.value, new_name) << text;
}

void expect_refused(std::string_view text, bool is_file, const std::string& words) {
    try {
        if (is_file) {
            parse_mappings(text);
        } else {
            parse_mapping(text);
        }
        FAIL() << text;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::usage);
        EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
    }
}

TEST(RoleMapping, NamesAreLiteral) {
    expect_mapping("app_prod=app", "app_prod", "app");
    expect_mapping("App=APP", "App", "APP");
    expect_mapping(" a = b ", " a ", " b ");
    expect_mapping("it's=we\"ird", "it's", "we\"ird");
    expect_mapping("a#b=# c", "a#b", "# c");
    expect_mapping("роль=new\nline", "роль", "new\nline");
}

TEST(RoleMapping, QuotedNamesAreIdentifiers) {
    expect_mapping("\"odd=name\"=new", "odd=name", "new");
    expect_mapping("old=\"a=b\"", "old", "a=b");
    expect_mapping("\"we\"\"ird\"=\"\"\"\"", "we\"ird", "\"");
}

TEST(RoleMapping, RefusesWhatIsUnclear) {
    expect_refused("app", false, "\"=\" is missing");
    expect_refused("", false, "name is missing");
    expect_refused("=a", false, "name is missing");
    expect_refused("a=", false, "name is missing");
    expect_refused("a=b=c", false, "more than one \"=\"");
    expect_refused("\"a=b", false, "not closed");
    expect_refused("\"a\"b=c", false, "\"=\" is missing");
    expect_refused("a=\"b\"c", false, "unexpected text");
    expect_refused("\"\"=c", false, "name is missing");
}

TEST(RoleMappingFile, HasOneMappingALine) {
    const auto mappings = parse_mappings(
        "# roles of production\n"
        "\n"
        "app_prod=app\r\n"
        "  a b = c d   # with blanks\n"
        "\t# another\n"
        "\" leading\"=\"tail \"  # kept\n"
        "\"new\nline\"=x#y\n"
        "last=one");
    ASSERT_EQ(mappings.size(), 5u);
    const std::vector<std::pair<std::string, std::string>> expected{
        {"app_prod", "app"}, {"a b", "c d"}, {" leading", "tail "}, {"new\nline", "x#y"}, {"last", "one"}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(mappings[i].key, expected[i].first);
        EXPECT_EQ(mappings[i].value, expected[i].second);
    }
}

TEST(RoleMappingFile, NamesTheLineOfAMistake) {
    expect_refused("a=b\n\n# c\nd\n", true, "line 4: \"=\" is missing");
    expect_refused("\"a\nb\"=c\nd=\n", true, "line 3: a name is missing");
    expect_refused("a=b c=d\n", true, "line 1: more than one");
    expect_refused("a = # later\n", true, "line 1: a name is missing");
    expect_refused("a=b\n\"c\n\n", true, "line 2: double quote is not closed");
}

TEST(RoleMappingFile, MayBeEmptyOrBeginWithAByteOrderMark) {
    EXPECT_TRUE(parse_mappings("").empty());
    EXPECT_TRUE(parse_mappings("\n# nothing\n").empty());
    EXPECT_EQ(parse_mappings("\xef\xbb\xbf"
                             "a=b")
                  .at(0)
                  .key,
              "a");
}

std::string in_quotes(const std::string& name) {
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

RC_GTEST_PROP(RoleMappingFile, QuotedNamesCanHoldAnything, ()) {
    const auto names =
        *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(rc::gen::arbitrary<std::string>()));
    std::string file;
    for (const std::string& name : names) file += in_quotes(name) + " = " + in_quotes(name + "'") + " # c\n";
    const auto mappings = parse_mappings(file);
    RC_ASSERT(mappings.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        RC_ASSERT(mappings[i].key == names[i]);
        RC_ASSERT(mappings[i].value == names[i] + "'");
    }
}

}  // namespace
}  // namespace pgfilter
