// SPDX-License-Identifier: PostgreSQL
// What each rule does to a table of contents.  The real archives are compared with pg_restore elsewhere; here
// are the shapes that no archive at hand has, and the fields that must stay.
#include <gtest/gtest.h>

#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/plans.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

EntryValue entry_of(int dump_id, const std::string& desc, const std::string& tag, MaybeText defn) {
    EntryValue entry;
    entry.dump_id = dump_id;
    entry.desc = desc;
    entry.tag = tag;
    entry.defn = std::move(defn);
    entry.namespace_ = std::nullopt;
    return entry;
}

ArchiveValue archive_of(int minor, std::vector<EntryValue> entries) {
    ArchiveValue archive;
    archive.minor = minor;
    archive.entries = first_entries();
    archive.entries.insert(archive.entries.end(), entries.begin(), entries.end());
    return archive;
}

std::string defn_after(const std::string& desc, const std::string& defn, const RuleSpec& rule) {
    const std::string input = build(archive_of(16, {entry_of(1, desc, "t", defn)})).bytes();
    return std::string(*find(plan_for(input, {rule}), 1).defn());
}

TEST(NoOwner, IsNullFrom114OnAndEmptyBefore) {
    for (int minor = 10; minor <= 16; ++minor) {
        const std::string input = build(archive_of(minor, {entry_of(1, "TABLE", "t", "x")})).bytes();
        const Plan plan = plan_for(input, {{"no-owner", {}}});
        EXPECT_EQ(find(plan, 1).owner(), minor >= 14 ? Text() : Text("")) << minor;
    }
}

TEST(NoOwner, NullAndEmptyAreTheSameNobodyButOneIsWrittenPerVersion) {
    EntryValue empty_owner = entry_of(1, "COMMENT", "c", "x");
    empty_owner.owner = "";
    const std::string input = build(archive_of(16, {empty_owner})).bytes();
    EXPECT_EQ(find(plan_for(input, {{"no-owner", {}}}), 1).owner(), Text());
}

TEST(NoOwner, LeavesEntriesWithoutOwnerAsTheyAre) {
    EntryValue null_owner = entry_of(1, "EXTENSION", "e", "x");
    null_owner.owner = std::nullopt;
    EntryValue empty_owner = entry_of(2, "EXTENSION", "e", "x");
    empty_owner.owner = "";
    const std::string input = build(archive_of(13, {null_owner, empty_owner})).bytes();
    EXPECT_FALSE(plan_for(input, {{"no-owner", {}}}).prologue.toc.rewritten());
}

TEST(NoOwner, TakesAuthorizationOutOfOldSchemas) {
    EXPECT_EQ(defn_after("SCHEMA", "CREATE SCHEMA \"a b\" AUTHORIZATION \"c d\";\n", {"no-owner", {}}),
              "CREATE SCHEMA \"a b\";\n");
    EXPECT_EQ(defn_after("SCHEMA", "-- *not* creating schema, since initdb creates it\n", {"no-owner", {}}),
              "-- *not* creating schema, since initdb creates it\n");
}

TEST(NoPrivileges, DropsAllThreeKinds) {
    const std::string input =
        build(archive_of(13, {entry_of(1, "ACL", "TABLE t", "GRANT ALL ON TABLE t TO x;\n"),
                              entry_of(2, "DEFAULT ACL", "d", "x"), entry_of(3, "ACL LANGUAGE", "l", "x"),
                              entry_of(4, "TABLE", "ACL", "x")}))
            .bytes();
    EXPECT_EQ(dropped(plan_for(input, {{"no-privileges", {}}})), (std::vector<DumpId>{1, 2, 3}));
}

TEST(NoTablespaces, NamedOnesBecomeTheDefault) {
    EntryValue named = entry_of(1, "TABLE", "a", "x");
    named.tablespace = "fast";
    EntryValue standard = entry_of(2, "TABLE", "b", "x");
    standard.tablespace = "";
    EntryValue none = entry_of(3, "VIEW", "c", "x");
    const std::string input = build(archive_of(16, {named, standard, none})).bytes();
    const Plan plan = plan_for(input, {{"no-tablespaces", {}}});
    EXPECT_EQ(find(plan, 1).text(Field::tablespace), Text());
    EXPECT_EQ(find(plan, 2).text(Field::tablespace), Text());
    EXPECT_FALSE(find(plan, 3).changed());
}

