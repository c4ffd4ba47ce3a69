// SPDX-License-Identifier: PostgreSQL
// Sets of entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace pgfilter {

/// A set of entries, as indexes of the Toc, that is emptied in no time to be filled for another of many
/// entries.
class EntrySet {
public:
    /// To be cleared before its first use.  `size`: of the Toc.
    explicit EntrySet(std::size_t size) : met_in_(size) {}

    void clear() noexcept { ++round_; }
    /// False if it is there already.
    bool insert(std::size_t entry) noexcept { return std::exchange(met_in_[entry], round_) != round_; }

private:
    std::vector<std::uint32_t> met_in_;  // by entry: the round that it was last met in
    std::uint32_t round_ = 0;
};

}  // namespace pgfilter
