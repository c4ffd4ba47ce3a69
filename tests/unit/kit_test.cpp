// SPDX-License-Identifier: PostgreSQL
// What rules of one's own are made with: names in SQL, parts of tags, sources that are files,
// Reach::dependents.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"
#include "pgfilter/sql.hpp"
#include "pgfilter/tag_parts.hpp"
#include "pgfilter/wrapped.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

TEST(SqlNames, AreReadAsAWhole) {
    const auto read = [](std::string_view sql) {
        const auto name = sql::parse_name(sql);
        return name ? "<" + name->schema + "><" + name->name + ">" : "nothing";
    };
    EXPECT_EQ(read("Users"), "<><users>");
    EXPECT_EQ(read(" app . \"U\"\"s\" -- x\n"), "<app><U\"s>");
    for (const char* const none : {"", "1", "app.", "a.b.c", "a b", "a;", "'a'", "\"a", "U&\"a\""})
        EXPECT_EQ(read(none), "nothing") << none;
}

RC_GTEST_PROP(SqlNames, AreWrittenAsTheyAreRead, (const std::string& schema, const std::string& name)) {
    RC_PRE(!name.empty());
    const auto again = sql::parse_name(sql::quote_name({schema, name}));
    RC_ASSERT(again && again->schema == schema && again->name == name);
}

/// "object/relation/name/types" of an entry of that kind.
std::string parts(const std::string& desc, const std::string& tag, const std::string& defn = {}) {
    const Plan plan = plan_for(bytes_with({entry_of(100, desc, tag, defn)}), {});
    const TagParts of = parts_of_tag(find(plan, 100), dialect_of(plan.prologue.toc));
    std::string all(of.object);
    return all.append("/").append(of.relation).append("/").append(of.name).append("/").append(of.types);
}

TEST(TagParts, DependOnTheKind) {
    EXPECT_EQ(parts("TABLE", "my table"), "//my table/");
    EXPECT_EQ(parts("FUNCTION", "add(integer, \"a(b\")"), "//add/(integer, \"a(b\")");
    EXPECT_EQ(parts("FUNCTION", "odd(name(text)"), "//odd(name/(text)");
    EXPECT_EQ(parts("PROCEDURE", "clean()"), "//clean/()");
    EXPECT_EQ(parts("COMMENT", "COLUMN users.email"), "COLUMN//users.email/");
    EXPECT_EQ(parts("COMMENT", "FUNCTION add(integer)"), "FUNCTION//add/(integer)");
    EXPECT_EQ(parts("ACL", "MATERIALIZED VIEW v"), "MATERIALIZED VIEW//v/");
    EXPECT_EQ(parts("SECURITY LABEL", "NEW THING x"), "NEW THING//x/");
    EXPECT_EQ(parts("ACL", "users"), "//users/") << "as pg_dump before 11 wrote it";
    const std::string constraint = "ALTER TABLE ONLY s.\"my table\" ADD CONSTRAINT k PRIMARY KEY (id);\n";
    EXPECT_EQ(parts("CONSTRAINT", "my table k", constraint), "/my table/k/");
    EXPECT_EQ(
        parts("TRIGGER", "t", "CREATE TRIGGER t BEFORE INSERT ON s.u FOR EACH ROW EXECUTE FUNCTION f();\n"),
        "/u/t/")
        << "as pg_dump before 9.6 wrote it";
    EXPECT_EQ(parts("CONSTRAINT", "a b"), "//a b/") << "where the definition does not say";
}

TEST(Discarding, EndsWithTheStream) {
    MemorySource source("0123456789");
    EXPECT_EQ(discard(source, 3), 3U);
    EXPECT_EQ(source.peek(1), "3456789");
    EXPECT_EQ(discard(source, 0), 0U);
    EXPECT_EQ(discard(source), 7U);
    EXPECT_EQ(discard(source, 1), 0U);
    EXPECT_EQ(source.offset(), 10U);
}

class InputFiles : public testing::Test {
protected:
    void SetUp() override { name_ = testing::TempDir() + "input_file_test"; }
    void TearDown() override { std::filesystem::remove(name_); }

    void write(const std::string& bytes) { std::ofstream(name_, std::ios::binary) << bytes; }
    std::string read() {
        InputFile file(name_);
        std::string all;
        for (Bytes run = file.peek(1); !run.empty(); run = file.peek(1)) {
            all += run;
            file.skip(run.size());
        }
        EXPECT_EQ(file.offset(), all.size());
        wrapping_ = file.wrapping();
        return all;
    }

    std::string name_;
    Wrapping wrapping_ = Wrapping::none;
};

TEST_F(InputFiles, AreReadAsTheyAre) {
    for (const std::string& bytes :
         {std::string(), std::string("P"), read_test_archive("tiny/tiny.15.file.dump")}) {
        write(bytes);
        EXPECT_EQ(read(), bytes);
        EXPECT_EQ(wrapping_, Wrapping::none);
    }
}

