// SPDX-License-Identifier: PostgreSQL
// Which PostgreSQL an archive needs.
#include <algorithm>
#include <array>
#include <utility>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "pgfilter/needs.hpp"
#include "sql/column_expressions.hpp"

namespace pgfilter {
namespace {

// Versions are numbers as in the table of kinds: 96 is 9.6, 103 is 10.3, 180 is 18.

/// The first with a pg_restore for archives 1.10, 1.11 …
constexpr std::array<unsigned, 7> readers{80, 84, 90, 103, 120, 160, 170};

/// Minor releases of older ones that read 1.13, too: SEARCHPATH came with the fix of CVE-2018-1058.
struct Patched {
    unsigned version;
    const char* release;
};
constexpr std::uint8_t patched_minor = 13;
constexpr std::array<Patched, 4> patched{{{93, "9.3.22"}, {94, "9.4.17"}, {95, "9.5.12"}, {96, "9.6.8"}}};

std::string name_of(unsigned version) {
    const std::string major = std::to_string(version / 10);
    return version < 100 || version % 10 > 0 ? major + "." + std::to_string(version % 10) : major;
}

struct Demand {
    unsigned version = 0;
    const char* what = nullptr;  // null: the kind of the entry
};

/// What is generated without being STORED is VIRTUAL, which PostgreSQL 18 brought; it is the default there.
Demand demand_of_columns(const TocEntry& entry, sql::Dialect dialect) {
    constexpr unsigned with_stored = 120;
    constexpr unsigned with_virtual = 180;
    const Bytes defn = entry.defn().value_or("");
    if (defn.find("GENERATED ALWAYS AS (") == Bytes::npos) return {};
    Demand demand;
    for (const sql::ColumnClause& clause : sql::find_column_clauses(defn, dialect).clauses) {
        if (clause.kind != sql::ColumnClause::Kind::generated) continue;
        const Bytes text = defn.substr(clause.clause.begin, clause.clause.end - clause.clause.begin);
        if (!text.ends_with("STORED")) return {with_virtual, "has a virtual generated column"};
        demand = {with_stored, "has a generated column"};
    }
    return demand;
}

Demand demand_of(const TocEntry& entry, sql::Dialect dialect) {
    const Demand by_kind{facts_of(entry.kind()).server, nullptr};
    if (!heritable.has(entry.kind())) return by_kind;
    const Demand by_columns = demand_of_columns(entry, dialect);
    return by_columns.version > by_kind.version ? by_columns : by_kind;
}

}  // namespace

Needs::Oldest Needs::oldest() const {
    const Toc& toc = prologue_.toc;
    const std::uint8_t minor = prologue_.header.layout.version.minor;
    const sql::Dialect dialect = dialect_of(toc);
    unsigned version = readers.at(std::min<std::size_t>(minor - 10U, readers.size() - 1));
    unsigned server = 0;
    Oldest oldest;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        const Demand demand = demand_of(toc[i], dialect);
        server = std::max(server, demand.version);
        if (demand.version <= version) continue;
        version = demand.version;
        oldest.because = toc[i].label();
        if (demand.what != nullptr) oldest.because.append(" ").append(demand.what);
    }
    oldest.version = name_of(version);
    if (minor != patched_minor) return oldest;
    for (const Patched& release : patched) {
        if (release.version >= server) oldest.patched.emplace_back(release.release);
    }
    return oldest;
}

}  // namespace pgfilter
