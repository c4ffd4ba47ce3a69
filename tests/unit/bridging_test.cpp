// SPDX-License-Identifier: PostgreSQL
// The order of a parallel restore when entries are dropped.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <set>

#include "pipeline/bridging.hpp"
#include "support/archive_builder.hpp"
#include "support/stream_doubles.hpp"

namespace pgfilter {
namespace {

using namespace test;

using Graph = std::vector<std::vector<int>>;  // dependencies of the entries 1, 2, …

Toc toc_of(const Graph& graph, const std::set<int>& dropped) {
    ArchiveValue archive;
    for (std::size_t i = 0; i < graph.size(); ++i) {
        EntryValue entry;
        entry.dump_id = static_cast<int>(i) + 1;
        entry.dependencies = graph[i];
        archive.entries.push_back(entry);
    }
    const std::string bytes = build(archive).bytes();
    MemorySource source(bytes);
    Toc toc = std::move(read_prologue(source).toc);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (dropped.contains(toc[i].dump_id())) toc.drop(toc[i], 0);
    }
    return toc;
}

std::vector<DumpId> bridged(const Graph& graph, const std::set<int>& dropped, int id) {
    Toc toc = toc_of(graph, dropped);
    bridge_dependencies(toc, 1);
    return toc[*toc.find(id)].dependencies();
}

TEST(Bridging, HandsTheDependenciesOfADroppedEntryOn) {
    EXPECT_EQ(bridged({{}, {1}, {2}}, {2}, 3), (std::vector<DumpId>{1}));
    EXPECT_EQ(bridged({{}, {1}, {2}, {3}}, {2, 3}, 4), (std::vector<DumpId>{1}));
    EXPECT_EQ(bridged({{}, {}, {1, 2}, {1, 3}}, {3}, 4), (std::vector<DumpId>{1, 2})) << "not twice";
    EXPECT_EQ(bridged({{}, {}, {2}, {3, 1}}, {3}, 4), (std::vector<DumpId>{2, 1})) << "in its place";
    EXPECT_EQ(bridged({{}, {777}, {2}}, {2}, 3), (std::vector<DumpId>{777}))
        << "IDs that are not in the archive too";
}

TEST(Bridging, GivesDataNoOtherTable) {
    ArchiveValue archive;
    for (int id = 1; id <= 3; ++id) {
        EntryValue entry;
        entry.dump_id = id;
        if (id > 1) entry.dependencies = {id - 1};
        if (id == 3) entry.desc = "TABLE DATA";
        if (id == 3) entry.rows = {{"1\n"}};
        archive.entries.push_back(entry);
    }
    const std::string bytes = build(archive).bytes();
    MemorySource source(bytes);
    Toc toc = std::move(read_prologue(source).toc);
    toc.drop(toc[1], 0);
    EXPECT_EQ(bridge_dependencies(toc, 1), 0u);
    EXPECT_EQ(toc[2].dependencies(), (std::vector<DumpId>{2})) << "not 1, whose data it is not";
}

TEST(Bridging, ChangesNothingElse) {
    EXPECT_EQ(bridged({{}, {1, 1, 99}, {}}, {3}, 2), (std::vector<DumpId>{1, 1, 99}));
    Toc toc = toc_of({{}, {1, 1, 99}, {}}, {3});
    EXPECT_EQ(bridge_dependencies(toc, 1), 0u);
    EXPECT_FALSE(toc[1].changed());
}

TEST(Bridging, SurvivesCircles) {
    EXPECT_EQ(bridged({{2}, {1}, {1}}, {1, 2}, 3), (std::vector<DumpId>{}));
    EXPECT_EQ(bridged({{1}, {1}}, {1}, 2), (std::vector<DumpId>{}));
    EXPECT_EQ(bridged({{2}, {1}}, {1}, 2), (std::vector<DumpId>{})) << "never on itself";
}

TEST(Bridging, LeadsOutOfCirclesFromEveryEntryOfThem) {
    const Graph graph{{3, 999, 4, 2, 4}, {1, 999}, {5}, {5}, {1, 2}};
    const std::vector<DumpId> ids = bridged(graph, {1, 3, 5}, 4);
    EXPECT_EQ(std::set<DumpId>(ids.begin(), ids.end()), (std::set<DumpId>{2, 999}));
}

TEST(Bridging, OfALongChainIsQuick) {
    Graph graph(30'000);
    std::set<int> dropped;
    for (int i = 1; i < 30'000; ++i) {
        graph[static_cast<std::size_t>(i)] = {i};
        if (i < 29'999) dropped.insert(i + 1);
    }
    EXPECT_EQ(bridged(graph, dropped, 30'000), (std::vector<DumpId>{1}));
}

TEST(Bridging, ThatWouldMultiplyTheArchiveIsRefused) {
    // Every other entry depends on a dropped one that depends on 3000 entries.
    Graph graph(6002);
    for (int i = 1; i <= 3000; ++i) graph[3000].push_back(i);
    for (std::size_t i = 3001; i < graph.size(); ++i) graph[i] = {3001};
    Toc toc = toc_of(graph, {3001});
    try {
        bridge_dependencies(toc, 1);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit);
    }
}

/// All entries that must come before `id`, found the slow way.
std::set<int> before(const Graph& graph, int id) {
    std::set<int> found;
    std::vector<int> open{id};
    while (!open.empty()) {
        const int next = open.back();
        open.pop_back();
        for (const int dependency : graph[static_cast<std::size_t>(next) - 1]) {
            if (found.insert(dependency).second) open.push_back(dependency);
        }
    }
    return found;
}

RC_GTEST_PROP(Bridging, KeepsTheOrderOfWhatIsKept, (bool with_circles)) {
    const int count = *rc::gen::inRange(1, 25);
    Graph graph;
    std::set<int> dropped;
    for (int i = 0; i < count; ++i) {
        const int end = with_circles ? count + 1 : std::max(i + 1, 2);
        graph.push_back(*rc::gen::container<std::vector<int>>(rc::gen::inRange(1, end)));
        if (i == 0 && !with_circles) graph.back().clear();
        if (graph.back().size() > 6) graph.back().resize(6);
        if (*rc::gen::arbitrary<bool>()) dropped.insert(i + 1);
    }
    Toc toc = toc_of(graph, dropped);
    bridge_dependencies(toc, 1);
    Graph after = graph;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        after[i] = toc[i].dependencies();
        for (const int id : after[i]) RC_ASSERT(!dropped.contains(id));
    }
    for (int id = 1; id <= count; ++id) {
        if (dropped.contains(id)) continue;
        // An entry that comes before itself has no order to keep.
        std::set<int> expected = before(graph, id);
        std::erase_if(expected, [&](int other) { return other == id || dropped.contains(other); });
        std::set<int> found = before(after, id);
        found.erase(id);
        RC_ASSERT(found == expected);
    }
}

}  // namespace
}  // namespace pgfilter
