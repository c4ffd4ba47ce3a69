// SPDX-License-Identifier: PostgreSQL
// What a person gets to read of a plan.
#include "cli/report.hpp"
#include "cli/plan_report.hpp"
#include "cli/unhandled_report.hpp"

#include <gtest/gtest.h>

#include "pgfilter/rules.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter::cli {
namespace {

using namespace test;

EntryValue entry_of(int dump_id, const std::string& desc, const std::string& tag, const std::string& defn) {
    EntryValue entry;
    entry.dump_id = dump_id;
    entry.desc = desc;
    entry.tag = tag;
    entry.defn = defn;
    return entry;
}

/// An archive in which the rules below find something of everything.
Plan plan_for(const std::vector<RuleSpec>& rules) {
    ArchiveValue archive;
    archive.entries = first_entries();
    archive.entries.push_back(entry_of(1, "TABLE", "odd\nname", "CREATE TABLE t ();\n"));
    archive.entries.push_back(
        entry_of(2, "ACL", "TABLE t", "GRANT SELECT ON TABLE t TO reader;\nGRANT ALL ON TABLE t TO app;\n"));
    archive.entries.back().dependencies = {1};
    archive.entries.push_back(
        entry_of(3, "FUNCTION", "f()", "CREATE FUNCTION f() AS $$SET ROLE app; -- app$$;\n"));
    archive.entries.back().owner = "other";
    archive.entries.back().dependencies = {2};
    archive.entries.push_back(entry_of(4, "POLICY", "t p", "CREATE POLICY p ON t TO x USING (c = 'app');\n"));
    archive.entries.back().owner = "other";
    const std::string bytes = build(archive).bytes();
    RuleRegistry registry;
    add_builtin_rules(registry);
    Job job;
    job.rules = rules;
    MemorySource source(bytes);
    return make_plan(job, registry, source);
}

std::string described(const Plan& plan) {
    MemorySink sink;
    describe_plan(plan, sink);
    return sink.bytes();
}

const RuleSpec map_app{"map-role", {{"app", "we\"b"}}};

TEST(DryRun, SaysWhatIsDroppedAndWhatThatLeadsTo) {
    EXPECT_EQ(described(plan_for({{"no-privileges", {}}})),
              "drop 2; ACL public TABLE t  [no-privileges]\n"
              "change 3; FUNCTION public f()\n"
              "    dependencies lead past dropped entries\n"
              "entries: 6 read, 5 would be written\n");
}

TEST(DryRun, ShowsOldAndNewTextAndWhatIsLeftAsItIs) {
    EXPECT_EQ(described(plan_for({map_app})),
              "change 1; TABLE public odd?name\n"
              "    owner: 'app' -> 'we\"b'  [map-role]\n"
              "change 2; ACL public TABLE t\n"
              "    owner: 'app' -> 'we\"b'  [map-role]\n"
              "    definition: 'GRANT ALL ON TABLE t TO app;' -> 'GRANT ALL ON TABLE t TO \"we\"\"b\";'  "
              "[map-role]\n"
              "keep 3; FUNCTION public f()\n"
              "    left as it is: 'app' occurs 2 times in text that cannot be rewritten  [map-role]\n"
              "keep 4; POLICY public t p\n"
              "    left as it is: 'app' occurs 1 time in text that cannot be rewritten  [map-role]\n"
              "entries: 6 read, 6 would be written\n");
}

TEST(DryRun, FoldsChangesOfNamesThatManyEntriesHave) {
    ArchiveValue archive;
    for (int id = 1; id <= 5; ++id)
        archive.entries.push_back(entry_of(id, "TABLE", "t", "CREATE TABLE t ();\n"));
    archive.entries[4].owner = "other";
    archive.entries.push_back(entry_of(6, "ACL", "TABLE t", "GRANT ALL ON TABLE t TO app;\n"));
    const std::string bytes = build(archive).bytes();
    RuleRegistry registry;
    add_builtin_rules(registry);
    const auto told = [&](const RuleSpec& rule, bool fold) {
        MemorySource source(bytes);
        MemorySink sink;
        describe_plan(make_plan({{rule}, {}}, registry, source), sink, fold);
        return sink.bytes();
    };
    EXPECT_EQ(told({"map-role", {{"app", "web"}}}, true),
              "change 6; ACL public TABLE t\n"
              "    definition: 'GRANT ALL ON TABLE t TO app;' -> 'GRANT ALL ON TABLE t TO web;'  [map-role]\n"
              "change 5 entries (-v names them): owner: 'app' -> 'web'  [map-role]\n"
              "entries: 6 read, 6 would be written\n");
    EXPECT_EQ(told({"map-role", {{"other", "web"}}}, true),
              "change 5; TABLE public t\n    owner: 'other' -> 'web'  [map-role]\n"
              "entries: 6 read, 6 would be written\n")
        << "few are named";
    const std::string all = told({"no-owner", {}}, false);
    for (const char* const entry : {"change 1;", "change 4;", "change 5;", "change 6;"})
        EXPECT_NE(all.find(entry), std::string::npos) << all;
    EXPECT_EQ(all.find("-v names them"), std::string::npos);
}

TEST(Unhandled, IsToldOnceForEachCause) {
    ArchiveValue archive;
    archive.entries.push_back(entry_of(1, "FUNCTION", "f()", "CREATE FUNCTION f() ...;\n"));
    archive.entries.push_back(entry_of(2, "FUNCTION", "g()", "CREATE FUNCTION g() ...;\n"));
    for (int id = 3; id <= 9; ++id) {
        archive.entries.push_back(entry_of(id, "VIEW", "v" + std::to_string(id), "CREATE VIEW v;\n"));
        archive.entries.back().dependencies = {id == 9 ? 2 : 1};
    }
    archive.entries.push_back(entry_of(10, "VIEW", "w", "CREATE VIEW w;\n"));
    archive.entries.back().dependencies = {9};
    archive.entries.push_back(entry_of(11, "VIEW", "x", "CREATE VIEW x;\n"));
    archive.entries.back().dependencies = {10};
    const std::string bytes = build(archive).bytes();
    RuleRegistry registry;
    add_builtin_rules(registry);
    MemorySource source(bytes);
    const Plan plan = make_plan({{{"no-kind", {{"", "FUNCTION"}}}}, {}}, registry, source);
    EXPECT_EQ(
        unhandled_places(plan, true),
        (std::vector<std::string>{
            "no-kind: 6 entries (VIEW public.v3, VIEW public.v4, VIEW public.v5 and 3 more, which --dry-run "
            "lists): each uses FUNCTION public.f(), which is dropped; --cascade drops such entries too",
            "no-kind: entry 9 (VIEW public v9): uses FUNCTION public.g(), which is dropped; 2 other entries "
            "need what would fail; --cascade drops such entries too"}));
}

TEST(Unmatched, NamesTheLikelyCause) {
    const auto told = [](const RuleSpec& rule) {
        const std::vector<std::string> lines = unmatched_rules(plan_for({rule}));
        return lines.empty() ? std::string() : lines.front();
    };
    for (const char* const rule :
         {"exclude-table", "exclude-table-data", "drop-role", "exclude-extension", "no-kind", "schema",
          "exclude-schema", "table", "index", "exclude-language"})
        EXPECT_NE(told({rule, {{"", "a,b"}}}).find("commas do not part names; give each name by itself"),
                  std::string::npos)
            << rule;
    EXPECT_EQ(told({"exclude-table", {{"", "\"a,b\""}}}), "exclude-table '\"a,b\"' matched nothing");
    EXPECT_NE(told({"exclude-table", {{"", "Users"}}}).find("folded to lower case; write '\"Users\"'"),
              std::string::npos);
    EXPECT_EQ(told({"exclude-table", {{"", "users"}}}), "exclude-table 'users' matched nothing");
    EXPECT_EQ(told({"exclude-table", {{"", "\xc3\xa4rger"}}}),
              "exclude-table '\xc3\xa4rger' matched nothing");
}

TEST(DryRun, ShowsNullAndControlCharacters) {
    const std::string text = described(plan_for({{"no-owner", {}}, {"map-role", {{"x", "a\nb\x1b"}}}}));
    EXPECT_NE(text.find("    owner: 'app' -> NULL  [no-owner]\n"), std::string::npos) << text;
    EXPECT_NE(text.find("TO \"a\\nb\\x1b\" USING"), std::string::npos) << text;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << "nothing may steer the terminal";
}

TEST(Verbose, CountsPerRule) {
    EXPECT_EQ(describe_rules(plan_for({{"no-owner", {}}, {"no-privileges", {}}, {"no-create", {}}})),
              "no-owner: 3 fields changed\n"
              "no-privileges: 1 entry dropped\n"
              "no-create: nothing\n"
              "dependencies of 1 entry lead past dropped entries\n");
}

TEST(Verbose, CountsWhatIsLeftAsItIs) {
    EXPECT_EQ(describe_rules(plan_for({map_app})),
              "map-role 'app' = 'we\"b': 3 places changed; 3 places left as they are "
              "(1 FUNCTION, 1 POLICY)\n");
}

TEST(Verbose, SummarisesARun) {
    Summary summary;
    summary.entries_read = 6;
    summary.entries_written = 5;
    summary.blocks_read = 4;
    summary.blocks_written = 3;
    summary.bytes_read = 2;
    summary.bytes_written = 1;
    EXPECT_EQ(describe_summary(summary),
              "entries: 6 read, 5 written; data blocks: 4 read, 3 written; bytes: 2 read, 1 written\n");
}

TEST(Unmatched, RulesAndMappingsAreNamedEach) {
    const Plan plan =
        plan_for({{"no-create", {}}, {"map-role", {{"app", "web"}, {"App", "b"}}}, {"no-owner", {}}});
    const std::vector<std::string> lines = unmatched_rules(plan);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0], "no-create matched nothing");
    EXPECT_EQ(lines[1].substr(0, 39), "map-role 'App' = 'b' matched nothing: n");
}

}  // namespace
}  // namespace pgfilter::cli
