// SPDX-License-Identifier: PostgreSQL
// The large objects that an archive announces, and those it has data of.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// An OID, or 0, as pg_dump writes it: digits.
bool is_oid(Bytes text);
/// The definition of BLOB METADATA: OIDs, a line each.
bool is_list_of_oids(Bytes defn);
/// Calls visit(oid) for each of them.
template <class Visit>
void for_each_oid(Bytes lines, Visit visit) {
    for (std::size_t at = 0, end = 0; (end = lines.find('\n', at)) != Bytes::npos; at = end + 1)
        visit(lines.substr(at, end - at));
}

/// Archives from 1.16 on list large objects in BLOB METADATA entries, a group each, and those from 1.12 on in
/// BLOB entries, one each.  Older ones do not.
class LargeObjectLists {
public:
    explicit LargeObjectLists(const Toc& toc);

    /// The data of that large object has come.  Returns what is wrong with that; null if nothing.  May be
    /// called from several threads.
    const char* note(std::uint32_t oid);

    /// Calls with the OIDs that were announced and have not come, and the index of the entry that announced
    /// them.
    template <class Visit>
    void for_each_missing(Visit visit) const {
        for (std::size_t i = 0; i < announced_.size(); ++i) {
            if (!seen_[i]) visit(announced_[i].oid, announced_[i].entry);
        }
    }
    /// The same of those that have come more than once: which of them came first is unknown to the threads.
    template <class Visit>
    void for_each_repeated(Visit visit) const {
        for (std::size_t i = 0; i < announced_.size(); ++i) {
            if (repeated_[i]) visit(announced_[i].oid, announced_[i].entry);
        }
    }

private:
    struct Announced {
        std::uint32_t oid;
        std::uint32_t entry;
    };

    void add(Bytes number, std::size_t entry);
    void sort();

    std::vector<Announced> announced_;  // by OID, each once
    std::mutex mutex_;
    std::vector<bool> seen_;
    std::vector<bool> repeated_;
};

}  // namespace pgfilter
