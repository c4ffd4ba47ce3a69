// SPDX-License-Identifier: PostgreSQL
// Selection in the shapes that no archive at hand has.  Real archives are compared with pg_restore elsewhere.
#include <gtest/gtest.h>

#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "rules/rule_access.hpp"
#include "support/plans.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

enum : int { none = 1, pre_data = 2, data = 3, post_data = 4 };

struct Entry : EntryValue {
    Entry(int id, int in_section, const char* kind, const char* name, std::vector<int> parents = {}) {
        dump_id = id;
        section = in_section;
        desc = kind;
        tag = name;
        dependencies = std::move(parents);
    }
    Entry&& in(MaybeText schema) && {
        namespace_ = std::move(schema);
        return std::move(*this);
    }
    Entry&& with_data(MaybeText definition = std::nullopt) && {
        defn = std::move(definition);
        copy_stmt = "COPY t FROM stdin;\n";
        rows = {{"1\n"}};
        return std::move(*this);
    }
    Entry&& with_drop(const char* statement) && {
        drop_stmt = statement;
        return std::move(*this);
    }
};

std::string bytes_of(const std::vector<EntryValue>& entries, int minor = 16) {
    ArchiveValue archive;
    archive.minor = minor;
    archive.entries = entries;
    return build(archive).bytes();
}

/// Dump IDs of what is kept, in the order of the output.
std::vector<DumpId> kept(const Plan& plan) {
    std::vector<DumpId> ids;
    const Toc& toc = plan.prologue.toc;
    for (std::size_t place = 0; place < toc.size(); ++place) {
        const TocEntry& entry = toc[toc.at(place)];
        if (!entry.dropped()) ids.push_back(entry.dump_id());
    }
    return ids;
}

std::vector<DumpId> kept(const std::vector<EntryValue>& entries, std::vector<RuleSpec> rules) {
    return kept(plan_for(bytes_of(entries), std::move(rules)));
}

using Ids = std::vector<DumpId>;

RuleSpec named(const char* rule, const char* name) {
    return {rule, {{"name", name}}};
}

std::string refusal(const std::vector<EntryValue>& entries, std::vector<RuleSpec> rules) {
    try {
        plan_for(bytes_of(entries), std::move(rules));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::usage);
        return error.message();
    }
    ADD_FAILURE() << "not refused";
    return {};
}

// Up to PostgreSQL 10; pg_restore does not see that it is of the database.
TEST(Selection, LeavesOutOldCommentsOnTheDatabase) {
    const std::string input =
        bytes_of({Entry(1, pre_data, "DATABASE", "town"), Entry(2, none, "COMMENT", "town", {1}),
                  Entry(3, none, "ACL", "town", {1}), Entry(4, none, "COMMENT", "DATABASE town", {1}),
                  Entry(5, pre_data, "TABLE", "t").in("s")},
                 12);
    EXPECT_EQ(kept(plan_for(input, {{"schema", {{"", "s"}}}})), (std::vector<DumpId>{1, 4, 5}));
    EXPECT_EQ(kept(plan_for(input, {{"table", {{"", "t"}}}})), (std::vector<DumpId>{1, 4, 5}));
    EXPECT_EQ(kept(plan_for(input, {{"no-owner", {}}})), (std::vector<DumpId>{1, 2, 3, 4, 5}));
}

