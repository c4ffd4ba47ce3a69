// SPDX-License-Identifier: PostgreSQL
// pg_restore's -L: entries in the order of a list (SortTocFromFile in pg_backup_archiver.c).
#pragma once

#include <string>
#include <vector>

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// A list of dump IDs, applied to a table of contents.
struct ListOrder {
    /// All entries: those that are not listed first, then the listed ones as the list has them.
    std::vector<std::uint32_t> order;
    std::vector<bool> listed;  ///< per entry
    std::vector<bool> valid;   ///< per line: whether it named an entry, and was the first to do so
};

/// The dump ID at the front of a list's line, as strtol() reads it; 0 if there is none.
DumpId parse_list_line(const std::string& line);

/// `ids`: as the list has them.  As in pg_restore, what is no dump ID, too large or there for the second time
/// is left out.  Throws Error (usage) at an ID that no entry has.
ListOrder order_by_list(const Toc& toc, const std::vector<DumpId>& ids);

/// Throws Error (usage) if the order would change that of the entries with data that are kept.
void check_order_of_data(const Toc& toc, const std::vector<std::uint32_t>& order);

}  // namespace pgfilter
