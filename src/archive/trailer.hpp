// SPDX-License-Identifier: PostgreSQL
// Tells the second TOC at the end of a redirected dump from other bytes.
#pragma once

#include <functional>
#include <string>

#include "pgfilter/archive.hpp"

namespace pgfilter {

/// Compares what follows the last block with a TOC that is the first one but for its data offsets.
class SecondToc {
public:
    /// Hears of an entry's index and its data offset there, as it is stored.
    using OffsetHandler = std::function<void(std::size_t index, Bytes stored)>;

    explicit SecondToc(const Prologue& prologue, OffsetHandler on_offset = {});

    /// The next bytes of the input.
    void compare(Bytes bytes);

    /// Whether all bytes were that TOC, and all of it.
    [[nodiscard]] bool complete() const noexcept;

private:
    // What must come next, byte for byte, and how many bytes of a data offset come after it.
    void next_entry();
    void take_offset(Bytes bytes);

    const Prologue& prologue_;
    OffsetHandler on_offset_;
    std::string offset_;
    Bytes expected_;
    std::size_t free_ = 0;
    std::size_t next_ = 0;
    bool differs_ = false;
};

}  // namespace pgfilter