// What a table needs and does not have is the same matter wherever an option for single objects stands.
TEST(Selection, FollowsTheSameInAnyOrderOfOptions) {
    const std::vector<EntryValue> entries{
        Entry(1, pre_data, "TYPE", "mood").in("s"), Entry(2, pre_data, "FUNCTION", "f()").in("s"),
        Entry(3, pre_data, "TABLE", "t", {1}).in("s"), Entry(4, pre_data, "TABLE", "u").in("s"),
        Entry(5, none, "COMMENT", "TYPE mood", {1}).in("s")};
    for (const RuleSpec& single : {named("trigger", "x"), named("index", "x"), named("function", "g()")}) {
        for (const RuleSpec& tables : {RuleSpec{"include-table", {{"pattern", "s.*"}}},
                                       RuleSpec{"table", {{"name", "t"}, {"name", "u"}}}}) {
            const Plan first = plan_for(bytes_of(entries), {single, tables});
            const Plan last = plan_for(bytes_of(entries), {tables, single});
            EXPECT_EQ(kept(first), (Ids{3, 4}));
            EXPECT_EQ(kept(last), (Ids{3, 4}));
            EXPECT_EQ(first.consequences.broken.size(), 1U);
            EXPECT_EQ(last.consequences.broken.size(), 1U);
            EXPECT_EQ(kept(entries, {single, {"cascade", {}}, tables}), (Ids{4}));
            EXPECT_EQ(kept(entries, {tables, {"cascade", {}}, single}), (Ids{4}));
        }
    }
    const RuleSpec schema = named("exclude-schema", "s");
    EXPECT_EQ(kept(entries, {named("trigger", "x"), schema}), kept(entries, {schema, named("trigger", "x")}));
}

TEST(Selection, WhatIsInNoSchemaIsNotInTheNamedOne) {
    const std::vector<EntryValue> entries{
        Entry(1, pre_data, "SCHEMA", "app").in(std::nullopt), Entry(2, pre_data, "TABLE", "t").in("app"),
        Entry(3, pre_data, "TABLE", "t").in(""), Entry(4, pre_data, "TABLE", "t").in("App")};
    EXPECT_EQ(kept(entries, {named("schema", "app")}), (Ids{2}));
    EXPECT_EQ(kept(entries, {named("exclude-schema", "app")}), (Ids{1, 3, 4}));
    EXPECT_EQ(kept(entries, {named("schema", "")}), (Ids{3}));
}

TEST(Selection, AttachmentsFollowTheirParent) {
    const std::vector<EntryValue> entries{Entry(1, none, "COMMENT", "TABLE t", {2}),
                                          Entry(2, pre_data, "TABLE", "t").in("app"),
                                          Entry(3, none, "ACL", "TABLE t", {2}).in("elsewhere"),
                                          Entry(4, none, "ACL", "COLUMN t.c", {9, 3, 2}),
                                          Entry(5, none, "ACL", "COLUMN t.c", {3}),
                                          Entry(6, none, "SECURITY LABEL", "FUNCTION f()"),
                                          Entry(7, none, "COMMENT", "DATABASE db"),
                                          Entry(8, pre_data, "DEFAULT ACL", "x").in("app")};
    EXPECT_EQ(kept(entries, {named("schema", "app")}), (Ids{2, 3, 4, 7, 8}))
        << "1 stands before its parent, 5 depends on an ACL alone, 6 on nothing";
    EXPECT_EQ(kept(entries, {named("exclude-schema", "app")}), (Ids{7}));
    EXPECT_EQ(kept(entries, {named("table", "t")}), (Ids{2, 3, 4, 7}));
    EXPECT_EQ(kept(entries, {{"no-data", {}}}), (Ids{1, 2, 3, 4, 5, 6, 7, 8})) << "nobody selects";
}

TEST(Selection, WhatAnEarlierRuleDropsIsNoParent) {
    const std::vector<EntryValue> entries{Entry(1, pre_data, "POLICY", "t p").in("app"),
                                          Entry(2, none, "SECURITY LABEL", "odd", {1}).in("app")};
    EXPECT_EQ(kept(entries, {{"no-policies", {}}, named("schema", "app")}), (Ids{}));
    EXPECT_EQ(kept(entries, {named("schema", "app")}), (Ids{1, 2}));
}

