// SPDX-License-Identifier: PostgreSQL
// What follows from dropping entries: what is dropped with them, and what cannot be restored without them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pgfilter/export.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// An entry that was dropped although no rule chose it.  Entries are indexes of the Toc.
struct Consequence {
    enum class Route : std::uint8_t {
        belongs,       ///< it is nothing without the cause: an index and its table
        uses,          ///< it cannot be made without the cause, and a cascade takes such entries
        references,    ///< a foreign key to rows of the cause, which are not there any more
        holds_values,  ///< statistics made of rows of the cause
    };
    std::uint32_t entry;
    std::uint32_t cause;  ///< the entry that it depends on
    EditorId spec : 22;   ///< of the plan's: which the first of the causes was dropped for
    Route route : 8;
};

/// An entry that is kept and cannot be restored, or not completely.
struct BrokenEntry {
    enum class Reason : std::uint8_t {
        uses,
        belongs,
        references,  ///< a foreign key to rows that are dropped
        may_belong,  ///< perhaps it belongs to the cause: pg_dump does not say
        may_use,     ///< the same of using what is part of the cause
    };
    std::uint32_t entry;
    std::uint32_t cause;  ///< the entry that it depends on
    EditorId spec : 22;   ///< of the plan's: which the first of the causes was dropped for
    Reason reason : 8;
};

/// A clause that an entry lost so that it could be kept with its rows: what it calls is dropped.
struct LostClause {
    std::uint32_t entry;
    EditorId spec;     ///< of the plan's: which the first of the causes was dropped for
    std::string text;  ///< "public.orgs.id loses its DEFAULT extensions.uuid_generate_v4()"
};

/// "uses TABLE app.users, which is dropped", with control characters made harmless.
PGFILTER_API std::string describe(const Toc& toc, const BrokenEntry& broken);

/// A record of what a plan drops and breaks beyond what its rules chose.  By entry, each once.
///
/// Threads: several may read one.  Lifetime: what is found in it lives as long as it does; entries are
/// those of the plan's Toc.
struct PGFILTER_API Consequences {
    std::vector<Consequence> dropped;
    std::vector<BrokenEntry> broken;
    std::vector<LostClause> clauses;  ///< the first ones
    std::size_t further_clauses = 0;  ///< how many more

    /// Null if a rule chose the entry, or it is kept.
    [[nodiscard]] const Consequence* find_dropped(std::size_t entry) const;
    /// Null if nothing is known against it.
    [[nodiscard]] const BrokenEntry* find_broken(std::size_t entry) const;
};

}  // namespace pgfilter
