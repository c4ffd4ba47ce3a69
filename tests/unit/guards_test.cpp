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

EntryValue entry_of(int dump_id, const std::string& desc, MaybeText defn = "SELECT 1;\n") {
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

TEST(ScriptDanger, IsABackslashOrAnOpenQuoteOutsideOfQuotes) {
    for (const char* const fine : {"", "SELECT '\\! id';", "SELECT $$\\! id$$;", "-- \\! id\n", "/* \\! */",
                                   "\"a\\b\"", "E'\\''", "a --", "-- dummy"})
        EXPECT_EQ(sql::find_script_danger(fine, {}), nullptr) << fine;
    for (const char* const bad : {"\\! id", "SELECT 1 \\g |id", "a\\;b", "SELECT 'a';\n\\i x"})
        EXPECT_EQ(std::string(sql::find_script_danger(bad, {})).substr(0, 15), "has a backslash") << bad;
    for (const char* const bad : {"'a", "\"a", "$x$ a", "/* a", "E'a\\'"})
        EXPECT_EQ(std::string(sql::find_script_danger(bad, {})).substr(0, 6), "leaves") << bad;
    sql::Dialect old;
    old.standard_conforming_strings = false;
    EXPECT_NE(sql::find_script_danger("'a\\'", old), nullptr);
    EXPECT_EQ(sql::find_script_danger("'a\\'", {}), nullptr);
}

TEST(RejectSuspicious, LetsOrdinaryArchivesPass) {
    EXPECT_EQ(refusal_of({entry_of(1, "TABLE")}), "");
    for (const std::string& name : test_archives()) {
        const Plan plan = plan_for(read_test_archive(name), {{"reject-suspicious", {}}});
        EXPECT_FALSE(plan.prologue.toc.rewritten());
        for (const Unhandled& place : unhandled_in(plan))
            EXPECT_NE(place.reason.find("has a line break"), std::string::npos)
                << name << ": " << place.reason;
    }
}

TEST(RejectSuspicious, RefusesBeforeAByteIsWritten) {
    EXPECT_EQ(refusal_of({entry_of(1, "TABLE\n\\q")}),
              "entry 1 (TABLE?\\q public t): refused by reject-suspicious: desc has a line break");
    EXPECT_NE(refusal_of({entry_of(1, "VIEW", "\\! id")}).find("definition has a backslash"),
              std::string::npos);
    EntryValue drop = entry_of(1, "VIEW");
    drop.drop_stmt = "\\! id";
    EXPECT_NE(refusal_of({drop, drop = entry_of(2, "a\rb")}).find("and 1 more"), std::string::npos);
}

TEST(RejectSuspicious, JudgesWhatIsLeft) {
    const std::vector<EntryValue> entries{entry_of(1, "VIEW", "\\! id"), entry_of(2, "TABLE")};
    EXPECT_NE(refusal_of(entries), "");
    EXPECT_EQ(refusal_of(entries, {{"reject-suspicious", {}}, {"only-kinds", {{"", "table"}}}}), "");
}

TEST(OnlyKinds, DropsAllOthersAndNothingForTheirSake) {
    EntryValue data = entry_of(3, "TABLE DATA", std::nullopt);
    data.dependencies = {2};
    data.rows.emplace();
    const std::string bytes =
        bytes_with({entry_of(1, "SCHEMA"), entry_of(2, "TABLE"), data, entry_of(4, "NEW KIND")});
    const Plan plan = plan_for(bytes, {{"only-kinds", {{"", "table data"}, {"", "New Kind"}, {"", "CAST"}}}});
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{1, 2}));
    EXPECT_FALSE(plan.reports[0].expected_to_match);
}

TEST(OnlyKinds, AMisspelledOneIsReported) {
    const Plan plan =
        plan_for(bytes_with({entry_of(1, "TABLE")}), {{"only-kinds", {{"", "TABLE"}, {"", "TABEL"}}}});
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
