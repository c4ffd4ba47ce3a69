// SPDX-License-Identifier: PostgreSQL
// Rows that a plan leaves out although the user did not name their tables.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "pgfilter/export.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter {

/// A data block that is left out, and why.  Entries are indexes of the Toc.
struct LostRows {
    std::size_t data = 0;  ///< the entry that has the block: TABLE DATA, BLOBS
    std::size_t spec = 0;  ///< of the plan's: the rule that it is due to
    /// Why the table cannot be there: it uses or belongs to this entry, which is dropped.  Nothing: the rule
    /// itself chose the table or its data.
    std::optional<Consequence> reason;
};

/// Calls found() for each block of rows that the plan leaves out and that nobody asked to leave out.  A user
/// asks for it with a rule of his own that chooses the data, or the table that the data belongs to.  What a
/// target's rules choose, and what follows from a drop in any other way, nobody asked for: data, for example,
/// that a list keeps, and that a cascade takes because the list has not its table.
PGFILTER_API void find_lost_rows(const Plan& plan, const std::function<void(const LostRows&)>& found);

}  // namespace pgfilter
