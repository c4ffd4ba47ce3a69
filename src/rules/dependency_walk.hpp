// SPDX-License-Identifier: PostgreSQL
// What an entry depends on, as entries.
#pragma once

#include <cstdint>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/entry_set.hpp"

namespace pgfilter {

/// Leads from entries to those that they depend on, without repetitions, of which a hostile archive can have
/// millions.  Entries are indexes of the Toc.
class DependencyWalk {
public:
    using Index = std::uint32_t;

    explicit DependencyWalk(const Toc& toc) : toc_(toc), met_(toc.size()) {}

    /// Calls found(dependency) for each once, in the order of the entry's list, but not for the entry itself.
    /// REQUIRES: found() does not come back here.
    template <class Found>
    void for_each(Index entry, Found found) {
        met_.clear();
        toc_[entry].dependencies(ids_);
        for (const DumpId id : ids_) {
            const auto index = toc_.find(id);
            if (!index || *index == entry || !met_.insert(*index)) continue;
            found(static_cast<Index>(*index));
        }
    }

private:
    const Toc& toc_;
    EntrySet met_;
    std::vector<DumpId> ids_;  // of the entry at hand, kept because most entries need little
};

}  // namespace pgfilter