TEST_F(InputFiles, AreUnpacked) {
    // "hello", as gzip writes it.
    write(
        std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0", 25));
    EXPECT_EQ(read(), "hello");
    EXPECT_EQ(wrapping_, Wrapping::gzip);
}

TEST_F(InputFiles, MustBeThere) {
    try {
        InputFile file(name_);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::io);
        EXPECT_EQ(error.file(), name_);
    }
}

class DropTables final : public EntryRule {
public:
    explicit DropTables(std::string name) : name_(std::move(name)) {}
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::table; }
    void visit(RuleContext& context, TocEntry& entry) override {
        if (entry.tag() == name_) context.drop(entry);
    }

private:
    std::string name_;
};

/// Each with a view on it.
std::string two_tables() {
    return bytes_with({entry_of(100, "TABLE", "t", "CREATE TABLE s.t (id integer);\n"),
                       entry_of(101, "TABLE DATA", "t", {}, {100}),
                       entry_of(102, "VIEW", "v", "CREATE VIEW s.v AS SELECT id FROM s.t;\n", {100}),
                       entry_of(103, "COMMENT", "VIEW v", "COMMENT ON VIEW s.v IS 'x';\n", {102}),
                       entry_of(104, "TABLE", "apart", "CREATE TABLE s.apart (id integer);\n"),
                       entry_of(105, "VIEW", "w", "CREATE VIEW s.w AS SELECT id FROM s.apart;\n", {104})});
}

/// Dump IDs of what goes when rules of that reach drop the tables of these names.
std::vector<DumpId> dropped_by(Reach reach, const std::vector<std::string>& names) {
    RuleRegistry registry;
    Job job;
    for (const std::string& name : names) {
        registry.add({.name = name, .summary = "test", .reach = name == "apart" ? Reach::object : reach},
                     [=](std::span<const RuleSpec>) { return std::make_unique<DropTables>(name); });
        job.rules.push_back({name, {}});
    }
    const std::string bytes = two_tables();
    MemorySource source(bytes);
    return dropped(make_plan(job, registry, source));
}

TEST(ReachOfARule, SaysWhatGoesWithWhatItDrops) {
    EXPECT_EQ(dropped_by(Reach::none, {"t"}), (std::vector<DumpId>{100}));
    EXPECT_EQ(dropped_by(Reach::selection, {"t"}), (std::vector<DumpId>{100}));
    EXPECT_EQ(dropped_by(Reach::object, {"t"}), (std::vector<DumpId>{100, 101}));
    EXPECT_EQ(dropped_by(Reach::dependents, {"t"}), (std::vector<DumpId>{100, 101, 102, 103}));
    EXPECT_EQ(dropped_by(Reach::dependents, {"apart", "t"}), (std::vector<DumpId>{100, 101, 102, 103, 104}))
        << "what uses the table of another rule stays";
}

/// Takes what uses one table with it, and not what uses the other.
class DropBothTables final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::table; }
    void visit(RuleContext& context, TocEntry& entry) override {
        context.drop(entry, entry.tag() == "t" ? Reach::dependents : Reach::object);
    }
};

TEST(ReachOfARule, CanDifferFromEntryToEntry) {
    RuleRegistry registry;
    registry.add({.name = "drop-both", .summary = "test", .reach = Reach::object},
                 [](std::span<const RuleSpec>) { return std::make_unique<DropBothTables>(); });
    const std::string bytes = two_tables();
    MemorySource source(bytes);
    const Plan plan = make_plan({{{"drop-both", {}}}, {}}, registry, source);
    EXPECT_EQ(dropped(plan), (std::vector<DumpId>{100, 101, 102, 103, 104}));
    const std::vector<Unhandled> unhandled = unhandled_in(plan);
    ASSERT_EQ(unhandled.size(), 1U);
    EXPECT_EQ(unhandled[0].reason, "uses TABLE s.apart, which is dropped");
}

TEST(Registry, RefusesTwoRulesOfOneNameAndNoFactory) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    const auto factory = [](std::span<const RuleSpec>) { return std::make_unique<DropBothTables>(); };
    for (const char* const taken : {"no-owner", "no-acl"})
        EXPECT_THROW(registry.add({.name = taken, .summary = "test"}, factory), ContractError) << taken;
    EXPECT_THROW(registry.add({.name = "mine", .summary = "test", .aliases = {"no-owner"}}, factory),
                 ContractError);
    EXPECT_THROW(registry.add({.name = "mine", .summary = "test"}, nullptr), ContractError);
    EXPECT_EQ(registry.find("mine"), nullptr);
}

}  // namespace
}  // namespace pgfilter
