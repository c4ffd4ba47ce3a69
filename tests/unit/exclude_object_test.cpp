// SPDX-License-Identifier: PostgreSQL
// Objects that are left out by kind and name, and entries by themselves.
#include <gtest/gtest.h>

#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Ids = std::vector<DumpId>;

RuleSpec exclude_with(const std::string& rule, const std::vector<std::string>& values) {
    RuleSpec spec{rule, {}};
    for (const std::string& value : values) spec.arguments.push_back({"", value});
    return spec;
}

struct ObjectOutcome {
    Ids dropped;
    Ids reported;
    std::vector<RuleReport> reports;
};

ObjectOutcome outcome_of(const std::vector<EntryValue>& entries, std::vector<RuleSpec> rules) {
    const Plan plan = plan_for(bytes_with(entries), std::move(rules));
    ObjectOutcome outcome{{}, {}, plan.reports};
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
        const TocEntry& entry = plan.prologue.toc[i];
        if (entry.dropped()) outcome.dropped.push_back(entry.dump_id());
        find_unhandled(plan, entry, true,
                       [&](const Unhandled&) { outcome.reported.push_back(entry.dump_id()); });
    }
    return outcome;
}

EntryValue nowhere(EntryValue entry) {
    entry.namespace_.reset();
    return entry;
}

std::vector<EntryValue> routines_of_two_schemas() {
    EntryValue other = entry_of(5, "FUNCTION", "f(text)");
    other.namespace_ = "emaj";
    return {
        entry_of(1, "FUNCTION", "f(integer, text)"),
        entry_of(2, "FUNCTION", "f(double precision)"),
        entry_of(3, "FUNCTION", "F(\"odd (type\", s.\"T\"[])"),
        entry_of(4, "PROCEDURE", "f(text)"),
        other,
        entry_of(6, "AGGREGATE", "count_all(*)"),
        entry_of(7, "TRIGGER", "a t", "CREATE TRIGGER t BEFORE INSERT ON s.a EXECUTE FUNCTION s.f();\n", {1}),
        entry_of(8, "COMMENT", "FUNCTION f(i integer, t text)", "COMMENT ON FUNCTION s.f IS 'x';\n", {1})};
}

Ids routines(const std::string& pattern, const std::string& rule = "exclude-function") {
    return outcome_of(routines_of_two_schemas(), {exclude_with(rule, {pattern})}).dropped;
}

TEST(ExcludeObject, RoutinesAreChosenByNameAndTypes) {
    EXPECT_EQ(routines("emaj.*(text)"), (Ids{5}));
    EXPECT_EQ(routines("*(text)"), (Ids{5}));
    EXPECT_EQ(routines("f"), (Ids{1, 2, 5, 8}));
    EXPECT_EQ(routines("s.f"), (Ids{1, 2, 8}));
    EXPECT_EQ(routines("f(integer,text)"), (Ids{1, 8}));
    EXPECT_EQ(routines(" f ( INTEGER ,  text ) "), Ids{}) << "a blank in front is part of the name";
    EXPECT_EQ(routines("f ( INTEGER ,  text ) "), (Ids{1, 8}));
    EXPECT_EQ(routines("f(double  precision)"), (Ids{2}));
    EXPECT_EQ(routines("f(integer)"), Ids{});
    EXPECT_EQ(routines("f()"), Ids{});
    EXPECT_EQ(routines("\"F\"(\"odd (type\",s.\"T\" [])"), (Ids{3}));
    EXPECT_EQ(routines("\"F\""), (Ids{3}));
    EXPECT_EQ(routines("f", "exclude-procedure"), (Ids{4}));
    EXPECT_EQ(routines("count_all(*)", "exclude-aggregate"), (Ids{6}));
    EXPECT_EQ(routines("COUNT*", "exclude-aggregate"), (Ids{6}));
}

TEST(ExcludeObject, WhatUsesItIsKeptAndReportedUnlessCascadeTakesIt) {
    const RuleSpec rule = exclude_with("exclude-function", {"s.f(integer, text)"});
    const ObjectOutcome kept = outcome_of(routines_of_two_schemas(), {rule});
    EXPECT_EQ(kept.dropped, (Ids{1, 8}));
    EXPECT_EQ(kept.reported, (Ids{7}));
    EXPECT_EQ(outcome_of(routines_of_two_schemas(), {rule, {"cascade", {}}}).dropped, (Ids{1, 7, 8}));
}

TEST(ExcludeObject, ArgumentTypesHaveAnEnd) {
    for (const char* const pattern :
         {"f(", "s.f(integer", "f((text)", "f(\"odd)", "f(text) x", "f(text)(text)"}) {
        try {
            routines(pattern);
            FAIL() << pattern;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::usage);
            EXPECT_NE(error.message().find("argument types"), std::string::npos) << error.message();
        }
    }
    EXPECT_THROW(routines("FUNCTION f(", "exclude"), Error);
    EXPECT_THROW(routines("COMMENT FUNCTION f(", "exclude"), Error);
}

