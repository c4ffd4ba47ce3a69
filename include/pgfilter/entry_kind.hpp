// SPDX-License-Identifier: PostgreSQL
// Kinds of entries: what an entry's desc says, as a number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pgfilter/bytes.hpp"
#include "pgfilter/export.hpp"

namespace pgfilter {

/// Every desc that pg_dump is known to write, and `other`: a row of pgfilter/entry_kinds.def each.
enum class EntryKind : std::uint8_t {
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): the rows of a table
#define PGFILTER_KIND(value, name, ...) name = (value),
#include "pgfilter/entry_kinds.def"
#undef PGFILTER_KIND
};

inline constexpr std::size_t entry_kinds = 0
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage, bugprone-macro-parentheses): one for each row
#define PGFILTER_KIND(...) +1
#include "pgfilter/entry_kinds.def"
#undef PGFILTER_KIND
    ;

/// The kind of entries with that desc.
PGFILTER_API EntryKind kind_of(Bytes desc) noexcept;
/// The desc of entries of that kind; empty for `other`.
PGFILTER_API Bytes desc_of(EntryKind kind) noexcept;

/// A set of kinds.
///
/// A value: copies have nothing in common, and several threads may read one.
class EntryKinds {
public:
    constexpr EntryKinds() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a kind is a set of one
    constexpr EntryKinds(EntryKind kind) { words_[word_of(kind)] = bit_of(kind); }

    [[nodiscard]] constexpr bool has(EntryKind kind) const {
        return (words_[word_of(kind)] & bit_of(kind)) != 0;
    }
    friend constexpr EntryKinds operator|(EntryKinds a, EntryKinds b) {
        for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] |= b.words_[i];
        return a;
    }
    friend constexpr EntryKinds operator-(EntryKinds a, EntryKinds b) {
        for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= ~b.words_[i];
        return a;
    }
    static constexpr EntryKinds all() {
        EntryKinds every;
        for (std::uint64_t& word : every.words_) word = ~std::uint64_t{0};
        return every;
    }

private:
    static constexpr std::size_t bits = 64;
    static constexpr std::size_t word_of(EntryKind kind) { return static_cast<std::size_t>(kind) / bits; }
    static constexpr std::uint64_t bit_of(EntryKind kind) {
        return std::uint64_t{1} << (static_cast<std::size_t>(kind) % bits);
    }

    std::array<std::uint64_t, (entry_kinds + bits - 1) / bits> words_{};
};

constexpr EntryKinds operator|(EntryKind a, EntryKind b) {
    return EntryKinds(a) | EntryKinds(b);
}

}  // namespace pgfilter
