// SPDX-License-Identifier: PostgreSQL
#include "sql/name_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgfilter::sql {
namespace {

using Found = std::vector<std::size_t>;

Found find(const std::vector<std::string>& names, std::string_view text) {
    Found found;
    NameSearch({names.begin(), names.end()}).find(text, [&](std::size_t i) { found.push_back(i); });
    return found;
}

TEST(NameSearch, FindsWholeWordsOnly) {
    EXPECT_EQ(find({"app", "ro"}, "app ro,app_ro ro$ xapp app"), (Found{0, 1, 0}));
    EXPECT_EQ(find({"app"}, ""), Found{});
    EXPECT_EQ(find({}, "app"), Found{});
}

TEST(NameSearch, FindsNamesThatAreNoWords) {
    EXPECT_EQ(find({"a-b", "-", "b c"}, "a-b c xa-b a-bc"), (Found{0, 1, 2, 1, 1}));
    EXPECT_EQ(find({"--"}, "---"), (Found{0, 0}));
}

TEST(NameSearch, FindsQuotesDoubled) {
    EXPECT_EQ(find({"o'x"}, "o'x o''x"), (Found{0, 0}));
    EXPECT_EQ(find({"o\"x"}, "o\"\"x o''x"), Found{0});
}

TEST(NameSearch, FindsEqualNamesEachOnce) {
    Found found = find({"app", "app"}, "app");
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, (Found{0, 1}));
}

TEST(NameSearch, FindsEachOfMany) {
    std::vector<std::string> names;
    std::string text;
    Found all;
    for (std::size_t i = 0; i < 3000; ++i) {
        names.push_back(std::string("r").append(std::to_string(i)));
        text.append(names.back()).append(" r").append(std::to_string(i + 3000)).append("\n");
        all.push_back(i);
    }
    EXPECT_EQ(find(names, text), all);
}

TEST(NameSearch, PassesOverNamesThatNoServerHas) {
    EXPECT_EQ(find({std::string(64, 'a'), ""}, std::string(64, 'a')), Found{});
    EXPECT_EQ(find({std::string(63, 'a')}, std::string(63, 'a')), Found{0});
}

}  // namespace
}  // namespace pgfilter::sql
