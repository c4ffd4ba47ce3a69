// SPDX-License-Identifier: PostgreSQL
// What hangs on what, kind by kind, in the shapes of several versions.  Whole databases are compared with
// real restores elsewhere.
#include <gtest/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;

struct Outcome {
    std::vector<DumpId> dropped;
    std::vector<DumpId> reported;
    std::vector<std::string> reasons;
    std::vector<RuleReport> reports;
};

Outcome apply(std::vector<EntryValue> entries, std::vector<RuleSpec> rules, int minor = 16) {
    const Plan plan = plan_for(bytes_with(std::move(entries), minor), std::move(rules));
    Outcome outcome;
    outcome.reports = plan.reports;
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
        const TocEntry& entry = plan.prologue.toc[i];
        if (entry.dropped()) outcome.dropped.push_back(entry.dump_id());
        find_unhandled(plan, entry, true, [&](const Unhandled& place) {
            outcome.reported.push_back(entry.dump_id());
            outcome.reasons.push_back(place.reason);
        });
    }
    return outcome;
}

RuleSpec exclude(const std::string& pattern, const std::string& rule = "exclude-table") {
    return {rule, {{"", pattern}}};
}
RuleSpec no_kind(const std::string& kind) {
    return {"no-kind", {{"", kind}}};
}

using Ids = std::vector<DumpId>;

const EntryValue table_a = entry_of(1, "TABLE", "a", "CREATE TABLE s.a ();\n");
const EntryValue table_b = entry_of(2, "TABLE", "b", "CREATE TABLE s.b ();\n");

// pg_dump of 20's development takes them for tables, as patterns go.
TEST(Exclude, TakesPropertyGraphs) {
    const std::vector<EntryValue> entries{
        table_a, entry_of(2, "PROPERTY GRAPH", "g", "CREATE PROPERTY GRAPH s.g VERTEX TABLES (s.a);\n", {1}),
        entry_of(3, "ACL", "PROPERTY GRAPH g", "GRANT SELECT ON PROPERTY GRAPH s.g TO x;\n", {2})};
    EXPECT_EQ(apply(entries, {exclude("s.g")}).dropped, (Ids{2, 3}));
    EXPECT_EQ(apply(entries, {exclude("s.a")}).reported, (Ids{2, 3}));
    EXPECT_EQ(apply(entries, {exclude("s.a"), cascade}).dropped, (Ids{1, 2, 3}));
    EXPECT_EQ(apply(entries, {no_kind("property graph")}).dropped, (Ids{2, 3}));
}

TEST(Exclude, KnowsKindsInAnyCase) {
    const std::vector<EntryValue> entries{entry_of(1, "pg_largeobject", "pg_largeobject"),
                                          entry_of(2, "Kind to come", "x")};
    EXPECT_EQ(apply(entries, {no_kind("pg_largeobject")}).dropped, (Ids{1}));
    EXPECT_EQ(apply(entries, {no_kind("PG_LARGEOBJECT")}).dropped, (Ids{1}));
    EXPECT_EQ(apply(entries, {no_kind("kind to come")}).dropped, (Ids{2}));
}

// Up to 8.4 pg_dump gives no dependencies: those of the type's relation lead to no entry.
TEST(Exclude, FindsTheTypesOfAttributes) {
    const char* const composite =
        "CREATE TYPE part AS (\n\tpath integer[],\n\tpart shape,\n\t\"where\" other.place[],\n\tat timestamp "
        "without time zone\n);\n";
    EntryValue place = entry_of(2, "DOMAIN", "place", "CREATE DOMAIN place AS text;\n");
    place.namespace_ = "other";
    const std::vector<EntryValue> entries{
        entry_of(1, "TYPE", "shape", "CREATE TYPE shape (\n    INPUT = shape_in\n);\n"), place,
        entry_of(3, "TYPE", "part", composite, {2298}),
        entry_of(4, "TYPE", "time", "CREATE TYPE \"time\" AS ENUM (\n    'shape'\n);\n"),
        entry_of(5, "FUNCTION", "f(part)", "CREATE FUNCTION f(part) RETURNS integer;\n", {3})};
    for (const int minor : {11, 12, 16}) {
        EXPECT_EQ(apply(entries, {no_kind("type"), cascade}, minor).dropped, (Ids{1, 3, 4, 5}));
        EXPECT_EQ(apply(entries, {no_kind("domain"), cascade}, minor).dropped, (Ids{2, 3, 5}));
        const Outcome kept = apply(entries, {no_kind("domain")}, minor);
        EXPECT_EQ(kept.dropped, (Ids{2}));
        EXPECT_EQ(kept.reported, (Ids{3, 5}));
    }
}

struct Part {
    const char* desc;
    const char* tag;
    const char* defn;
    std::vector<int> dependencies = {2, 1};
};

void PrintTo(const Part& part, std::ostream* out) {
    *out << part.desc << " " << part.tag;
}

class OnTheFirstOfTwoTables : public testing::TestWithParam<Part> {};

