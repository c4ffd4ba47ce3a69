// SPDX-License-Identifier: PostgreSQL
// What a plan does to its entries, and what that comes to.
#include "report/planned_entry.hpp"

#include <gtest/gtest.h>

#include "pgfilter/rules.hpp"
#include "report/left_undone.hpp"
#include "report/target_failures.hpp"
#include "report/totals.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

/// "change 3", in the order in which the entries are written.
std::vector<std::string> actions(const Plan& plan) {
    constexpr std::array names{"keep", "change", "add", "drop"};
    std::vector<std::string> told;
    visit_as_written(plan, [&](const PlannedEntry& planned) {
        told.push_back(std::string(names.at(static_cast<std::size_t>(planned.action()))) + " " +
                       std::to_string(planned.entry().dump_id()));
    });
    return told;
}

std::vector<std::string> changes_of(const Plan& plan, DumpId id) {
    std::vector<std::string> told;
    const PlannedEntry planned(plan, *plan.prologue.toc.find(id));
    planned.for_each_change([&](const FieldChange& change) {
        std::string text = change.reported.key;
        text.append(" ")
            .append(change.before.value_or("NULL"))
            .append(" ")
            .append(change.after.value_or("NULL"));
        told.push_back(text + " " + std::to_string(*change.rule) + (change.is_secret ? " secret" : ""));
    });
    return told;
}