TEST(Selection, StatisticsFollowTheRelationThatIsNamed) {
    const std::vector<EntryValue> entries{Entry(1, pre_data, "TABLE", "t").in("a"),
                                          Entry(2, pre_data, "SEQUENCE", "t").in("a"),
                                          Entry(3, data, "STATISTICS DATA", "t", {77, 1}).in("b"),
                                          Entry(4, data, "STATISTICS DATA", "t", {2}),
                                          Entry(5, post_data, "INDEX", "i").in("a"),
                                          Entry(6, post_data, "STATISTICS DATA", "i", {5}),
                                          Entry(7, post_data, "EXTENDED STATISTICS DATA", "x", {1})};
    EXPECT_EQ(kept(entries, {named("table", "t")}), (Ids{1, 2, 3}));
    EXPECT_EQ(kept(entries, {named("index", "i")}), (Ids{5, 6}));
    EXPECT_EQ(kept(entries, {named("table", "t"), named("schema", "b")}), (Ids{3})) << "of a table not kept";
    EXPECT_EQ(kept(entries, {{"schema-only", {}}}), (Ids{1, 2, 5}));
    EXPECT_EQ(kept(entries, {{"statistics-only", {}}}), (Ids{3, 4, 6, 7}));
    EXPECT_EQ(kept(entries, {{"no-schema", {}}}), (Ids{3, 4, 6, 7}));
    EXPECT_EQ(kept(entries, {{"no-data", {}}}), (Ids{1, 2, 3, 4, 5, 6, 7}));
}

TEST(Selection, EntriesWithoutSectionAreInThatOfTheOneBefore) {
    const std::vector<EntryValue> entries{Entry(1, none, "ACL", "x"), Entry(2, post_data, "INDEX", "i"),
                                          Entry(3, none, "COMMENT", "INDEX i", {2}),
                                          Entry(4, data, "SEQUENCE SET", "s")};
    EXPECT_EQ(kept(entries, {named("section", "pre-data")}), (Ids{1}));
    EXPECT_EQ(kept(entries, {named("section", "data")}), (Ids{4}));
    EXPECT_EQ(kept(entries, {named("section", "post-data")}), (Ids{2, 3}));
    EXPECT_EQ(kept(entries, {named("section", "post-data"), {"no-comments", {}}}), (Ids{2}));
    const std::vector<RuleSpec> two{{"section", {{"", "pre-data"}, {"", "data"}}}};
    EXPECT_EQ(kept(entries, two), (Ids{1, 4}));
}

TEST(Selection, SectionsOfOldArchivesFollowFromTheKind) {
    const std::vector<EntryValue> entries{
        Entry(1, 0, "SCHEMA", "s"),        Entry(2, 0, "ACL", "s"),
        Entry(3, 0, "SEQUENCE SET", "q"),  Entry(4, 0, "TABLE DATA", "t").with_data(),
        Entry(5, 0, "COMMENT", "TABLE t"), Entry(6, 0, "INDEX", "i"),
        Entry(7, 0, "COMMENT", "INDEX i"), Entry(8, 0, "ACL LANGUAGE", "l"),
        Entry(9, 0, "TYPE", "t")};
    const std::string bytes = bytes_of(entries, 10);
    EXPECT_EQ(kept(plan_for(bytes, {named("section", "pre-data")})), (Ids{1, 2, 3, 9}));
    EXPECT_EQ(kept(plan_for(bytes, {named("section", "data")})), (Ids{4, 5}));
    EXPECT_EQ(kept(plan_for(bytes, {named("section", "post-data")})), (Ids{6, 7, 8}));
}

TEST(Selection, EntriesWithNothingToRestoreStayUntilTheyAreDeselected) {
    EntryValue empty = Entry(1, pre_data, "TABLE", "t").in("a");
    empty.defn = std::nullopt;
    EXPECT_EQ(kept({empty}, {{"no-data", {}}}), (Ids{1}));
    EXPECT_EQ(kept({empty}, {named("schema", "b")}), (Ids{}));
    const std::vector<EntryValue> with_comment{empty, Entry(2, none, "COMMENT", "TABLE t", {1})};
    EXPECT_EQ(kept(with_comment, {named("schema", "a")}), (Ids{1})) << "not restored, so no parent";
}

