// SPDX-License-Identifier: PostgreSQL
// What may be remembered about an archive besides its table of contents.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "archive/toc_builder.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {

/// Each kind of bookkeeping that can take more than a small share of the promised 16 MiB and 4 times the
/// table of contents has a budget.  What pg_dump writes stays far below it, an archive that does not is
/// refused.
class MemoryBudget {
public:
    /// `of`: what is remembered, for the message: "names of roles".
    MemoryBudget(const Toc& toc, std::string of)
        : left_(always + TocBuilder::read_bytes(toc) * 3 / 2), of_(std::move(of)) {}

    /// For one more thing.  Throws Error (limit).
    void spend(std::size_t bytes) {
        if (bytes > left_)
            throw Error(ErrorCode::limit, "the archive has more " + of_ +
                                              " than there is memory for; it is not one of pg_dump's");
        left_ -= bytes;
    }

private:
    static constexpr std::size_t always = 5 << 20;

    std::size_t left_;
    std::string of_;
};

/// What a name takes in a std::map, with a small value.
inline std::size_t size_in_map(Bytes name) {
    constexpr std::size_t node = 96;
    constexpr std::size_t inside_of_it = 15;  // a short name needs nothing else
    return node + (name.size() <= inside_of_it ? 0 : name.size() + 1 + 2 * sizeof(std::size_t));
}

}  // namespace pgfilter