TEST(NoTablespaces, LeavesExceptionsAlone) {
    EntryValue kept = entry_of(1, "TABLE", "a", "x");
    kept.tablespace = "fast";
    EntryValue moved = entry_of(2, "TABLE", "b", "x");
    moved.tablespace = "Fast";
    const EntryValue database =
        entry_of(3, "DATABASE", "d", "CREATE DATABASE d TABLESPACE = fast ENCODING = 'UTF8';\n");
    const std::string input = build(archive_of(16, {kept, moved, database})).bytes();
    const Plan plan = plan_for(input, {{"no-tablespaces", {{"except", "fast"}, {"except", "other"}}}});
    EXPECT_FALSE(find(plan, 1).changed());
    EXPECT_EQ(find(plan, 2).text(Field::tablespace), Text(""));
    EXPECT_FALSE(find(plan, 3).changed());
    EXPECT_EQ(plan.reports[0].per_argument, (std::vector<std::size_t>{2, 0}));
    EXPECT_THROW(plan_for(input, {{"no-tablespaces", {{"", "fast"}}}}), Error);
    const Plan none = plan_for(input, {{"no-tablespaces", {{"except", "other"}}}});
    EXPECT_EQ(find(none, 1).text(Field::tablespace), Text());
    EXPECT_EQ(find(none, 2).text(Field::tablespace), Text());
}

TEST(NoTablespaces, TakesTheClauseOutOfCreateDatabase) {
    EXPECT_EQ(defn_after("DATABASE",
                         "CREATE DATABASE \"TABLESPACE = x\" WITH ENCODING = 'UTF8' TABLESPACE = \"a b\";\n",
                         {"no-tablespaces", {}}),
              "CREATE DATABASE \"TABLESPACE = x\" WITH ENCODING = 'UTF8';\n");
}

TEST(NoLargeObjects, InEveryLayout) {
    const EntryValue table = entry_of(1, "TABLE", "LARGE OBJECT 1", "CREATE TABLE \"LARGE OBJECT 1\" ();\n");
    EntryValue data = entry_of(2, "BLOBS", "BLOBS", std::nullopt);
    data.large_objects = {{{7, {"abc"}}, {4000000000u, {}}}};
    EntryValue comments = entry_of(3, "BLOB COMMENTS", "BLOB COMMENTS", std::nullopt);
    comments.rows = {{"COMMENT ON LARGE OBJECT 7 IS 'x';\n"}};
    const std::vector<EntryValue> attached = {
        entry_of(4, "ACL", "LARGE OBJECT 7", "GRANT ALL ON LARGE OBJECT 7 TO x;\n"),
        entry_of(5, "ACL", "LARGE OBJECTS 7..9",
                 "SET SESSION AUTHORIZATION a;\nGRANT ALL ON LARGE OBJECT 7 TO x;\n"),
        entry_of(6, "COMMENT", "LARGE OBJECT 7", "COMMENT ON LARGE OBJECT 7 IS 'ON TABLE';\n"),
        entry_of(7, "SECURITY LABEL", "LARGE OBJECT 7", "SECURITY LABEL FOR p ON LARGE OBJECT 7 IS 'x';\n"),
        entry_of(8, "COMMENT", "TABLE x", "COMMENT ON TABLE x IS 'ON LARGE OBJECT 7';\n"),
        entry_of(9, "COMMENT", "LARGE OBJECT 1", "COMMENT ON DATABASE \"LARGE OBJECT 1\" IS 'x';\n")};
    const auto expect_dropped = [&](int minor, std::vector<EntryValue> objects, std::vector<DumpId> ids) {
        objects.insert(objects.begin(), table);
        const std::string input = build(archive_of(minor, objects)).bytes();
        EXPECT_EQ(dropped(plan_for(input, {{"no-large-objects", {}}})), ids) << minor;
    };
    expect_dropped(10, {data, comments}, {2, 3});
    std::vector<EntryValue> single{entry_of(10, "BLOB", "7", "SELECT pg_catalog.lo_create('7');\n"), data};
    single.insert(single.end(), attached.begin(), attached.end());
    expect_dropped(13, single, {10, 2, 4, 5, 6, 7});
    single[0] = entry_of(10, "BLOB METADATA", "7..9", "7\n9\n");
    expect_dropped(16, single, {10, 2, 4, 5, 6, 7});
}