TEST(Selection, TheDatabaseAndSessionStayWhateverIsSelected) {
    std::vector<EntryValue> entries = first_entries();
    const auto session = static_cast<DumpId>(entries.size());
    entries.push_back(Entry(5001, pre_data, "DATABASE", "db"));
    entries.push_back(Entry(5002, pre_data, "DATABASE PROPERTIES", "db"));
    entries.push_back(Entry(5003, pre_data, "TABLE", "t"));
    for (const RuleSpec& rule : {named("schema", "x"), named("section", "data"), RuleSpec{"data-only", {}},
                                 RuleSpec{"use-list", {}}, named("table", "x")})
        EXPECT_EQ(kept(entries, {rule}).size(), static_cast<std::size_t>(session) + 2) << rule.name;
    EXPECT_EQ(kept(entries, {{"data-only", {}}, {"no-create", {}}}).size(),
              static_cast<std::size_t>(session));
}

// A definition and data in one entry: pg_dump has not written such for long.
TEST(Selection, LeavesHalfAnEntryBehind) {
    const std::vector<EntryValue> entries{
        Entry(1, data, "TABLE DATA", "t").with_data("SELECT 1;\n"),
        Entry(2, data, "TABLE DATA", "u").with_data(),
        Entry(3, data, "TABLE DATA", "v").with_data("-- load via partition root a.b")};
    const std::string bytes = bytes_of(entries);
    RuleRegistry registry;
    add_builtin_rules(registry);
    MemorySource source(bytes);
    MemorySink sink;
    const Summary summary = run({{{"no-data", {}}}, {}}, registry, source, sink);
    EXPECT_EQ(summary.blocks_written, 0u);
    const std::string output = sink.bytes();
    MemorySource again(output);
    const Prologue prologue = read_prologue(again);
    ASSERT_EQ(prologue.toc.size(), 1u);
    EXPECT_FALSE(prologue.toc[0].has_data());
    EXPECT_EQ(prologue.toc[0].data_offset().state, DataOffset::State::no_data);
    EXPECT_EQ(prologue.toc[0].defn(), Text("SELECT 1;\n"));
    EXPECT_EQ(prologue.toc[0].text(Field::copy_stmt), Text());

    const Plan data_alone = plan_for(bytes, {{"data-only", {}}});
    EXPECT_EQ(kept(data_alone), (Ids{1, 2, 3}));
    EXPECT_EQ(data_alone.prologue.toc[0].defn(), Text());
    EXPECT_TRUE(data_alone.prologue.toc[0].keeps_data());
    EXPECT_FALSE(data_alone.prologue.toc[2].changed());
    EXPECT_EQ(plan_for(bytes_of(entries, 13), {{"data-only", {}}}).prologue.toc[0].defn(), Text(""));
}

// Else a second run would drop what the first has left of them.
TEST(Selection, WhatCountsAsDataGoesWithItsBlock) {
    const char* const text = "SELECT 1;\n";
    for (const auto& [kind, tag] :
         {std::pair("ACL", "LARGE OBJECT 7"), std::pair("COMMENT", "LARGE OBJECT 7"),
          std::pair("SEQUENCE SET", "s"), std::pair("BLOB", "7"), std::pair("BLOB METADATA", "7")}) {
        const std::vector<EntryValue> entries{Entry(1, data, kind, tag).with_data(text)};
        EXPECT_EQ(kept(entries, {{"no-data", {}}}), Ids()) << kind;
        EXPECT_EQ(kept(entries, {{"schema-only", {}}}), Ids()) << kind;
        EXPECT_EQ(kept(entries, {{"no-schema", {}}}), Ids{1}) << kind;
    }
    EXPECT_EQ(kept({Entry(1, data, "ACL", "TABLE t").with_data(text)}, {{"no-data", {}}}), Ids{1});
}

TEST(Selection, KnowsTriggersByNameAndByTableAndName) {
    const std::vector<EntryValue> entries{
        Entry(1, post_data, "TRIGGER", "a b c").with_drop("DROP TRIGGER \"b c\" ON s.a;\n"),
        Entry(2, post_data, "TRIGGER", "a b c").with_drop("DROP TRIGGER c ON s.\"a b\";\n"),
        Entry(3, post_data, "TRIGGER", "old").with_drop("DROP TRIGGER old ON s.t;\n"),
        Entry(4, post_data, "TRIGGER", "t x").with_drop("")};
    EXPECT_EQ(kept(entries, {named("trigger", "b c")}), (Ids{1}));
    EXPECT_EQ(kept(entries, {named("trigger", "c")}), (Ids{2}));
    EXPECT_EQ(kept(entries, {named("trigger", "a b c")}), (Ids{1, 2}));
    EXPECT_EQ(kept(entries, {named("trigger", "old")}), (Ids{3}));
    EXPECT_EQ(kept(entries, {named("trigger", "t x")}), (Ids{4}));
}

