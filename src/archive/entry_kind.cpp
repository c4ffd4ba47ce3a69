// SPDX-License-Identifier: PostgreSQL
// Kinds of entries by the names that archives have for them.
#include "pgfilter/entry_kind.hpp"

#include <algorithm>

#include "archive/kind_facts.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t longest = 28;

/// Kinds by the size of their desc: every entry that is read is looked up, and few have the same size.
struct BySize {
    std::array<std::uint8_t, longest + 2> begin{};  // of each size in `kinds`
    std::array<std::uint8_t, entry_kinds> kinds{};
};

constexpr BySize by_size = [] {
    BySize result;
    std::uint8_t at = 0;
    for (std::size_t size = 0; size <= longest; ++size) {
        result.begin.at(size) = at;
        for (std::size_t kind = 1; kind < entry_kinds; ++kind) {
            if (kind_facts.at(kind).desc.size() == size)
                result.kinds.at(at++) = static_cast<std::uint8_t>(kind);
        }
    }
    result.begin.at(longest + 1) = at;
    return result;
}();
static_assert(by_size.begin.back() == entry_kinds - 1, "none is longer");

}  // namespace

EntryKind kind_of(Bytes desc) noexcept {
    if (desc.empty() || desc.size() > longest) return EntryKind::other;
    const auto* const begin = by_size.kinds.begin() + by_size.begin[desc.size()];
    const auto* const end = by_size.kinds.begin() + by_size.begin[desc.size() + 1];
    const auto* const found = std::find_if(begin, end, [&](std::uint8_t kind) {
        const Bytes known = kind_facts[kind].desc;
        return known.front() == desc.front() && known == desc;
    });
    return found == end ? EntryKind::other : static_cast<EntryKind>(*found);
}

Bytes desc_of(EntryKind kind) noexcept {
    return facts_of(kind).desc;
}

}  // namespace pgfilter