TEST(NoCreate, KnowsOldAndNewTags) {
    EntryValue schema_comment =
        entry_of(9, "COMMENT", "SCHEMA x", "COMMENT ON SCHEMA x IS 'ON DATABASE shop';\n");
    const std::string input =
        build(
            archive_of(12, {entry_of(1, "DATABASE", "shop", "CREATE DATABASE shop;\n"),
                            entry_of(2, "DATABASE PROPERTIES", "shop", "ALTER DATABASE shop SET a TO 'b';\n"),
                            entry_of(3, "COMMENT", "shop", "COMMENT ON DATABASE shop IS 'x';\n"),
                            entry_of(4, "COMMENT", "DATABASE shop", "COMMENT ON DATABASE shop IS 'x';\n"),
                            entry_of(5, "ACL", "shop", "REVOKE ALL ON DATABASE shop FROM PUBLIC;\n"),
                            entry_of(6, "ACL", "DATABASE shop", "GRANT CONNECT ON DATABASE shop TO x;\n"),
                            entry_of(7, "SECURITY LABEL", "DATABASE shop",
                                     "SECURITY LABEL FOR p ON DATABASE shop IS 'x';\n"),
                            entry_of(8, "ACL", "DATABASE x", "GRANT USAGE ON SCHEMA \"DATABASE x\" TO y;\n"),
                            schema_comment}))
            .bytes();
    EXPECT_EQ(dropped(plan_for(input, {{"no-create", {}}})), (std::vector<DumpId>{1, 2, 3, 4, 5, 6, 7}));
}

TEST(Kinds, GoWithWhatHangsOnThem) {
    const std::vector<EntryValue> entries{
        entry_of(1, "PUBLICATION", "p", "CREATE PUBLICATION p;\n"),
        entry_of(2, "PUBLICATION TABLE", "p t", "ALTER PUBLICATION p ADD TABLE ONLY t;\n"),
        entry_of(3, "PUBLICATION TABLES IN SCHEMA", "p s", "ALTER PUBLICATION p ADD TABLES IN SCHEMA s;\n"),
        entry_of(4, "COMMENT", "PUBLICATION p", "COMMENT ON PUBLICATION p IS 'x';\n"),
        entry_of(5, "SECURITY LABEL", "PUBLICATION p", "SECURITY LABEL FOR l ON PUBLICATION p IS 'x';\n"),
        entry_of(6, "SUBSCRIPTION", "s", "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p;\n"),
        entry_of(7, "SUBSCRIPTION TABLE", "s t", "x"),
        entry_of(8, "COMMENT", "SUBSCRIPTION s", "COMMENT ON SUBSCRIPTION s IS 'x';\n"),
        entry_of(9, "POLICY", "t p", "CREATE POLICY p ON t;\n"),
        entry_of(10, "ROW SECURITY", "t", "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"),
        entry_of(11, "COMMENT", "POLICY p ON t", "COMMENT ON POLICY p ON t IS 'x';\n"),
        entry_of(12, "EVENT TRIGGER", "e",
                 "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();\n"),
        entry_of(13, "COMMENT", "EVENT TRIGGER e", "COMMENT ON EVENT TRIGGER e IS 'x';\n"),
        entry_of(14, "STATISTICS DATA", "t", "SELECT 1;\n"),
        entry_of(15, "EXTENDED STATISTICS DATA", "t", "SELECT 1;\n"),
        entry_of(16, "STATISTICS", "t", "CREATE STATISTICS t ON a, b FROM c;\n"),
        entry_of(17, "COMMENT", "TABLE t", "COMMENT ON TABLE t IS 'ON PUBLICATION p';\n")};
    const std::string input = build(archive_of(16, entries)).bytes();
    const auto expect_dropped = [&](const std::string& rule, const std::vector<DumpId>& ids) {
        EXPECT_EQ(dropped(plan_for(input, {{rule, {}}})), ids) << rule;
    };
    expect_dropped("no-publications", {1, 2, 3, 4, 5});
    expect_dropped("no-subscriptions", {6, 7, 8});
    expect_dropped("no-policies", {9, 10, 11});
    expect_dropped("no-event-triggers", {12, 13});
    expect_dropped("no-statistics", {14, 15});
    expect_dropped("no-comments", {4, 8, 11, 13, 17});
    expect_dropped("no-security-labels", {5});
}