TEST(Selection, SaysWhatEachDropIsDueTo) {
    const std::vector<EntryValue> entries{
        Entry(1, pre_data, "TABLE", "t").in("a"), Entry(2, none, "COMMENT", "TABLE t", {1}).in("a"),
        Entry(3, pre_data, "TABLE", "t").in("b"), Entry(4, data, "TABLE DATA", "t", {3}).in("b").with_data(),
        Entry(5, pre_data, "TYPE", "t").in("b")};
    const Plan plan = plan_for(bytes_of(entries), {named("schema", "b"),
                                                   {"no-data", {}},
                                                   named("index", "i"),
                                                   named("table", "t"),
                                                   {"schema-only", {}}});
    const auto cause = [&](DumpId id) { return plan.prologue.toc[*plan.prologue.toc.find(id)].dropped_by(); };
    EXPECT_EQ(cause(1), 0);
    EXPECT_EQ(cause(2), 0) << "what its parent is due to";
    EXPECT_EQ(cause(4), 1);
    EXPECT_EQ(cause(5), 3) << "what selects tables, wherever single objects are asked for";
    EXPECT_EQ(plan.reports[0].per_argument, (std::vector<std::size_t>{3}));
    EXPECT_EQ(plan.reports[2].per_argument, (std::vector<std::size_t>{0}));
    EXPECT_EQ(plan.reports[3].per_argument, (std::vector<std::size_t>{2}));
    EXPECT_FALSE(plan.reports[4].matched_nothing()) << "it repeats no-data";
}

TEST(Selection, RefusesWhatMakesNoSense) {
    const std::vector<EntryValue> entries{Entry(1, pre_data, "TABLE", "t").in("a")};
    EXPECT_EQ(refusal(entries, {{"table", {}}}), "table needs a name");
    EXPECT_EQ(refusal(entries, {{"section", {}}}), "section needs a name");
    EXPECT_EQ(refusal(entries, {{"use-list", {}}, {"use-list", {}}}), "use-list is given twice");
    EXPECT_EQ(refusal(entries, {{"strict-names", {}}, named("table", "t"), named("table", "u")}),
              "table \"u\" not found");
    EXPECT_EQ(refusal(entries, {named("table", "t"), {"strict-names", {}}, named("schema", "b")}),
              "schema \"b\" not found");
    EXPECT_EQ(kept(entries, {{"strict-names", {}}, named("table", "t"), named("table", "t")}), (Ids{1}));
}

/// What check_plan() says of a plan; "" if nothing.
std::string refusal_to_run(const std::vector<EntryValue>& entries, std::vector<RuleSpec> rules) {
    try {
        check_plan(plan_for(bytes_of(entries), std::move(rules)));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::usage);
        return error.message();
    }
    return {};
}