std::vector<EntryValue> parts_of_two_tables() {
    return {entry_of(1, "TABLE", "a"),
            entry_of(2, "TABLE", "a b"),
            entry_of(3, "TRIGGER", "a b t",
                     "CREATE TRIGGER \"b t\" AFTER DELETE ON s.a EXECUTE FUNCTION f();\n", {1}),
            entry_of(4, "TRIGGER", "a b t",
                     "CREATE TRIGGER t AFTER DELETE ON s.\"a b\" EXECUTE FUNCTION f();\n", {2}),
            entry_of(5, "TRIGGER", "t", "CREATE TRIGGER t AFTER DELETE ON a EXECUTE PROCEDURE f();\n", {1}),
            entry_of(6, "POLICY", "a t", "CREATE POLICY t ON s.a;\n", {1}),
            entry_of(7, "CONSTRAINT", "a t", "ALTER TABLE ONLY s.a ADD CONSTRAINT t PRIMARY KEY (x);\n", {1}),
            entry_of(8, "FK CONSTRAINT", "a b k",
                     "ALTER TABLE ONLY s.\"a b\" ADD CONSTRAINT k FOREIGN KEY (x) "
                     "REFERENCES s.a(x);\n",
                     {2, 7}),
            entry_of(9, "CHECK CONSTRAINT", "a c",
                     "ALTER TABLE s.a ADD CONSTRAINT c CHECK (true) NOT VALID;\n", {1})};
}

Ids parts(const std::string& rule, const std::string& pattern) {
    return outcome_of(parts_of_two_tables(), {exclude_with(rule, {pattern})}).dropped;
}

TEST(ExcludeObject, PartsAreChosenByNameOrWithTheirTable) {
    EXPECT_EQ(parts("exclude-trigger", "t"), (Ids{4, 5}));
    EXPECT_EQ(parts("exclude-trigger", "\"b t\""), (Ids{3}));
    EXPECT_EQ(parts("exclude-trigger", "a.*"), (Ids{3, 5}));
    EXPECT_EQ(parts("exclude-trigger", "s.\"a b\".t"), (Ids{4}));
    EXPECT_EQ(parts("exclude-trigger", "other.a.t"), Ids{});
    EXPECT_EQ(parts("exclude-policy", "t"), (Ids{6}));
    EXPECT_EQ(parts("exclude-constraint", "a.t"), (Ids{7, 8}));
    EXPECT_EQ(parts("exclude-constraint", "[ck]"), (Ids{8, 9}));
    EXPECT_THROW(parts("exclude-trigger", "w.x.y.z"), Error);
}

TEST(ExcludeObject, EveryKindHasARule) {
    const std::vector<EntryValue> entries{entry_of(1, "TYPE", "x"),
                                          entry_of(2, "SHELL TYPE", "x"),
                                          entry_of(3, "DOMAIN", "x"),
                                          entry_of(4, "COLLATION", "x"),
                                          nowhere(entry_of(5, "SERVER", "x")),
                                          entry_of(6, "INDEX", "x"),
                                          nowhere(entry_of(7, "PUBLICATION", "x")),
                                          nowhere(entry_of(8, "EVENT TRIGGER", "x")),
                                          nowhere(entry_of(9, "CAST", "CAST (s.a AS s.b)")),
                                          entry_of(10, "NEW KIND", "x")};
    const auto dropped = [&](const std::string& rule, const std::vector<std::string>& values) {
        return outcome_of(entries, {exclude_with(rule, values)}).dropped;
    };
    EXPECT_EQ(dropped("exclude-type", {"s.x"}), (Ids{1, 2, 3}));
    EXPECT_EQ(dropped("exclude-collation", {"x"}), (Ids{4}));
    EXPECT_EQ(dropped("exclude-server", {"x"}), (Ids{5}));
    EXPECT_EQ(dropped("exclude-index", {"*"}), (Ids{6}));
    EXPECT_EQ(dropped("exclude-publication", {"X"}), (Ids{7}));
    EXPECT_EQ(dropped("exclude-event-trigger", {"x"}), (Ids{8}));
    EXPECT_EQ(dropped("exclude", {"TYPE x"}), (Ids{1, 2})) << "its shell goes with it";
    EXPECT_EQ(dropped("exclude", {"event trigger  x", "Index s.x"}), (Ids{6, 8}));
    EXPECT_EQ(dropped("exclude", {"INDEX", "x", "TYPE x"}), (Ids{6})) << "patterns behind a kind alone";
    EXPECT_EQ(dropped("exclude", {"CAST (s.a AS s.b)"}), (Ids{9}));
    EXPECT_EQ(dropped("exclude", {"NEW KIND x"}), (Ids{10}));
    EXPECT_EQ(dropped("exclude", {"NEW KIND", "x"}), (Ids{10}));
    for (const char* const wrong : {"INDEX", "x y", "", "ENCODING x", "INDEX a..b"})
        EXPECT_THROW(dropped("exclude", {wrong}), Error) << wrong;
    EXPECT_THROW(dropped("exclude", {}), Error);
}

