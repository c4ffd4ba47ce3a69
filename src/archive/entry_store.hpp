// SPDX-License-Identifier: PostgreSQL
// The entries of a TOC.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// Grows without moving what it holds, and is quick to walk: every rule does that.
class EntryStore {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] TocEntry& operator[](std::size_t index) const noexcept {
        return chunks_[index / chunk_size][index % chunk_size];
    }
    TocEntry& add(const TocEntry& entry = {}) {
        if (size_ == chunks_.size() * chunk_size) chunks_.emplace_back(new TocEntry[chunk_size]);
        TocEntry& added = (*this)[size_];
        ++size_;
        return added = entry;
    }

private:
    static constexpr std::size_t chunk_size = 1024;

    std::vector<std::unique_ptr<TocEntry[]>> chunks_;
    std::size_t size_ = 0;
};

}  // namespace pgfilter
