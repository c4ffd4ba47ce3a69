// What an entry depends on, as entries.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// Leads from entries to those that they depend on, without repetitions, of which a hostile archive can have
/// millions.  Entries are indexes of the Toc.
class DependencyWalk {
public:
    using Index = std::uint32_t;

    explicit DependencyWalk(const Toc& toc) : toc_(toc), met_by_(toc.size()) {}

    /// Calls found(dependency) for each once, in the order of the entry's list, but not for the entry itself.
    /// REQUIRES: found() does not come back here.
    template <class Found>
    void for_each(Index entry, Found found) {
        ++call_;
        toc_[entry].dependencies(ids_);
        for (const DumpId id : ids_) {
            const auto index = toc_.find(id);
            if (!index || *index == entry || std::exchange(met_by_[*index], call_) == call_) continue;
            found(static_cast<Index>(*index));
        }
    }

private:
    const Toc& toc_;
    std::vector<Index> met_by_;  // which call has met an entry last
    Index call_ = 0;
    std::vector<DumpId> ids_;  // of the entry at hand, kept because most entries need little
};

}  // namespace pgfilter