TEST_P(OnTheFirstOfTwoTables, GoesWithItAndUsesTheOther) {
    const Part& part = GetParam();
    const std::vector<EntryValue> entries{table_a, table_b,
                                          entry_of(3, part.desc, part.tag, part.defn, part.dependencies)};
    EXPECT_EQ(apply(entries, {exclude("s.a")}).dropped, (Ids{1, 3}));
    const Outcome other = apply(entries, {exclude("s.b")});
    EXPECT_EQ(other.dropped, (Ids{2}));
    EXPECT_EQ(other.reported, (Ids{3}));
    EXPECT_EQ(other.reasons, (std::vector<std::string>{"uses TABLE s.b, which is dropped"}));
    EXPECT_EQ(apply(entries, {exclude("s.b"), cascade}).dropped, (Ids{2, 3}));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OnTheFirstOfTwoTables,
    testing::Values(
        Part{"POLICY", "a p", "CREATE POLICY p ON s.a USING (x IN (SELECT 1 FROM s.b));\n"},
        Part{"POLICY", "a p", "CREATE POLICY \"on\" ON a USING (x IN (SELECT 1 FROM b));\n"},
        Part{"TRIGGER", "a t",
             "CREATE TRIGGER t AFTER UPDATE OF x ON s.a FROM s.b FOR EACH ROW EXECUTE FUNCTION f();\n"},
        Part{"TRIGGER", "a t",
             "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON s.a FOR EACH ROW EXECUTE FUNCTION f();\n"},
        Part{"RULE", "a r",
             "CREATE RULE r AS\n    ON INSERT TO s.a DO ALSO (INSERT INTO s.b VALUES (1); SELECT 2);\n"},
        Part{"INDEX", "i", "CREATE UNIQUE INDEX i ON ONLY s.a USING btree (s.f(ROW(1)::s.b));\n"},
        Part{"CONSTRAINT", "a c", "ALTER TABLE ONLY s.a\n    ADD CONSTRAINT c UNIQUE (b);\n"},
        Part{"CHECK CONSTRAINT", "a c",
             "ALTER TABLE s.a\n    ADD CONSTRAINT c CHECK (s.f(NULL::s.b)) NOT VALID;\n"},
        Part{"DEFAULT", "a x", "ALTER TABLE ONLY s.a ALTER COLUMN x SET DEFAULT s.f(NULL::s.b);\n"},
        Part{"STATISTICS", "st",
             "CREATE STATISTICS s.st ON ((extract(day from x))), s.f(NULL::s.b) FROM s.a;\n"}));

class OnBothTables : public testing::TestWithParam<Part> {};

TEST_P(OnBothTables, GoesWithEither) {
    const Part& part = GetParam();
    const std::vector<EntryValue> entries{table_a, table_b,
                                          entry_of(3, part.desc, part.tag, part.defn, part.dependencies)};
    EXPECT_EQ(apply(entries, {exclude("s.a")}).dropped, (Ids{1, 3}));
    EXPECT_EQ(apply(entries, {exclude("s.b")}).dropped, (Ids{2, 3}));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OnBothTables,
    testing::Values(Part{"FK CONSTRAINT", "a fk",
                         "ALTER TABLE ONLY s.a\n    ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES s.b(x);\n"},
                    Part{"TABLE ATTACH", "b", "ALTER TABLE ONLY s.a ATTACH PARTITION s.b DEFAULT;\n"}));

class OnATable : public testing::TestWithParam<Part> {};

TEST_P(OnATable, GoesWithIt) {
    const Part& part = GetParam();
    const std::vector<EntryValue> entries{table_a,
                                          entry_of(2, "SEQUENCE", "q", "CREATE SEQUENCE s.q;\n", {1}),
                                          entry_of(3, part.desc, part.tag, part.defn, part.dependencies)};
    const Outcome outcome = apply(entries, {exclude("s.a")});
    EXPECT_EQ(outcome.dropped, (Ids{1, 2, 3}));
    EXPECT_EQ(outcome.reported, Ids{});
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OnATable,
    testing::Values(Part{"TABLE DATA", "a", "", {1}}, Part{"STATISTICS DATA", "a", "SELECT 1;\n", {1, 999}},
                    Part{"ROW SECURITY", "a", "ALTER TABLE s.a ENABLE ROW LEVEL SECURITY;", {1}},
                    Part{"ACL", "COLUMN a.x", "GRANT SELECT(x) ON TABLE s.a TO PUBLIC;\n", {1}},
                    Part{"COMMENT", "TABLE a", "COMMENT ON TABLE s.a IS 'x';\n", {1}},
                    Part{"SECURITY LABEL", "TABLE a", "SECURITY LABEL FOR p ON TABLE s.a IS 'x';\n", {1}},
                    Part{"SEQUENCE SET", "q", "SELECT pg_catalog.setval('s.q', 1, true);\n", {2}},
                    Part{"SEQUENCE OWNED BY", "q", "ALTER SEQUENCE s.q OWNED BY s.a.x;\n", {2}},
                    Part{"PUBLICATION TABLE", "p a", "ALTER PUBLICATION p ADD TABLE ONLY s.a;\n", {1, 999}},
                    Part{"SUBSCRIPTION TABLE", "p a", "SELECT 1;\n", {1, 999}},
                    // By names, where there are no dependencies.
                    Part{"TABLE DATA", "a", "", {}}, Part{"TABLE DATA", "a", "", {999}},
                    Part{"SEQUENCE SET", "q", "SELECT 1;\n", {}},
                    Part{"TRIGGER",
                         "a t",
                         "CREATE TRIGGER t BEFORE INSERT ON s.a FOR EACH ROW EXECUTE FUNCTION f();\n",
                         {}},
                    Part{"INDEX", "i", "CREATE INDEX i ON a USING btree (x);\n", {}}));

