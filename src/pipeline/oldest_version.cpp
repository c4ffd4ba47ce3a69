// SPDX-License-Identifier: PostgreSQL
// Which PostgreSQL an archive needs.
#include <algorithm>
#include <array>
#include <utility>

#include "archive/dialect.hpp"
#include "archive/other_versions.hpp"
#include "pgfilter/needs.hpp"
#include "rules/server_demand.hpp"

namespace pgfilter {
namespace {

/// Minor releases of older ones that read 1.13, too: SEARCHPATH came with the fix of CVE-2018-1058.
struct Patched {
    unsigned version;
    const char* release;
};
constexpr std::uint8_t patched_minor = 13;
constexpr std::array<Patched, 4> patched{{{93, "9.3.22"}, {94, "9.4.17"}, {95, "9.5.12"}, {96, "9.6.8"}}};

}  // namespace

Needs::Oldest Needs::oldest() const {
    const Toc& toc = prologue_.toc;
    const std::uint8_t minor = toc.written_minor();
    const sql::Dialect dialect = dialect_of(toc);
    unsigned version = first_readers.at(std::min<std::size_t>(minor - 10U, first_readers.size() - 1));
    unsigned server = 0;
    Oldest oldest;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        const ServerDemand demand = server_demand_of(toc[i], dialect);
        server = std::max(server, demand.version);
        if (demand.version <= version) continue;
        version = demand.version;
        oldest.because = toc[i].label();
        if (!demand.what.empty()) oldest.because.append(" ").append(demand.what);
    }
    oldest.version = postgres_version(version);
    if (minor != patched_minor) return oldest;
    for (const Patched& release : patched) {
        if (release.version >= server) oldest.patched.emplace_back(release.release);
    }
    return oldest;
}

}  // namespace pgfilter