// The archive decides, not what other options leave of it.
TEST(Selection, RefusesOptionsThatFindNothing) {
    const std::vector<EntryValue> entries{
        Entry(1, pre_data, "SCHEMA", "empty").in(std::nullopt),
        Entry(2, pre_data, "TABLE", "t").in("a"),
        Entry(3, pre_data, "FUNCTION", "f(integer)").in("a"),
        Entry(4, post_data, "INDEX", "i").in("a"),
        Entry(5, post_data, "TRIGGER", "t x").in("a").with_drop("DROP TRIGGER x ON a.t;\n"),
        Entry(6, data, "TABLE DATA", "lonely").in("b").with_data()};
    EXPECT_EQ(refusal_to_run(entries, {named("schema", "b c")}),
              "no matching schemas were found for \"b c\"");
    EXPECT_EQ(refusal_to_run(entries, {named("table", "T")}), "no matching tables were found for \"T\"");
    EXPECT_EQ(refusal_to_run(entries, {named("index", "t")}), "no matching indexes were found for \"t\"");
    EXPECT_EQ(refusal_to_run(entries, {named("function", "f")}),
              "no matching functions were found for \"f\"");
    EXPECT_EQ(refusal_to_run(entries, {named("trigger", "t")}), "no matching triggers were found for \"t\"");
    EXPECT_EQ(refusal_to_run(entries, {named("table", "a.t")}),
              "no matching tables were found for \"a.t\": it takes a plain name, as pg_restore does; "
              "include-table takes patterns");
    EXPECT_EQ(
        refusal_to_run(entries, {named("table", "T,u")}),
        "no matching tables were found for \"T,u\": this is one name, commas do not part names; give each "
        "name by itself");
    EXPECT_EQ(refusal_to_run(entries, {{"table", {{"", "u"}, {"", "v"}}}, named("table", "w")}),
              "no matching tables were found for \"u\", \"v\", \"w\"");
    EXPECT_EQ(
        refusal_to_run(entries, {{"include-table", {{"", "U"}}}}),
        "no matching tables were found for \"U\": capital letters outside double quotes are folded to lower "
        "case; write '\"U\"'");
    for (const RuleSpec& rule :
         {named("schema", "empty"), named("schema", "b"), named("table", "lonely"), named("index", "i"),
          named("function", "f(integer)"), named("trigger", "x"), named("trigger", "t x"),
          RuleSpec{"table", {{"", "t"}, {"", "nosuch"}}}, named("exclude-schema", "nosuch")}) {
        EXPECT_EQ(refusal_to_run(entries, {rule}), "") << rule.name << rule.arguments[0].value;
        EXPECT_EQ(
            refusal_to_run(entries, {{"exclude-table", {{"", "*"}}}, rule, named("section", "pre-data")}), "")
            << rule.name << ": what others do does not matter";
    }
}

TEST(Selection, PatternsFindWhatOthersHaveDropped) {
    const std::vector<EntryValue> orphan{Entry(6, data, "TABLE DATA", "lonely").in("b").with_data()};
    const RuleSpec all_rows{"exclude-table-data", {{"", "*"}}};
    EXPECT_EQ(refusal_to_run(orphan, {all_rows, {"include-table", {{"", "b.lonely"}}}}), "");
    EXPECT_NE(refusal_to_run(orphan, {all_rows, {"include-table", {{"", "b.other"}}}}), "");
}

RuleSpec list_of(std::initializer_list<const char*> lines) {
    RuleSpec spec{"use-list", {}};
    for (const char* line : lines) spec.arguments.push_back({"entry", line});
    return spec;
}

TEST(UseList, OrdersWhatItKeeps) {
    const std::vector<EntryValue> entries{Entry(1, pre_data, "TABLE", "a"), Entry(2, pre_data, "TABLE", "b"),
                                          Entry(9, pre_data, "DATABASE", "c"),
                                          Entry(4, data, "TABLE DATA", "a").with_data(),
                                          Entry(5, data, "TABLE DATA", "b").with_data()};
    EXPECT_EQ(kept(entries, {list_of({"2", "4", "1", "5"})}), (Ids{9, 2, 4, 1, 5}));
    EXPECT_EQ(
        kept(entries, {list_of({" 2 x", "+1\r", "2", "77", "0", "-1", "x", "9999999999", "8589934593"})}),
        (Ids{9, 2, 1}));
    const Plan plan = plan_for(bytes_of(entries), {list_of({"1", "x", "1", "9"})});
    EXPECT_EQ(plan.reports[0].per_argument, (std::vector<std::size_t>{1, 0, 0, 1}));
    EXPECT_EQ(refusal(entries, {list_of({"3"})}).substr(0, 30), "could not find entry for ID 3;");
    EXPECT_NE(refusal(entries, {list_of({"5", "1", "4"})}).find("(TABLE DATA public a) after entry 5"),
              std::string::npos);
    EXPECT_EQ(kept(entries, {list_of({"5", "1", "4"}), {"schema-only", {}}}), (Ids{9, 1}));
}