TEST(ExcludeTable, TakesWhatHangsOnWhatHangsOnIt) {
    const std::vector<EntryValue> entries{
        table_a,
        table_b,
        entry_of(3, "CONSTRAINT", "a a_pkey", "ALTER TABLE ONLY s.a ADD CONSTRAINT a_pkey PRIMARY KEY (x);\n",
                 {1}),
        entry_of(4, "FK CONSTRAINT", "b fk",
                 "ALTER TABLE ONLY s.b ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES s.a(x);\n", {2, 1, 3}),
        entry_of(5, "COMMENT", "CONSTRAINT fk ON b", "COMMENT ON CONSTRAINT fk ON s.b IS 'x';\n", {4}),
        entry_of(6, "VIEW", "v", "CREATE VIEW s.v AS SELECT 1 FROM s.a;\n", {1}),
        entry_of(7, "ACL", "TABLE v", "GRANT SELECT ON TABLE s.v TO PUBLIC;\n", {6}),
        entry_of(8, "VIEW", "w", "CREATE VIEW s.w AS SELECT 1 FROM s.v;\n", {6})};
    const Outcome outcome = apply(entries, {exclude("s.a")});
    EXPECT_EQ(outcome.dropped, (Ids{1, 3, 4, 5}));
    EXPECT_EQ(outcome.reported, (Ids{6, 7, 8}));
    EXPECT_EQ(outcome.reasons, (std::vector<std::string>{"uses TABLE s.a, which is dropped",
                                                         "belongs to VIEW s.v, which needs what is dropped",
                                                         "uses VIEW s.v, which needs what is dropped"}));
    EXPECT_EQ(apply(entries, {cascade, exclude("s.a")}).dropped, (Ids{1, 3, 4, 5, 6, 7, 8}));
}

TEST(ExcludeTable, AViewGoesWithTheRuleThatIsItsQuery) {
    const std::vector<EntryValue> entries{
        table_a, entry_of(2, "VIEW", "v", "CREATE VIEW s.v AS SELECT NULL::integer AS x;\n"),
        entry_of(3, "RULE", "v _RETURN", "CREATE OR REPLACE VIEW s.v AS SELECT x FROM s.a GROUP BY x;\n",
                 {1, 2})};
    EXPECT_EQ(apply(entries, {exclude("s.v")}).dropped, (Ids{2, 3}));
    EXPECT_EQ(apply(entries, {exclude("s.a")}).reported, (Ids{2, 3}));
    EXPECT_EQ(apply(entries, {exclude("s.a"), cascade}).dropped, (Ids{1, 2, 3}));
}

TEST(ExcludeTable, SequencesThatATableOwnsStayWithIt) {
    const std::vector<EntryValue> entries{table_a,
                                          entry_of(2, "SEQUENCE", "q", "CREATE SEQUENCE s.q;\n", {1}),
                                          entry_of(3, "SEQUENCE", "free", "CREATE SEQUENCE s.free;\n")};
    const Outcome outcome = apply(entries, {exclude("s.q")});
    EXPECT_EQ(outcome.dropped, Ids{});
    EXPECT_TRUE(outcome.reports[0].matched_nothing());
    EXPECT_EQ(apply(entries, {exclude("s.free")}).dropped, (Ids{3}));
    EXPECT_EQ(apply(entries, {exclude("s.*")}).dropped, (Ids{1, 2, 3}));
}

TEST(ExcludeTable, CountsWhatEachPatternMatches) {
    const RuleSpec rule{"exclude-table", {{"", "s.?"}, {"", "a"}, {"", "x"}}};
    EXPECT_EQ(apply({table_a, table_b}, {rule}).reports[0].per_argument, (std::vector<std::size_t>{2, 1, 0}));
    EXPECT_EQ(apply({table_a, table_b}, {rule, cascade}).reports[1].expected_to_match, false);
}

TEST(ExcludeTable, FindsTheNameInArchivesOfDataAlone) {
    const std::vector<EntryValue> entries{entry_of(1, "TABLE DATA", "a", "", {100}),
                                          entry_of(2, "TABLE DATA", "b", "", {101}),
                                          entry_of(3, "STATISTICS DATA", "a", "SELECT 1;\n", {100})};
    EXPECT_EQ(apply(entries, {exclude("s.a")}).dropped, (Ids{1, 3}));
    EXPECT_EQ(apply(entries, {exclude("s.a", "exclude-table-data")}).dropped, (Ids{1, 3}));
}

