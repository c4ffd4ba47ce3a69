// Finding entries by what they are called.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/entry_kind.hpp"

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

    /// Relations and sequences share their names, and are found as any of their kinds.  A function is looked
    /// up without its arguments; of several of one name, the first.
    [[nodiscard]] std::optional<Index> find(EntryKind kind, Bytes schema, Bytes name) const;

private:
    using Named = std::vector<std::pair<std::uint32_t, Index>>;
    [[nodiscard]] const Named& named() const;

    const Toc& toc_;
    mutable std::optional<Named> named_;  // hash of kind and name, entry
};

}  // namespace pgfilter
