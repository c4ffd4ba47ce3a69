// SPDX-License-Identifier: PostgreSQL
// What the library does with a Toc and its users need not know of: copies of entries, cached facts,
// prefetching.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pgfilter/toc.hpp"

namespace pgfilter {

class TocAccess {
public:
    /// How many entries ahead a walk over all of them prefetches.
    static constexpr std::size_t ahead = 8;

    /// Fetches the fields of that entry into the processor's cache, if there is such an entry: on a walk over
    /// all of them, waiting for memory takes longer than anything else.
    static void prefetch(const Toc& toc, std::size_t index) noexcept;

    /// One byte of what somebody derived from the entry's definition; 0 at first, and again once the
    /// definition changes.
    static std::uint8_t cached(const TocEntry& entry) noexcept { return entry.cache_; }
    static void cache(TocEntry& entry, std::uint8_t fact) noexcept { entry.cache_ = fact; }

    /// The entry in its present form once more, under a dump ID of its own.  It stands last in the Toc, and
    /// right after the original in the output.  Returns its index.  `more`: bytes that its texts will grow
    /// by. Throws Error (limit) if copies become many times what was read.  REQUIRES: the entry has no data.
    static std::size_t add_copy(Toc& toc, std::size_t index, EditorId editor, std::size_t more = 0);
    /// Gives the copies made so far their places in the output, see Toc::at().
    static void place_copies(Toc& toc);

    /// The version of the format that it is written in, 12 to 16; see other_versions.hpp for what the writer
    /// does about it.  All else that the version does not know is up to the caller.
    static void set_written_minor(Toc& toc, std::uint8_t minor) noexcept;
};

}  // namespace pgfilter