TEST(ExcludeTable, FindsTheDataOfATableThatAnEarlierRuleDropped) {
    const std::vector<EntryValue> entries{table_a, entry_of(11, "TABLE DATA", "a", "", {table_a.dump_id})};
    EXPECT_EQ(apply(entries, {{"no-schema", {}}, exclude("s.a")}).dropped, (Ids{table_a.dump_id, 11}));
}

/// A partitioned table with indexes, in the form of 14 and later.
std::vector<EntryValue> partitions() {
    return {entry_of(1, "TABLE", "root", "CREATE TABLE s.root (x int) PARTITION BY RANGE (x);\n"),
            entry_of(2, "TABLE", "mid", "CREATE TABLE s.mid (x int) PARTITION BY RANGE (x);\n", {1}),
            entry_of(3, "TABLE", "leaf", "CREATE TABLE s.leaf (x int);\n", {2}),
            entry_of(4, "TABLE ATTACH", "mid", "ALTER TABLE ONLY s.root ATTACH PARTITION s.mid DEFAULT;\n",
                     {1, 2}),
            entry_of(5, "TABLE ATTACH", "leaf", "ALTER TABLE ONLY s.mid ATTACH PARTITION s.leaf DEFAULT;\n",
                     {2, 3}),
            entry_of(6, "TABLE DATA", "leaf", "", {3}),
            entry_of(7, "INDEX", "root_i", "CREATE INDEX root_i ON ONLY s.root USING btree (x);\n", {1}),
            entry_of(8, "INDEX", "mid_i", "CREATE INDEX mid_i ON ONLY s.mid USING btree (x);\n", {2, 7}),
            entry_of(9, "INDEX", "leaf_i", "CREATE INDEX leaf_i ON s.leaf USING btree (x);\n", {3, 8}),
            entry_of(10, "INDEX ATTACH", "mid_i", "ALTER INDEX s.root_i ATTACH PARTITION s.mid_i;\n",
                     {8, 7, 1, 2}),
            entry_of(11, "INDEX ATTACH", "leaf_i", "ALTER INDEX s.mid_i ATTACH PARTITION s.leaf_i;\n",
                     {9, 8, 7, 1, 2, 3})};
}

TEST(ExcludeTable, APartitionNeedsItsParentOnlyForBeingAttached) {
    const Outcome outcome = apply(partitions(), {exclude("s.root")});
    EXPECT_EQ(outcome.dropped, (Ids{1, 4, 7, 10}));
    EXPECT_EQ(outcome.reported, Ids{});
    EXPECT_EQ(apply(partitions(), {exclude("s.root"), cascade}).dropped, (Ids{1, 4, 7, 10}));
}

