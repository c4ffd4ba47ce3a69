// Tells the second TOC at the end of a redirected dump from other bytes.
#pragma once

#include "pgfilter/archive.hpp"

namespace pgfilter {

/// Compares what follows the last block with a TOC that is the first one but for its data offsets.
class SecondToc {
public:
    explicit SecondToc(const Prologue& prologue);

    /// The next bytes of the input.
    void compare(Bytes bytes);

    /// Whether all bytes were that TOC, and all of it.
    [[nodiscard]] bool complete() const noexcept;

private:
    // What must come next, byte for byte, and how many bytes of a data offset come behind it.
    void next_entry();

    const Prologue& prologue_;
    Bytes expected_;
    std::size_t free_ = 0;
    std::size_t next_ = 0;
    bool differs_ = false;
};

}  // namespace pgfilter