TEST(UseList, AttachmentsBehindTheirParentOnly) {
    const std::vector<EntryValue> entries{Entry(1, pre_data, "TABLE", "a"),
                                          Entry(2, none, "ACL", "TABLE a", {1})};
    EXPECT_EQ(kept(entries, {list_of({"2", "1"})}), (Ids{2, 1}));
    EXPECT_EQ(kept(entries, {list_of({"2", "1"}), named("table", "a")}), (Ids{1}));
    EXPECT_EQ(kept(entries, {list_of({"1", "2"}), named("table", "a")}), (Ids{1, 2}));
}

class Copy final : public Rule {
public:
    void apply(RuleContext& context) override {
        for (std::size_t i = 0; i < 2; ++i) RuleAccess::add_copy(context, RuleAccess::add_copy(context, i));
    }
};

TEST(UseList, CopiesFindDumpIdsBesideTheLargestOne) {
    constexpr int largest = 2147483647;
    const std::string bytes =
        bytes_of({Entry(1, pre_data, "TABLE", "a"), Entry(largest, post_data, "INDEX", "b"),
                  Entry(4, pre_data, "TABLE", "c")});
    RuleRegistry registry;
    add_builtin_rules(registry);
    registry.add({"copy", "test"}, [](std::span<const RuleSpec>) { return std::make_unique<Copy>(); });
    MemorySource source(bytes);
    const Plan plan = make_plan({{{"copy", {}}, {"strict-names", {}}}, {}}, registry, source);
    EXPECT_EQ(kept(plan), (Ids{1, 2, 3, largest, 5, 6, 4}));
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i)
        EXPECT_EQ(plan.prologue.toc.find(plan.prologue.toc[i].dump_id()), i);
}

TEST(UseList, TakesCopiesAlong) {
    const std::string bytes = bytes_of({Entry(1, pre_data, "TABLE", "a"), Entry(2, post_data, "INDEX", "b"),
                                        Entry(3, pre_data, "TABLE", "c")});
    RuleRegistry registry;
    add_builtin_rules(registry);
    registry.add({"copy", "test"}, [](std::span<const RuleSpec>) { return std::make_unique<Copy>(); });
    const auto planned = [&](const RuleSpec& rule) {
        MemorySource source(bytes);
        return kept(make_plan({{{"copy", {}}, rule}, {}}, registry, source));
    };
    EXPECT_EQ(planned({"strict-names", {}}), (Ids{1, 4, 5, 2, 6, 7, 3}));
    EXPECT_EQ(planned(list_of({"3", "2", "1"})), (Ids{3, 2, 6, 7, 1, 4, 5}));
    EXPECT_EQ(planned(list_of({"2"})), (Ids{2, 6, 7}));
    EXPECT_EQ(planned(named("section", "post-data")), (Ids{2, 6, 7}));
    EXPECT_EQ(planned(list_of({"5"})), (Ids{})) << "no ID of the archive";
}

TEST(UseList, ChangesNothingIfItIsComplete) {
    std::vector<EntryValue> entries = first_entries();
    entries.push_back(Entry(5001, pre_data, "TABLE", "a"));
    entries.push_back(Entry(5002, none, "ACL", "TABLE a", {5001}));
    EXPECT_FALSE(plan_for(bytes_of(entries), {list_of({"5001", "5002"})}).prologue.toc.rewritten());
}

// pg_restore 17 and 18 look the OIDs up in the entry that such privileges depend on first, and crash without.
TEST(UseList, LeavesPrivilegesOfLargeObjectsTheirOids) {
    std::vector<EntryValue> entries{Entry(1, data, "BLOB METADATA", "7..9"),
                                    Entry(2, none, "ACL", "LARGE OBJECTS 7..9", {1})};
    entries[0].defn = "7\n9\n";
    const Plan plan = plan_for(bytes_of(entries), {list_of({"2"})});
    EXPECT_EQ(kept(plan), (Ids{1, 2}));
    EXPECT_EQ(plan.prologue.toc[0].desc(), "<Init>");
    EXPECT_EQ(plan.prologue.toc[0].tag(), "Max OID");
    EXPECT_EQ(plan.prologue.toc[1].dependencies(), (Ids{1}));
    EXPECT_EQ(kept(entries, {list_of({})}), (Ids{}));
    EXPECT_EQ(kept(entries, {{"no-privileges", {}}, list_of({"2"})}), (Ids{}));
}

