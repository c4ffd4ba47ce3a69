// SPDX-License-Identifier: PostgreSQL
#include "check/missing_tables.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "check/toc_check.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/name_index.hpp"

namespace pgfilter {
namespace {

/// Calls found(place) for rows whose table has no entry, if tables have any.
template <class Found>
void for_each_missing(const Prologue& prologue, Found found) {
    const Toc& toc = prologue.toc;
    constexpr EntryKinds making = EntryKind::table | EntryKind::extension;
    bool has_tables = false;
    DumpId largest_id = 0;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        has_tables = has_tables || making.has(toc[i].kind());
        largest_id = std::max(largest_id, toc[i].dump_id());
    }
    if (!has_tables) return;
    for_each_entry(prologue, [&](const EntryPlace& place) {
        if (place.entry.kind() != EntryKind::table_data) return;
        const std::vector<DumpId> ids = place.entry.original_dependencies();
        const bool can_be = !ids.empty() && ids.front() > 0 && ids.front() <= largest_id;
        if (can_be && !toc.find(ids.front())) found(place);
    });
}

/// Tables that one extension, or one of several, has made.
struct TablesOfExtension {
    Makers::Candidates makers;
    std::size_t count = 0;
    std::string names;
};

std::string name_with_schema(const TocEntry& entry) {
    constexpr std::size_t longest = 100;
    std::string name(schema_of(entry).substr(0, longest));
    return name.append(".").append(entry.tag().substr(0, longest));
}

std::string describe(const Toc& toc, const TablesOfExtension& tables) {
    constexpr std::size_t most = 10;
    const Makers::Candidates makers = tables.makers;
    std::string text = "rows of ";
    text.append(tables.count == 1 ? "a table" : std::to_string(tables.count) + " tables");
    text.append(makers.size() == 1 ? " that EXTENSION " : " that one of the extensions ");
    for (std::size_t i = 0; i < std::min(makers.size(), most); ++i)
        text.append(i > 0 ? ", " : "").append(toc[makers[i]].tag().substr(0, most * most));
    return text.append(makers.size() > most ? " ... makes: " : " makes: ").append(tables.names);
}

}  // namespace

void check_missing_tables(const Prologue& prologue, const FindingHandler& found) {
    const Toc& toc = prologue.toc;
    bool any = false;
    for_each_missing(prologue, [&](const EntryPlace&) { any = true; });
    if (!any) return;
    constexpr std::size_t most_names = 20;
    std::vector<bool> known(toc.size());
    std::vector<TablesOfExtension> tables;
    std::map<const Makers::Index*, std::size_t> places;
    const DependencyGraph graph(toc);
    graph.for_each_foundling([&](std::size_t entry, Makers::Candidates makers) {
        if (makers.empty() || graph.kind(entry) != EntryKind::table_data) return;
        known[entry] = true;
        const auto [place, fresh] = places.emplace(makers.data(), tables.size());
        if (fresh) tables.push_back({makers, 0, {}});
        TablesOfExtension& some = tables[place->second];
        if (++some.count <= most_names)
            some.names.append(some.names.empty() ? "" : ", ").append(name_with_schema(toc[entry]));
        else if (some.count == most_names + 1)
            some.names.append(" ...");
    });
    for (const TablesOfExtension& some : tables)
        found({FindingKind::extension_rows, harmless(describe(toc, some)), std::nullopt, std::nullopt, ""});
    for_each_missing(prologue, [&](const EntryPlace& place) {
        if (!known[place.index])
            found(finding_in(place, FindingKind::table_missing, "table of these rows is not in the archive"));
    });
}

}  // namespace pgfilter
