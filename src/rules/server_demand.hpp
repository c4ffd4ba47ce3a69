// SPDX-License-Identifier: PostgreSQL
// Which PostgreSQL an entry needs, by its kind and by what its definition says.
#pragma once

#include <string>
#include <string_view>

#include "pgfilter/sql.hpp"
#include "pgfilter/toc_entry.hpp"

namespace pgfilter {

/// Versions are numbers as in the table of kinds: 96 is 9.6, 103 is 10.3, 180 is 18.
struct ServerDemand {
    unsigned version = 0;
    std::string_view what = {};  ///< "has a generated column"; empty: the kind of the entry
};

ServerDemand server_demand_of(const TocEntry& entry, const sql::Dialect& dialect);

/// As people write it.
std::string postgres_version(unsigned version);

}  // namespace pgfilter
