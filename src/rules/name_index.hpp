// SPDX-License-Identifier: PostgreSQL
// Finding entries by what they are called.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/membership.hpp"

namespace pgfilter {

inline Bytes schema_of(const TocEntry& entry) {
    return entry.namespace_().value_or("");
}

/// The entries that others name in SQL or tags, where pg_dump gives no dependency.  Entries are indexes of
/// the Toc.  Made at the first question, for most archives give no cause for any.
class NameIndex {
public:
    using Index = std::uint32_t;

    explicit NameIndex(const Toc& toc) : toc_(toc) {}

    /// Relations, sequences and property graphs share their names, and are found as any of their kinds.  A
    /// function is looked up without its arguments; of several of one name, the first.
    [[nodiscard]] std::optional<Index> find(EntryKind kind, Bytes schema, Bytes name) const;

private:
    using Key = std::tuple<EntryKind, Bytes, Bytes>;
    [[nodiscard]] static Key key_of(const TocEntry& entry);
    [[nodiscard]] const std::vector<Index>& named() const;

    const Toc& toc_;
    // In order, and not by hashes, which an archive can make collide.
    mutable std::optional<std::vector<Index>> named_;
};

}  // namespace pgfilter