std::vector<EntryValue> family() {
    std::vector<EntryValue> entries{Entry(1, pre_data, "TABLE", "root").in("s"),
                                    Entry(2, pre_data, "TABLE", "leaf").in("s"),
                                    Entry(3, pre_data, "TABLE ATTACH", "leaf", {1, 2}).in("s"),
                                    Entry(4, pre_data, "SEQUENCE", "seq", {1}).in("s"),
                                    Entry(5, pre_data, "SEQUENCE OWNED BY", "seq", {4}).in("s"),
                                    Entry(6, pre_data, "TABLE", "other").in("s"),
                                    Entry(7, data, "TABLE DATA", "leaf", {2}).in("s").with_data(),
                                    Entry(8, post_data, "INDEX", "leaf_i", {2}).in("s"),
                                    Entry(9, post_data, "FK CONSTRAINT", "other fk", {6, 1, 2}).in("s"),
                                    Entry(10, post_data, "PUBLICATION TABLE", "p root", {1}).in("s"),
                                    Entry(11, none, "COMMENT", "TABLE leaf", {2}).in("s"),
                                    Entry(12, none, "COMMENT", "TABLE other", {6}).in("s")};
    entries[8].defn =
        "ALTER TABLE ONLY s.other\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES s.root(a);\n";
    return entries;
}

RuleSpec with_children(const char* pattern) {
    return {"table-and-children", {{"", pattern}}};
}

// Whole databases are compared with pg_dump elsewhere.
TEST(TableAndChildren, KeepsWhatHangsOnTablesAndChildren) {
    EXPECT_EQ(kept(family(), {with_children("s.root")}), (Ids{1, 2, 3, 4, 5, 7, 8, 11}));
    EXPECT_EQ(kept(family(), {with_children("leaf")}), (Ids{2, 3, 7, 8, 11}));
    EXPECT_EQ(kept(family(), {with_children("s.other")}), (Ids{6, 9, 12}));
    EXPECT_EQ(kept(family(), {with_children("seq")}), (Ids{4})) << "nobody's";
    EXPECT_EQ(kept(family(), {with_children("nosuch")}), (Ids{}));
    std::vector<EntryValue> with_identity = family();
    with_identity[3].defn = "ALTER TABLE s.root ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (\n);\n";
    EXPECT_EQ(kept(with_identity, {with_children("seq")}), (Ids{}));
    EXPECT_EQ(kept(with_identity, {with_children("root")}), (Ids{1, 2, 3, 4, 5, 7, 8, 11}));
}

TEST(TableAndChildren, IsAddedToOtherNamesWhateverTheSchemas) {
    EXPECT_EQ(kept(family(), {with_children("other"), named("table", "leaf")}), (Ids{2, 6, 7, 9, 11, 12}));
    EXPECT_EQ(kept(family(), {with_children("other"), named("exclude-schema", "s")}), (Ids{6, 9, 12}));
    EXPECT_EQ(kept(family(), {with_children("leaf"), named("section", "data")}), (Ids{7}));
}

TEST(TableAndChildren, FindsNothingThroughWhatIsDropped) {
    EXPECT_EQ(kept(family(), {{"exclude-table", {{"", "s.root"}}}, with_children("root")}), (Ids{}));
    const RuleSpec no_sequences{"only-kinds", {{"", "TABLE"}, {"", "SEQUENCE OWNED BY"}}};
    EXPECT_EQ(kept(family(), {no_sequences, with_children("root")}), (Ids{1, 2})) << "of no sequence";
    EXPECT_EQ(refusal(family(), {with_children("x*"), {"strict-names", {}}}),
              "no matching tables were found for pattern \"x*\"");
}

}  // namespace
}  // namespace pgfilter