TEST(ExcludeObject, PatternsThatMatchNothingAreTold) {
    const ObjectOutcome outcome =
        outcome_of({entry_of(1, "TYPE", "x")}, {exclude_with("exclude", {"TYPE", "x", "y"})});
    EXPECT_EQ(outcome.reports[0].per_argument, (std::vector<std::size_t>{1, 1, 0}));
}

TEST(ExcludeEntry, TakesTheEntryAndNothingElse) {
    const std::vector<EntryValue> entries{
        nowhere(entry_of(1, "SCHEMA", "tiger", "CREATE SCHEMA tiger;\n")),
        nowhere(entry_of(2, "COMMENT", "SCHEMA tiger", "COMMENT ON SCHEMA tiger IS 'x';\n", {1})),
        nowhere(entry_of(3, "ACL", "SCHEMA tiger", "GRANT USAGE ON SCHEMA tiger TO app;\n", {1})),
        entry_of(4, "TABLE", "t", "CREATE TABLE tiger.t ();\n", {1}),
        nowhere(entry_of(5, "EXTENSION", "g", "CREATE EXTENSION IF NOT EXISTS g WITH SCHEMA tiger;\n", {1}))};
    const auto without = [&](const std::string& entry) {
        return outcome_of(entries, {exclude_with("exclude-entry", {entry}), {"cascade", {}}});
    };
    EXPECT_EQ(without("SCHEMA tiger").dropped, (Ids{1}));
    EXPECT_EQ(without("SCHEMA tiger").reported, Ids{});
    EXPECT_EQ(without("schema t*").dropped, (Ids{1}));
    EXPECT_EQ(without("COMMENT SCHEMA tiger").dropped, (Ids{2}));
    EXPECT_EQ(without("ACL tiger").dropped, (Ids{3}));
    EXPECT_EQ(without("ACL TABLE tiger").dropped, Ids{});
    EXPECT_EQ(without("EXTENSION g").dropped, (Ids{5}));
}

TEST(IfNotExists, OfSchemasAndExtensions) {
    const auto definition = [](const char* desc, const std::string& defn, std::vector<RuleSpec> rules) {
        rules.push_back({"if-not-exists", {}});
        const Plan plan =
            plan_for(bytes_with({nowhere(entry_of(1, desc, "x", defn.c_str()))}), std::move(rules));
        return std::string(plan.prologue.toc[*plan.prologue.toc.find(1)].defn().value_or("NULL"));
    };
    EXPECT_EQ(definition("SCHEMA", "CREATE SCHEMA x;\n", {}), "CREATE SCHEMA IF NOT EXISTS x;\n");
    EXPECT_EQ(definition("SCHEMA", "\n\nCREATE SCHEMA \"if\" AUTHORIZATION y;\n\n\n", {}),
              "\n\nCREATE SCHEMA IF NOT EXISTS \"if\" AUTHORIZATION y;\n\n\n");
    EXPECT_EQ(definition("SCHEMA", "CREATE SCHEMA x AUTHORIZATION y;\n", {{"no-owner", {}}}),
              "CREATE SCHEMA IF NOT EXISTS x;\n");
    EXPECT_EQ(definition("EXTENSION", "CREATE EXTENSION x;\n", {}), "CREATE EXTENSION IF NOT EXISTS x;\n");
    for (const char* const text : {"CREATE SCHEMA IF NOT EXISTS x;\n", "-- *not* dropping schema\n", ""})
        EXPECT_EQ(definition("SCHEMA", text, {}), text);
}

std::vector<EntryValue> tables_with_checks() {
    return {
        entry_of(1, "FUNCTION", "f(integer)", "CREATE FUNCTION s.f(integer) RETURNS boolean;\n"),
        entry_of(2, "TABLE", "t",
                 "CREATE TABLE s.t (\n    a integer CONSTRAINT filled NOT NULL,\n    b integer,\n"
                 "    CONSTRAINT small CHECK (s.f(a)),\n    CONSTRAINT \"Odd, name\" CHECK ((b > 0))\n);\n",
                 {1}),
        entry_of(3, "TABLE", "u", "CREATE TABLE s.u (\n    CONSTRAINT small CHECK (true)\n);\n"),
        entry_of(4, "DOMAIN", "d", "CREATE DOMAIN s.d AS integer\n\tCONSTRAINT small CHECK ((VALUE < 9));\n"),
        entry_of(5, "COMMENT", "CONSTRAINT small ON t", "COMMENT ON CONSTRAINT small ON s.t IS 'x';\n", {2}),
        entry_of(6, "COMMENT", "TABLE t", "COMMENT ON TABLE s.t IS 'small';\n", {2}),
        entry_of(7, "TABLE DATA", "t", "", {2})};
}

