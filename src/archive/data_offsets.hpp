// SPDX-License-Identifier: PostgreSQL
// The data offsets of an archive that is being rewritten.
#pragma once

#include <cstdint>
#include <vector>

#include "pgfilter/archive.hpp"

namespace pgfilter {

/// Where the blocks of kept entries will be, or turn out to be, in the output.
class DataOffsets {
public:
    enum class Mode {
        kept,     ///< nothing was edited: as they were read
        known,    ///< computed in advance
        filled,   ///< written as "not set" first, and for good at the end
        not_set,  ///< neither is possible
    };

    /// `prologue_size`: of the output.  `can_fill`: whether the output can be overwritten.
    DataOffsets(const Prologue& prologue, std::uint64_t prologue_size, bool can_fill);

    [[nodiscard]] Mode mode() const noexcept { return mode_; }

    /// The block of the entry at `index` begins at `position` of the output.
    void note(std::size_t index, std::uint64_t position);

    /// What to write for the entry at `index`; nothing if it is to stay as it was read.
    [[nodiscard]] std::optional<DataOffset> of(std::size_t index) const;

private:
    bool compute(std::uint64_t prologue_size);

    const Toc& toc_;
    Mode mode_ = Mode::kept;
    std::vector<std::uint64_t> positions_;  // per entry; 0 is "not set"
};

}  // namespace pgfilter