std::string archive_of_kinds(int number) {
    std::vector<EntryValue> entries;
    for (int i = 1; i <= number; ++i) entries.push_back(entry_of(i, "KIND " + std::to_string(i), "x", "x"));
    entries.push_back(entry_of(number + 1, std::string(1'000, 'K'), "x", "x"));
    return bytes_with(entries);
}

TEST(PlannedEntry, TellsActionAndRule) {
    const Plan plan = plan_for(bytes_with({entry_of(1, "TABLE", "t", "CREATE TABLE s.t ();\n"),
                                           entry_of(2, "INDEX", "i", "CREATE INDEX i ON s.t (a);\n", {1}),
                                           entry_of(3, "TABLE", "u", "CREATE TABLE s.u ();\n")}),
                               {{"no-owner", {}}, {"exclude-table", {{"", "s.t"}}}});
    const std::vector<std::string> told = actions(plan);
    EXPECT_EQ(std::vector(told.end() - 3, told.end()),
              (std::vector<std::string>{"drop 1", "drop 2", "change 3"}));
    const PlannedEntry table(plan, *plan.prologue.toc.find(1));
    EXPECT_EQ(table.rule(), 1u);
    EXPECT_EQ(table.consequence(), nullptr);
    const PlannedEntry index(plan, *plan.prologue.toc.find(2));
    ASSERT_NE(index.consequence(), nullptr);
    EXPECT_EQ(plan.prologue.toc[index.consequence()->cause].dump_id(), 1);
    EXPECT_EQ(changes_of(plan, 3), (std::vector<std::string>{"owner app NULL 0"}));
}

TEST(PlannedEntry, TellsNoChangeThatWasTakenBack) {
    Plan plan = plan_for(bytes_with({entry_of(1, "TABLE", "t", "CREATE TABLE s.t ();\n")}),
                         {{"set-owner", {{"", "other"}}}});
    const std::vector<std::string> changed = changes_of(plan, 1);
    EXPECT_EQ(changed, (std::vector<std::string>{"owner app other 0"}));
    EXPECT_EQ(count_name_changes(plan).size(), 1u);
    Toc& toc = plan.prologue.toc;
    EXPECT_TRUE(toc.set_text(toc[*toc.find(1)], Field::owner, "app", 0));
    EXPECT_EQ(changes_of(plan, 1), std::vector<std::string>());
    EXPECT_TRUE(count_name_changes(plan).empty());
}

TEST(PlannedEntry, MarksWhatMustNotBeShown) {
    const std::string secret = "CREATE USER MAPPING FOR app SERVER s OPTIONS (\n    password 'x'\n);\n";
    const Plan plan = plan_for(bytes_with({entry_of(1, "USER MAPPING", "USER MAPPING app SERVER s", secret)}),
                               {{"redact-secrets", {}}});
    ASSERT_EQ(changes_of(plan, 1).size(), 1u);
    EXPECT_TRUE(changes_of(plan, 1)[0].ends_with(" 0 secret")) << changes_of(plan, 1)[0];
}

TEST(Totals, CountKindsThatAreTooManyOrTooLongTogether) {
    const int number = 3 * static_cast<int>(KindTotals::most);
    const Plan plan = plan_for(archive_of_kinds(number), {{"no-owner", {}}});
    KindTotals totals;
    std::size_t read = 0;
    std::size_t changed = 0;
    visit_as_read(plan, [&](const PlannedEntry& planned) { count_kind(totals, planned); });
    std::size_t kinds = 0;
    for (const auto& [kind, counts] : totals) {
        ++kinds;
        EXPECT_LE(kind.size(), KindTotals::longest);
        read += counts.read;
        changed += counts.changed;
    }
    EXPECT_EQ(kinds, KindTotals::most + 1);
    EXPECT_EQ(read, plan.prologue.toc.size());
    EXPECT_GT(changed, static_cast<std::size_t>(number));
    EXPECT_GT(totals["other kinds"].read, static_cast<std::size_t>(number) / 2);
}

TEST(Totals, NameTheFirstEntriesAlone) {
    FirstEntries entries;
    for (std::size_t i = 0; i < 100; ++i) entries.add(i);
    EXPECT_EQ(entries.count, 100u);
    EXPECT_EQ(entries.first, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(Totals, OfWhatIsLeftAgreeWithWhatIsTold) {
    const Plan plan = plan_for(
        bytes_with({entry_of(1, "FUNCTION", "f()", "CREATE FUNCTION f() AS $$SET ROLE app; -- app$$;\n"),
                    entry_of(2, "POLICY", "t p", "CREATE POLICY p ON t TO x USING (c = 'app');\n")}),
        {{"map-role", {{"app", "web"}}}});
    const UnhandledTotals totals = count_unhandled(plan);
    ASSERT_NE(totals.of(0, 0), nullptr);
    EXPECT_EQ(totals.of(0, 0)->places, 3u);
    EXPECT_EQ(totals.places_of(0), 3u);
    EXPECT_EQ(totals.of(0, std::nullopt), nullptr);
    std::size_t entries = 0;
    for (const auto& [kind, count] : totals.of(0, 0)->kinds) entries += count;
    EXPECT_EQ(entries, 2u);
    EXPECT_EQ(find_left_undone(plan, false).at(0).others.entries.count, 2u);
}

TEST(TargetFailures, AreWhatRulesOfTheTargetDoAndNotTheUsers) {
    std::vector<RuleSpec> rules{{"no-kind", {{"", "EVENT TRIGGER"}}}, {"no-comments", {}}, {"no-owner", {}}};
    rules[0].of_target = rules[2].of_target = true;
    const Plan plan = plan_for(
        bytes_with({entry_of(1, "EVENT TRIGGER", "e", "CREATE EVENT TRIGGER e ON ddl_command_end ...;\n"),
                    entry_of(2, "COMMENT", "TABLE t", "COMMENT ON TABLE s.t IS 'x';\n"),
                    entry_of(3, "TABLE", "t", "CREATE TABLE s.t ();\n")}),
        rules);
    std::vector<DumpId> told;
    const FailureTotals totals =
        find_target_failures(plan, [&](const PlannedEntry& planned, const TargetFailure&) {
            told.push_back(planned.entry().dump_id());
        });
    EXPECT_EQ(told, (std::vector<DumpId>{1, 3}));
    EXPECT_EQ(totals.failing, 2u);
    EXPECT_EQ(totals.noted, 0u);
    EXPECT_EQ(totals.of_owner, (std::map<std::size_t, std::size_t>{{2, 1}}));
}

}  // namespace
}  // namespace pgfilter