struct CutTables {
    std::string t, u, d;
    Ids dropped, reported;
    std::size_t told;  // clauses
};

CutTables without_constraints(const std::vector<std::string>& patterns, std::vector<RuleSpec> more = {},
                              const std::string& rule = "exclude-constraint") {
    more.push_back(exclude_with(rule, patterns));
    const Plan plan = plan_for(bytes_with(tables_with_checks()), more);
    const auto defn = [&](DumpId id) { return std::string(find(plan, id).defn().value_or("")); };
    const ObjectOutcome outcome = outcome_of(tables_with_checks(), more);
    return {defn(2), defn(3), defn(4), outcome.dropped, outcome.reported, plan.consequences.clauses.size()};
}

TEST(ExcludeObject, ConstraintsInDefinitionsAreCutOut) {
    const CutTables one = without_constraints({"t.small"});
    EXPECT_EQ(one.t,
              "CREATE TABLE s.t (\n    a integer CONSTRAINT filled NOT NULL,\n    b integer,\n"
              "    CONSTRAINT \"Odd, name\" CHECK ((b > 0))\n);\n");
    EXPECT_EQ(one.dropped, (Ids{5})) << "the comment on it, and not the rows";
    EXPECT_EQ(one.reported, Ids{});
    EXPECT_EQ(one.told, 0U) << "it was named";
    const CutTables all = without_constraints({"small", "s.t.\"Odd, name\"", "filled"});
    EXPECT_EQ(all.t, "CREATE TABLE s.t (\n    a integer,\n    b integer\n);\n");
    EXPECT_EQ(all.u, "CREATE TABLE s.u (\n    \n);\n");
    EXPECT_EQ(all.d, "CREATE DOMAIN s.d AS integer;\n");
    EXPECT_EQ(without_constraints({"CHECK CONSTRAINT small"}, {}, "exclude").d, all.d);
    const CutTables none = without_constraints({"other.small", "smal", "Odd*"});
    EXPECT_EQ(none.t, std::string(tables_with_checks()[1].defn.value()));
    EXPECT_EQ(none.dropped, Ids{});
}

TEST(ExcludeObject, WhatAConstraintAloneUsedIsMissedNoMore) {
    const RuleSpec function = exclude_with("exclude-function", {"s.f"});
    EXPECT_EQ(outcome_of(tables_with_checks(), {function}).reported, (Ids{2, 5, 6, 7}));
    const CutTables both = without_constraints({"t.small"}, {function});
    EXPECT_EQ(both.dropped, (Ids{1, 5}));
    EXPECT_EQ(both.reported, Ids{});
    EXPECT_EQ(without_constraints({"t.small"}, {function, {"cascade", {}}}).dropped, (Ids{1, 5}));
    EXPECT_EQ(without_constraints({"t.filled"}, {function}).reported, (Ids{2, 5, 6, 7}));
}

TEST(ExcludeObject, AnEntryThatIsThereBeforehandIsNoConstraintInADefinition) {
    const CutTables kept = without_constraints({"CHECK CONSTRAINT t.small"}, {}, "exclude-entry");
    EXPECT_EQ(kept.t, std::string(tables_with_checks()[1].defn.value()));
}

TEST(ExcludeObject, DefaultPrivilegesAreChosenBySchemaToo) {
    EntryValue other =
        entry_of(2, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES", "ALTER DEFAULT PRIVILEGES;\n");
    other.namespace_ = "x";
    const std::vector<EntryValue> entries{
        entry_of(1, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES", "ALTER DEFAULT PRIVILEGES;\n"), other,
        nowhere(entry_of(3, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TYPES", "ALTER DEFAULT PRIVILEGES;\n"))};
    const auto chosen = [&](const char* pattern) {
        return outcome_of(entries, {exclude_with("exclude-entry", {pattern})}).dropped;
    };
    EXPECT_EQ(chosen("DEFAULT ACL s.*"), (Ids{1}));
    EXPECT_EQ(chosen("DEFAULT ACL x|y.*"), (Ids{2}));
    EXPECT_EQ(chosen("DEFAULT ACL DEFAULT PRIVILEGES FOR TABLES"), (Ids{1, 2}));
    EXPECT_EQ(chosen("DEFAULT ACL PRIVILEGES FOR TYPES"), Ids{});
}

}  // namespace
}  // namespace pgfilter