TEST(ExcludeTable, ChildrenOfAnyGenerationGoIfWanted) {
    EXPECT_EQ(apply(partitions(), {exclude("root", "exclude-table-and-children")}).dropped,
              (Ids{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_EQ(apply(partitions(), {exclude("root", "exclude-table-data-and-children")}).dropped, (Ids{6}));
    EXPECT_EQ(apply(partitions(), {exclude("root", "exclude-table-data")}).dropped, Ids{});
}

TEST(ExcludeTable, ChildrenAreToldFromTablesThatAreUsedInOtherWays) {
    const std::vector<EntryValue> entries{
        table_a,
        entry_of(2, "TABLE", "inherits", "CREATE TABLE s.inherits (x s.a);\n", {1}),
        entry_of(3, "TABLE", "heir",
                 "CREATE TABLE s.heir (\n    y text DEFAULT 'INHERITS (s.b)'\n)\nINHERITS (s.b, s.a);\n",
                 {1}),
        entry_of(4, "TABLE", "old",
                 "CREATE TABLE old (x int);\nALTER TABLE ONLY a ATTACH PARTITION old FOR VALUES IN (1);\n",
                 {1}),
        entry_of(5, "TABLE", "ten", "CREATE TABLE ten PARTITION OF a\nFOR VALUES IN (1);\n", {1}),
        entry_of(6, "FOREIGN TABLE", "far", "CREATE FOREIGN TABLE s.far (\n)\nINHERITS (s.a)\nSERVER x;\n",
                 {1})};
    const Outcome outcome = apply(entries, {exclude("s.a", "exclude-table-and-children")});
    EXPECT_EQ(outcome.dropped, (Ids{1, 3, 4, 5, 6}));
    EXPECT_EQ(outcome.reported, (Ids{2}));
    EXPECT_EQ(apply(entries, {exclude("s.a")}).reported, (Ids{2, 3, 4, 5, 6}));
}

TEST(ExcludeTableData, TakesAllThatHoldsValuesOfTheTable) {
    const std::vector<EntryValue> entries{
        table_a,
        entry_of(2, "TABLE DATA", "a", "", {1}),
        entry_of(3, "STATISTICS DATA", "a", "SELECT 1;\n", {1}),
        entry_of(4, "INDEX", "i", "CREATE INDEX i ON s.a USING btree (lower(x));\n", {1}),
        entry_of(5, "STATISTICS DATA", "i", "SELECT 1;\n", {4}),
        entry_of(6, "STATISTICS", "st", "CREATE STATISTICS s.st ON x, y FROM s.a;\n", {1}),
        entry_of(7, "EXTENDED STATISTICS DATA", "st", "SELECT 1;\n", {6}),
        entry_of(8, "SEQUENCE", "q", "CREATE SEQUENCE s.q;\n", {1}),
        entry_of(9, "SEQUENCE SET", "q", "SELECT 1;\n", {8}),
        entry_of(10, "MATERIALIZED VIEW", "m", "CREATE MATERIALIZED VIEW s.m AS SELECT 1 FROM s.a;\n", {1}),
        entry_of(11, "MATERIALIZED VIEW DATA", "m", "REFRESH MATERIALIZED VIEW s.m;\n", {10}),
        entry_of(12, "STATISTICS DATA", "m", "SELECT 1;\n", {10, 11})};
    const auto excluded = [&](const std::string& pattern) {
        return apply(entries, {exclude(pattern, "exclude-table-data")}).dropped;
    };
    EXPECT_EQ(excluded("s.a"),
              (Ids{2, 3, 5, 7, 12}));  // the view's statistics are made of the table's values
    EXPECT_EQ(excluded("s.q"), (Ids{9}));
    EXPECT_EQ(excluded("s.m"), (Ids{11, 12}));
    EXPECT_EQ(apply(entries, {no_kind("table data")}).dropped, (Ids{2, 3, 5, 7, 12}));
}

TEST(ExcludeTable, TakesStatisticsThatAncestorsAndMaterializedViewsHaveOfItsRows) {
    std::vector<EntryValue> entries = partitions();
    const auto add = [&](int id, const std::string& desc, const std::string& tag,
                         std::vector<int> dependencies) {
        entries.push_back(entry_of(id, desc, tag, "SELECT 1;\n", std::move(dependencies)));
    };
    add(20, "STATISTICS DATA", "root", {1});
    add(21, "STATISTICS DATA", "mid", {2});
    add(22, "STATISTICS DATA", "leaf", {3});
    add(23, "VIEW", "v", {1});
    add(24, "FUNCTION", "f()", {23});
    add(25, "MATERIALIZED VIEW", "m", {24});
    add(26, "STATISTICS DATA", "m", {25});
    add(27, "TABLE", "other", {25});
    add(28, "STATISTICS DATA", "other", {27});
    EXPECT_EQ(apply(entries, {exclude("s.leaf")}).dropped, (Ids{3, 5, 6, 9, 11, 20, 21, 22, 26}));
    EXPECT_EQ(apply(entries, {exclude("s.leaf", "exclude-table-data")}).dropped, (Ids{6, 20, 21, 22, 26}));
    EXPECT_EQ(apply(entries, {exclude("s.mid", "exclude-table-data")}).dropped, (Ids{20, 21, 26}));
}

TEST(ExcludeTableData, ReportsForeignKeysToRowsThatAreMissing) {
    const auto key = [](int id, const std::string& from, const std::string& to,
                        std::vector<int> dependencies) {
        return entry_of(
            id, "FK CONSTRAINT", from + " fk",
            "ALTER TABLE ONLY s." + from + " ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES s." + to + "(x);\n",
            std::move(dependencies));
    };
    std::vector<EntryValue> entries{table_a,
                                    table_b,
                                    entry_of(3, "TABLE DATA", "a", "", {1}),
                                    entry_of(4, "TABLE DATA", "b", "", {2}),
                                    key(5, "a", "b", {2, 1}),
                                    key(6, "b", "b", {2})};
    const Outcome outcome = apply(entries, {exclude("s.b", "exclude-table-data")});
    EXPECT_EQ(outcome.dropped, (Ids{4}));
    EXPECT_EQ(outcome.reported, (Ids{5}));
    EXPECT_EQ(outcome.reasons, (std::vector<std::string>{"refers to rows of TABLE s.b that are dropped"}));
    EXPECT_EQ(apply(entries, {exclude("s.b", "exclude-table-data"), cascade}).dropped, (Ids{4, 5}));
    EXPECT_EQ(apply(entries, {exclude("s.a", "exclude-table-data")}).reported, Ids{});
    EXPECT_EQ(apply(entries, {exclude("s.*", "exclude-table-data")}).reported, Ids{});
}

TEST(ExcludeTableData, APartitionedTableHasTheRowsOfItsPartitions) {
    const auto key = [](int id, const std::string& from, std::vector<int> dependencies) {
        return entry_of(id, "FK CONSTRAINT", from + " fk",
                        "ALTER TABLE s." + from + " ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES s.b(x);\n",
                        std::move(dependencies));
    };
    std::vector<EntryValue> entries = partitions();
    entries.push_back(entry_of(20, "TABLE", "b", "CREATE TABLE s.b (x int);\n"));
    entries.push_back(entry_of(21, "TABLE DATA", "b", "", {20}));
    entries.push_back(key(22, "mid", {2, 20}));
    entries.push_back(key(23, "root", {1, 20}));
    // The rows of an heir are its own.
    entries.push_back(entry_of(24, "TABLE", "parent", "CREATE TABLE s.parent (x int);\n"));
    entries.push_back(
        entry_of(25, "TABLE", "heir", "CREATE TABLE s.heir (\n)\nINHERITS (s.parent);\n", {24}));
    entries.push_back(entry_of(26, "TABLE DATA", "heir", "", {25}));
    entries.push_back(key(27, "parent", {24, 20}));
    EXPECT_EQ(apply(entries, {exclude("s.b", "exclude-table-data")}).reported, (Ids{22, 23}));
    EXPECT_EQ(apply(entries, {exclude("s.b", "exclude-table-data"), exclude("s.leaf", "exclude-table-data")})
                  .reported,
              Ids{});
}

TEST(ExcludeTable, ReportsForeignKeysToRowsOfAPartitionThatIsGone) {
    std::vector<EntryValue> entries = partitions();
    entries.push_back(entry_of(20, "TABLE", "b", "CREATE TABLE s.b (x int);\n"));
    entries.push_back(entry_of(21, "TABLE DATA", "b", "", {20}));
    entries.push_back(entry_of(22, "FK CONSTRAINT", "b fk",
                               "ALTER TABLE s.b ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES s.root(x);\n",
                               {20, 1, 10, 11}));
    EXPECT_EQ(apply(entries, {exclude("s.leaf")}).reported, (Ids{22}));
    EXPECT_EQ(apply(entries, {no_kind("index attach")}).reported, (Ids{22}));
}

TEST(Extensions, ExcludedOrNotIncluded) {
    const std::vector<EntryValue> entries{
        entry_of(1, "EXTENSION", "citext", "CREATE EXTENSION citext;\n"),
        entry_of(2, "COMMENT", "EXTENSION citext", "COMMENT ON EXTENSION citext IS 'x';\n", {1}),
        entry_of(3, "EXTENSION", "hstore", "CREATE EXTENSION hstore;\n"),
        entry_of(4, "TABLE", "a", "CREATE TABLE s.a (x citext);\n", {1, 1}),
        entry_of(5, "COMMENT", "TABLE a", "COMMENT ON TABLE s.a IS 'EXTENSION';\n", {4})};
    EXPECT_EQ(apply(entries, {exclude("CI*", "exclude-extension")}).dropped, (Ids{1, 2}));
    EXPECT_EQ(apply(entries, {exclude("ci*", "exclude-extension")}).reported, (Ids{4, 5}));
    EXPECT_EQ(apply(entries, {exclude("hstore", "extension")}).dropped, (Ids{1, 2}));
    EXPECT_EQ(apply(entries, {{"extension", {{"", "citext"}, {"", "hstore"}}}}).dropped, Ids{});
    EXPECT_EQ(apply(entries, {exclude("*", "extension"), exclude("hstore", "exclude-extension")}).dropped,
              (Ids{3}));
    EXPECT_EQ(apply(entries, {{"no-extension-comments", {}}}).dropped, (Ids{2}));
}

// Members of an extension have no entries that would say what their privileges and rows belong to.
TEST(Extensions, WhatTheirMembersWereGrantedGoesOrIsReported) {
    const auto extension = [](int dump_id, const std::string& name, const std::string& schema) {
        EntryValue entry =
            entry_of(dump_id, "EXTENSION", name, "CREATE EXTENSION IF NOT EXISTS " + name + schema + ";\n");
        entry.namespace_.reset();
        return entry;
    };
    const auto in_schema = [](EntryValue entry, std::optional<std::string> schema) {
        entry.namespace_ = std::move(schema);
        return entry;
    };
    const std::string grant = "GRANT ALL ON x TO y;\n";
    const std::vector<EntryValue> entries{
        extension(1, "one", " WITH SCHEMA s"),
        extension(2, "two", " WITH SCHEMA \"S\""),
        extension(3, "three", " WITH SCHEMA \"S\""),
        entry_of(4, "TABLE", "a", "CREATE TABLE s.a ();\n"),
        entry_of(5, "ACL", "TABLE a", grant, {4}),
        entry_of(6, "ACL", "COLUMN a.x", grant, {4, 5}),
        entry_of(7, "ACL", "FUNCTION f()", grant, {999}),
        entry_of(8, "TABLE DATA", "rows", "", {998}),
        entry_of(9, "SECURITY LABEL", "TABLE rows", "SECURITY LABEL x;\n", {998}),
        in_schema(entry_of(10, "ACL", "FUNCTION f()", grant, {997}), "S"),
        in_schema(entry_of(11, "ACL", "FUNCTION f()", grant, {996}), "elsewhere"),
        in_schema(entry_of(12, "ACL", "FUNCTION f()", grant, {995}), "pg_catalog"),
        in_schema(entry_of(13, "ACL", "SCHEMA public", grant, {994}), std::nullopt),
        in_schema(entry_of(14, "ACL", "FOREIGN DATA WRAPPER w", grant, {993}), std::nullopt)};
    const Outcome one = apply(entries, {exclude("one", "exclude-extension")});
    // In the schema of one alone, they are of that one.
    EXPECT_EQ(one.dropped, (Ids{1, 7, 8, 9}));
    EXPECT_EQ(one.reported, (Ids{11, 14}));
    EXPECT_EQ(one.reasons.front(), "can be part of EXTENSION one, which is dropped");
    EXPECT_EQ(apply(entries, {exclude("one", "exclude-extension"), cascade}).dropped, (Ids{1, 7, 8, 9}));
    EXPECT_EQ(apply(entries, {exclude("two", "exclude-extension")}).reported, (Ids{10, 11, 14}));
    EXPECT_EQ(
        apply(entries, {exclude("two", "exclude-extension"), exclude("three", "exclude-extension")}).dropped,
        (Ids{2, 3, 10}));
    EXPECT_EQ(apply(entries, {exclude("a")}).reported, Ids{});
}

TEST(Extensions, AForeignDataWrapperOfTheirNameIsTheirs) {
    for (const char* const tag : {"FOREIGN DATA WRAPPER postgres_fdw", "LANGUAGE postgres_fdw"}) {
        std::vector<EntryValue> entries{
            entry_of(1, "EXTENSION", "citext", "CREATE EXTENSION citext;\n"),
            entry_of(2, "EXTENSION", "postgres_fdw", "CREATE EXTENSION postgres_fdw;\n"),
            entry_of(3, "ACL", tag, "GRANT ALL ON x TO y;\n", {999})};
        for (EntryValue& entry : entries) entry.namespace_.reset();
        const Outcome outcome = apply(entries, {exclude("postgres_fdw", "exclude-extension")});
        EXPECT_EQ(outcome.dropped, (Ids{2, 3}));
        EXPECT_EQ(outcome.reported, Ids{});
        EXPECT_EQ(apply(entries, {exclude("citext", "exclude-extension")}).reported, Ids{});
    }
}

TEST(Extensions, AnExclusionConstraintDoesNotNameItsOperatorClasses) {
    EntryValue extension = entry_of(1, "EXTENSION", "btree_gist", "CREATE EXTENSION btree_gist;\n");
    extension.namespace_.reset();
    const auto reported = [&](const std::string& constraint) {
        const std::string defn = "ALTER TABLE ONLY s.b\n    ADD CONSTRAINT c " + constraint + ";\n";
        const std::vector<EntryValue> entries{extension, table_b,
                                              entry_of(3, "CONSTRAINT", "b c", defn, {2})};
        return apply(entries, {exclude("btree_gist", "exclude-extension")}).reported;
    };
    for (const char* const constraint :
         {"EXCLUDE USING gist (x WITH =)", "EXCLUDE USING gist (y WITH &&, x WITH =, z WITH &&)",
          "EXCLUDE USING gist (lower(x) WITH <>) WITH (fillfactor='70') WHERE ((x > 0))",
          "PRIMARY KEY (id, during WITHOUT OVERLAPS)"})
        EXPECT_EQ(reported(constraint), (Ids{3})) << constraint;
    // These are operators of ranges and geometric types, which need no extension.
    for (const char* const constraint : {"EXCLUDE USING gist (x WITH &&)",
                                         "EXCLUDE USING gist (x WITH &&, y WITH -|-) WITH (fillfactor='70')",
                                         "EXCLUDE USING gist (x WITH ~=)", "EXCLUDE USING btree (x WITH =)",
                                         "UNIQUE (x) WITH (fillfactor='70')"})
        EXPECT_EQ(reported(constraint), Ids{}) << constraint;
}

TEST(NoKind, TakesWhatHangsOnObjectsWithoutDependencies) {
    const auto without_schema = [](EntryValue entry) {
        entry.namespace_ = std::nullopt;
        return entry;
    };
    const std::vector<EntryValue> entries{
        without_schema(entry_of(1, "SERVER", "x", "CREATE SERVER x FOREIGN DATA WRAPPER w;\n")),
        without_schema(
            entry_of(2, "USER MAPPING", "USER MAPPING a SERVER x SERVER y",
                     "CREATE USER MAPPING FOR \"a SERVER x\" SERVER y OPTIONS (\n    user 'SERVER x'\n);\n")),
        without_schema(entry_of(3, "USER MAPPING", "USER MAPPING server SERVER x",
                                "CREATE USER MAPPING FOR server SERVER x;\n")),
        without_schema(entry_of(4, "DATABASE", "d", "CREATE DATABASE d;\n")),
        without_schema(entry_of(5, "DATABASE PROPERTIES", "d", "ALTER DATABASE d SET x TO 'y';\n")),
        entry_of(6, "SHELL TYPE", "t", "CREATE TYPE s.t;\n"),
        entry_of(7, "FUNCTION", "t_in(cstring)", "CREATE FUNCTION s.t_in(cstring) RETURNS s.t;\n", {6}),
        entry_of(8, "TYPE", "t", "CREATE TYPE s.t (INPUT = s.t_in);\n", {7})};
    EXPECT_EQ(apply(entries, {no_kind("Server")}).dropped, (Ids{1, 3}));
    EXPECT_EQ(apply(entries, {no_kind("DATABASE")}).dropped, (Ids{4, 5}));
    const Outcome types = apply(entries, {no_kind("TYPE")});
    EXPECT_EQ(types.dropped, (Ids{6, 8}));
    EXPECT_EQ(types.reported, (Ids{7}));
    EXPECT_EQ(apply(entries, {no_kind("FUNCTION")}).reported, (Ids{6, 8}));
}

TEST(NoKind, AFunctionNeedsTheTransformsThatItSaysItUses) {
    const std::vector<EntryValue> entries{
        entry_of(1, "TRANSFORM", "TRANSFORM FOR integer LANGUAGE sql", "CREATE TRANSFORM x;\n"),
        entry_of(2, "FUNCTION", "f(integer)",
                 "CREATE FUNCTION s.f(integer) RETURNS integer\n    LANGUAGE sql;\n", {1}),
        entry_of(
            3, "FUNCTION", "g(integer)",
            "CREATE FUNCTION s.g(integer) RETURNS integer\n    LANGUAGE sql TRANSFORM FOR TYPE integer;\n",
            {1})};
    EXPECT_EQ(apply(entries, {no_kind("TRANSFORM")}).reported, (Ids{3}));
    EXPECT_EQ(apply(entries, {no_kind("TRANSFORM"), cascade}).dropped, (Ids{1, 3}));
}

TEST(NoKind, TakesLargeObjectsOfAllVersions) {
    EntryValue data = entry_of(3, "BLOBS", "7..8");
    data.large_objects = {{{7, {"x"}}}};
    EntryValue metadata = entry_of(1, "BLOB METADATA", "7..8", "-- x\n");
    metadata.namespace_.reset();
    data.namespace_.reset();
    const EntryValue acl =
        entry_of(2, "ACL", "LARGE OBJECTS 7..8", "GRANT SELECT ON LARGE OBJECT 7 TO x;\n", {1});
    EXPECT_EQ(apply({metadata, acl, data}, {no_kind("BLOB METADATA")}).dropped, (Ids{1, 2, 3}));
    EXPECT_EQ(apply({metadata, acl, data}, {no_kind("BLOBS")}).dropped, (Ids{3}));
    data.tag = "BLOBS";
    EXPECT_EQ(
        apply({entry_of(1, "BLOB", "7"), entry_of(2, "BLOB", "8"), data}, {no_kind("BLOB")}, 14).dropped,
        (Ids{1, 2, 3}));
}

TEST(NoKind, UnknownKindsMatchNothing) {
    const Outcome outcome = apply({table_a}, {no_kind("TABEL")});
    EXPECT_EQ(outcome.dropped, Ids{});
    EXPECT_TRUE(outcome.reports[0].matched_nothing());
    EXPECT_EQ(apply({table_a, entry_of(2, "PERPETUAL MOTION", "x")}, {no_kind("perpetual motion")}).dropped,
              (Ids{2}));
}

TEST(Exclude, RefusesWhatMakesNoSense) {
    EXPECT_THROW(apply({}, {{"exclude-table", {}}}), Error);
    EXPECT_THROW(apply({}, {{"no-kind", {}}}), Error);
    EXPECT_THROW(apply({}, {exclude("a.b.c")}), Error);
    EXPECT_THROW(apply({}, {exclude("a.b", "exclude-extension")}), Error);
    EXPECT_THROW(apply({}, {no_kind("encoding")}), Error);
}

TEST(Exclude, WhatAnEarlierRuleDroppedStaysDue) {
    const std::vector<EntryValue> entries{
        table_a, entry_of(2, "COMMENT", "TABLE a", "COMMENT ON TABLE s.a IS 'x';\n", {1})};
    const Outcome outcome = apply(entries, {{"no-comments", {}}, exclude("s.a")});
    EXPECT_EQ(outcome.reports[0].dropped, 1u);
    EXPECT_EQ(outcome.reports[1].dropped, 1u);
}

TEST(Exclude, CyclesComeToAnEnd) {
    const std::vector<EntryValue> entries{
        entry_of(1, "VIEW", "a", "", {2, 1}), entry_of(2, "VIEW", "b", "", {1}),
        entry_of(3, "SEQUENCE", "c", "", {4}), entry_of(4, "VIEW", "d", "", {3})};
    EXPECT_EQ(apply(entries, {exclude("a"), cascade}).dropped, (Ids{1, 2}));
    EXPECT_EQ(apply(entries, {exclude("d")}).dropped, (Ids{3, 4}));
    EXPECT_EQ(apply(entries, {exclude("a")}).reported, (Ids{2}));
}

}  // namespace
}  // namespace pgfilter
