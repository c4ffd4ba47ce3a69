// SPDX-License-Identifier: PostgreSQL
// Where the entry with a dump ID stands.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// pg_dump numbers its entries nearly without gaps, so that an array of places takes less room than pairs.
/// Where the numbers are far apart, pairs are searched.
class DumpIdIndex {
public:
    /// Returns the place of an entry whose dump ID an earlier one has too, if there is one.
    /// `id_at(place)` is a dump ID.
    template <class IdAt>
    std::optional<std::size_t> build(std::size_t size, IdAt id_at) {
        for (std::size_t place = 0; place < size; ++place)
            largest_ = std::max<DumpId>(largest_, id_at(place));
        constexpr std::size_t always = 1024;
        return static_cast<std::size_t>(largest_) <= 2 * size + always ? build_array(size, id_at)
                                                                       : build_pairs(size, id_at);
    }

    [[nodiscard]] std::optional<std::size_t> find(DumpId id) const noexcept {
        if (!places_.empty()) {
            if (id < 0 || static_cast<std::size_t>(id) >= places_.size()) return std::nullopt;
            const std::uint32_t place = places_[static_cast<std::size_t>(id)];
            return place == none ? std::nullopt : std::optional<std::size_t>(place);
        }
        const auto found = std::lower_bound(pairs_.begin(), pairs_.end(), std::pair(id, std::uint32_t{0}));
        return found != pairs_.end() && found->first == id ? std::optional<std::size_t>(found->second)
                                                           : std::nullopt;
    }

    /// 0 if there are no entries.
    [[nodiscard]] DumpId largest() const noexcept { return largest_; }

private:
    static constexpr std::uint32_t none = 0xffffffff;

    template <class IdAt>
    std::optional<std::size_t> build_array(std::size_t size, IdAt id_at) {
        places_.assign(static_cast<std::size_t>(largest_) + 1, none);
        for (std::size_t place = 0; place < size; ++place) {
            std::uint32_t& of_id = places_[static_cast<std::size_t>(id_at(place))];
            if (of_id != none) return place;
            of_id = static_cast<std::uint32_t>(place);
        }
        return std::nullopt;
    }

    template <class IdAt>
    std::optional<std::size_t> build_pairs(std::size_t size, IdAt id_at) {
        pairs_.reserve(size);
        for (std::size_t place = 0; place < size; ++place)
            pairs_.emplace_back(id_at(place), static_cast<std::uint32_t>(place));
        std::sort(pairs_.begin(), pairs_.end());
        const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
        const auto twice = std::adjacent_find(pairs_.begin(), pairs_.end(), same);
        return twice == pairs_.end() ? std::nullopt : std::optional<std::size_t>(std::next(twice)->second);
    }

    std::vector<std::uint32_t> places_;                    // by dump ID; empty: pairs_ has them
    std::vector<std::pair<DumpId, std::uint32_t>> pairs_;  // dump ID and place, sorted
    DumpId largest_ = 0;
};

}  // namespace pgfilter