TEST(NoTableAccessMethod, IsNullAndNeverEmpty) {
    EntryValue heap = entry_of(1, "TABLE", "t", "x");
    heap.tableam = "heap2";
    const std::string input = build(archive_of(16, {heap, entry_of(2, "VIEW", "v", "x")})).bytes();
    const Plan plan = plan_for(input, {{"no-table-access-method", {}}});
    EXPECT_EQ(find(plan, 1).text(Field::tableam), Text());
    EXPECT_FALSE(find(plan, 2).changed());
    EXPECT_FALSE(plan_for(build(archive_of(13, {heap})).bytes(), {{"no-table-access-method", {}}})
                     .prologue.toc.rewritten())
        << "older archives have no such field";
}

RuleSpec map_roles(std::vector<RuleArgument> mappings) {
    return {"map-role", std::move(mappings)};
}

TEST(MapRole, SwapsAllAtOnce) {
    EntryValue a = entry_of(1, "TABLE", "t", "x");
    a.owner = "a";
    EntryValue b = entry_of(2, "ACL", "TABLE t",
                            "GRANT SELECT ON TABLE public.a TO a;\nGRANT ALL ON TABLE public.b TO b;\n");
    b.owner = "b";
    const std::string input = build(archive_of(16, {a, b})).bytes();
    const Plan plan = plan_for(input, {map_roles({{"a", "b"}, {"b", "a"}})});
    EXPECT_EQ(find(plan, 1).owner(), Text("b"));
    EXPECT_EQ(find(plan, 2).owner(), Text("a"));
    EXPECT_EQ(find(plan, 2).defn(),
              Text("GRANT SELECT ON TABLE public.a TO b;\nGRANT ALL ON TABLE public.b TO a;\n"));
    EXPECT_EQ(plan.reports[0].per_argument, (std::vector<std::size_t>{2, 2}));
}

TEST(MapRole, RenamesUserMappingsInTagDefinitionAndDrop) {
    EntryValue mapping =
        entry_of(1, "USER MAPPING", "USER MAPPING a b SERVER s SERVER t",
                 "CREATE USER MAPPING FOR \"a b\" SERVER \"s SERVER t\" OPTIONS (\n    \"user\" 'a b'\n);\n");
    mapping.drop_stmt = "DROP USER MAPPING FOR \"a b\" SERVER \"s SERVER t\";\n";
    const std::string input = build(archive_of(16, {mapping})).bytes();
    const Plan plan = plan_for(input, {map_roles({{"a b", "new"}})});
    const TocEntry& entry = find(plan, 1);
    EXPECT_EQ(entry.tag(), "USER MAPPING new SERVER s SERVER t");
    EXPECT_EQ(entry.defn(),
              Text("CREATE USER MAPPING FOR new SERVER \"s SERVER t\" OPTIONS (\n    \"user\" 'a b'\n);\n"));
    EXPECT_EQ(entry.text(Field::drop_stmt), Text("DROP USER MAPPING FOR new SERVER \"s SERVER t\";\n"));
    const auto unhandled = unhandled_in(plan);
    ASSERT_EQ(unhandled.size(), 1u) << "the option is left as it is, and said so";
    EXPECT_EQ(unhandled[0].count, 1u);
}

TEST(MapRole, QuotesBackslashesAsTheArchiveWantsIt) {
    ArchiveValue archive =
        archive_of(16, {entry_of(1, "FUNCTION", "f()", "CREATE FUNCTION f() SET role TO 'a' AS '';\n")});
    archive.entries[1].defn = "SET standard_conforming_strings = 'off';\n";
    const std::string old_strings = build(archive).bytes();
    EXPECT_EQ(find(plan_for(old_strings, {map_roles({{"a", "b\\c'"}})}), 1).defn(),
              Text("CREATE FUNCTION f() SET role TO 'b\\\\c''' AS '';\n"));
    EXPECT_EQ(
        defn_after("FUNCTION", "CREATE FUNCTION f() SET role TO 'a' AS '';\n", map_roles({{"a", "b\\c'"}})),
        "CREATE FUNCTION f() SET role TO 'b\\c''' AS '';\n");
}

