// SPDX-License-Identifier: PostgreSQL
// What row security that binds the owner, too, lets a restore do.
#include <gtest/gtest.h>

#include "support/plans.hpp"

namespace pgfilter {
namespace {

using namespace test;
using Ids = std::vector<DumpId>;

const std::string forced = "CREATE TABLE s.a (id int);\n\nALTER TABLE ONLY s.a FORCE ROW LEVEL SECURITY;\n";

/// Table a, views of views of it, table b that refers to it.
std::vector<EntryValue> entries(const std::string& definition_of_a = forced) {
    return {
        entry_of(1, "TABLE", "a", definition_of_a),
        entry_of(2, "TABLE", "b", "CREATE TABLE s.b (id int);\n"),
        entry_of(3, "VIEW", "v", "CREATE VIEW s.v AS SELECT FROM s.a;\n", {1}),
        entry_of(4, "MATERIALIZED VIEW", "m", "CREATE MATERIALIZED VIEW s.m AS SELECT FROM s.v;\n", {3}),
        entry_of(5, "MATERIALIZED VIEW", "n", "CREATE MATERIALIZED VIEW s.n AS SELECT FROM s.m;\n", {4}),
        entry_of(6, "MATERIALIZED VIEW", "o", "CREATE MATERIALIZED VIEW s.o AS SELECT FROM s.b;\n", {2}),
        entry_of(7, "FK CONSTRAINT", "b b_fkey",
                 "ALTER TABLE ONLY s.b ADD CONSTRAINT b_fkey FOREIGN KEY (id) REFERENCES s.a(id);\n", {2, 1}),
        entry_of(8, "ROW SECURITY", "a", "ALTER TABLE s.a ENABLE ROW LEVEL SECURITY;\n", {1}),
        entry_of(9, "MATERIALIZED VIEW DATA", "m", "REFRESH MATERIALIZED VIEW s.m;\n", {4}),
        entry_of(10, "MATERIALIZED VIEW DATA", "n", "REFRESH MATERIALIZED VIEW s.n;\n", {5, 9}),
        entry_of(11, "MATERIALIZED VIEW DATA", "o", "REFRESH MATERIALIZED VIEW s.o;\n", {6})};
}

Plan plan_of(std::vector<EntryValue> values, std::vector<RuleSpec> rules = {}) {
    rules.push_back({"no-queries-under-row-security", {}});
    return plan_for(bytes_with(std::move(values)), std::move(rules));
}

TEST(ForcedRowSecurity, LeavesEmptyWhatReadsTheTable) {
    EXPECT_EQ(dropped(plan_of(entries())), (Ids{9, 10}));
}

TEST(ForcedRowSecurity, ComesAfterForeignKeys) {
    EXPECT_EQ(find(plan_of(entries()), 8).dependencies(), (Ids{1, 7}));
}

TEST(ForcedRowSecurity, IsNothingUnlessForced) {
    for (const char* const harmless :
         {"CREATE TABLE s.a (id int);\n",
          "CREATE TABLE s.a (id int);\nALTER TABLE s.a NO FORCE ROW LEVEL SECURITY;\n",
          "CREATE TABLE s.a (force int DEFAULT 'ALTER TABLE s.a FORCE ROW LEVEL SECURITY;');\n",
          "CREATE TABLE s.a (id int);\n-- ALTER TABLE s.a FORCE ROW LEVEL SECURITY;\n"}) {
        const Plan plan = plan_of(entries(harmless));
        EXPECT_EQ(dropped(plan), Ids()) << harmless;
        EXPECT_EQ(find(plan, 8).dependencies(), Ids{1}) << harmless;
    }
}

TEST(ForcedRowSecurity, IsNothingUnlessEnabled) {
    const Ids kept = dropped(plan_of(entries(), {{"no-policies", {}}}));
    EXPECT_EQ(kept, Ids{8});
}

}  // namespace
}  // namespace pgfilter
