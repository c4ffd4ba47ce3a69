// SPDX-License-Identifier: PostgreSQL
#include "archive/data_offsets.hpp"

#include <algorithm>

#include "archive/wire.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {

DataOffsets::DataOffsets(const Prologue& prologue, std::uint64_t prologue_size, bool can_fill)
    : toc_(prologue.toc) {
    if (!toc_.rewritten()) return;
    if (compute(prologue_size)) {
        mode_ = Mode::known;
        return;
    }
    mode_ = can_fill ? Mode::filled : Mode::not_set;
    positions_.assign(can_fill ? toc_.size() : 0, 0);
}

// Blocks lie without gaps, so where all positions are known, their differences are the sizes of the blocks.
bool DataOffsets::compute(std::uint64_t prologue_size) {
    std::vector<std::pair<std::uint64_t, std::size_t>> old;
    for (std::size_t i = 0; i < toc_.size(); ++i) {
        if (!toc_[i].has_data()) continue;
        const DataOffset offset = toc_[i].data_offset();
        if (offset.state != DataOffset::State::set) return false;
        old.emplace_back(offset.position, i);
    }
    std::sort(old.begin(), old.end());
    positions_.assign(toc_.size(), 0);
    std::uint64_t position = prologue_size;
    for (std::size_t i = 0; i < old.size(); ++i) {
        const auto [old_position, index] = old[i];
        if (!toc_[index].keeps_data()) continue;
        if (!wire::offset_fits(position, toc_.layout())) return false;
        positions_[index] = position;
        if (i + 1 < old.size()) position += old[i + 1].first - old_position;
    }
    return true;
}

void DataOffsets::note(std::size_t index, std::uint64_t position) {
    if (mode_ == Mode::known && positions_[index] != position)
        throw Error(ErrorCode::damaged, "data block is not where the offsets of the other entries put it");
    if (mode_ == Mode::filled && wire::offset_fits(position, toc_.layout())) positions_[index] = position;
}

std::optional<DataOffset> DataOffsets::of(std::size_t index) const {
    if (mode_ == Mode::kept || !toc_[index].has_data()) return std::nullopt;
    if (!toc_[index].keeps_data()) return DataOffset{DataOffset::State::no_data, 0};
    const std::uint64_t position = positions_.empty() ? 0 : positions_[index];
    if (position == 0) return DataOffset{DataOffset::State::not_set, 0};
    return DataOffset{DataOffset::State::set, position};
}

}  // namespace pgfilter