TEST(MapRole, CountsMentionsInBodies) {
    const std::string input =
        build(archive_of(16, {entry_of(1, "FUNCTION", "f()",
                                       "CREATE FUNCTION app.f() AS $$SET ROLE app; -- app2, \"app\"$$;\n"),
                              entry_of(2, "COMMENT", "TABLE t", "COMMENT ON TABLE t IS 'app';\n"),
                              entry_of(3, "TABLE", "t",
                                       "CREATE TABLE app.t (a int DEFAULT nextval('app.s'::regclass));\n")}))
            .bytes();
    const Plan plan = plan_for(input, {map_roles({{"app", "web"}, {"none_such", "x"}})});
    const auto unhandled = unhandled_in(plan);
    ASSERT_EQ(unhandled.size(), 1u);
    EXPECT_EQ(unhandled[0].count, 2u);
    EXPECT_EQ(unhandled[0].argument, 0u);
}

TEST(MapRole, RefusesWhatCannotBeMeant) {
    const std::string input = build(archive_of(16, {})).bytes();
    const auto refuse = [&](std::vector<RuleArgument> mappings, const std::string& words) {
        try {
            plan_for(input, {map_roles(std::move(mappings))});
            FAIL() << words;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::usage);
            EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
        }
    };
    refuse({}, "at least one");
    refuse({{"", "a"}}, "cannot be empty");
    refuse({{"a", ""}}, "cannot be empty");
    refuse({{"public", "a"}}, "\"public\" is not a role");
    refuse({{"a", "public"}}, "\"public\" is not a role");
    refuse({{"a", "none"}}, "\"none\" is not a role");
    refuse({{"a", std::string(64, 'x')}}, "longer than 63 bytes");
    refuse({{"a", "b"}, {"a", "c"}}, "mapped to two names");
}

TEST(Rules, LaterOnesSeeWhatEarlierOnesLeft) {
    const std::string input =
        build(archive_of(16, {entry_of(1, "ACL", "DATABASE d", "GRANT ALL ON DATABASE d TO x;\n")})).bytes();
    const Plan plan = plan_for(input, {{"no-privileges", {}}, {"no-create", {}}});
    EXPECT_EQ(plan.reports[0].dropped, 1u);
    EXPECT_EQ(plan.reports[1].dropped, 0u);
    EXPECT_EQ(find(plan, 1).dropped_by(), 0);
}

TEST(Rules, ThatMakeATextTooLongForTheArchiveAreRefused) {
    ArchiveValue archive = archive_of(
        16, {entry_of(1, "SCHEMA", "s", "CREATE SCHEMA " + std::string(220, 's') + " AUTHORIZATION a;\n")});
    archive.entries.erase(archive.entries.begin(), archive.entries.begin() + 2);
    archive.int_size = 1;
    const std::string input = build(archive).bytes();
    try {
        plan_for(input, {map_roles({{"a", "abcdefghijklmnop"}})});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit);
    }
}

TEST(Rules, ThatAreUnknownAreRefused) {
    const std::string input = build(archive_of(16, {})).bytes();
    EXPECT_THROW(plan_for(input, {{"no-such-rule", {}}}), Error);
    EXPECT_THROW(plan_for(input, {{"no-owner", {{"a", "b"}}}}), Error);
}

TEST(Rules, ThatMatchNothingLeaveTheArchiveAsItIs) {
    ArchiveValue archive = archive_of(16, {});
    archive.second_toc = true;
    const std::string input = build(archive).bytes();
    RuleRegistry registry;
    add_builtin_rules(registry);
    Job job;
    job.rules = {{"no-privileges", {}}, {"no-create", {}}, map_roles({{"a", "b"}})};
    MemorySource source(input);
    MemorySink sink;
    EXPECT_FALSE(run(job, registry, source, sink).rewritten);
    EXPECT_EQ(sink.bytes(), input) << "second TOC and all";
}

}  // namespace
}  // namespace pgfilter
