// SPDX-License-Identifier: PostgreSQL
// Counts in sentences.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "report/totals.hpp"

namespace pgfilter::cli {

/// "1 entry", "2 entries".
inline std::string plural(std::uint64_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// "a, b, c and 2 more": the first names, `most` of them at most.
inline std::string first_names(const Toc& toc, const FirstEntries& entries,
                               std::string (*name)(const TocEntry&), std::size_t most = FirstEntries::most) {
    std::string text;
    const std::size_t named = std::min(most, entries.first.size());
    for (std::size_t i = 0; i < named; ++i)
        text.append(i > 0 ? ", " : "").append(name(toc[entries.first[i]]));
    if (entries.count > named)
        text.append(" and ").append(std::to_string(entries.count - named)).append(" more");
    return text;
}

}  // namespace pgfilter::cli
