// SPDX-License-Identifier: PostgreSQL
// The blocks that the data of an archive lies in, one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/finding.hpp"

namespace pgfilter {

/// Finds the blocks, and reports what is wrong with them as wholes.  What is inside is for a FrameWalker.
///
///     while (const auto block = blocks.next()) … FrameWalker(source, …) …
class BlockWalker {
public:
    struct Block {
        std::uint64_t position = 0;        ///< in the input
        std::optional<std::size_t> entry;  ///< that announces it, an index in the Toc
    };

    /// `on_fault` may throw; if it returns, the walk goes on as well as it can.  It is also called for
    /// another order than that of the entries, in which pg_restore can read a file.
    BlockWalker(ByteSource& source, const Toc& toc, FindingHandler on_fault);

    /// Looks at the block that begins in front of the source.  Nothing if all have come, or if what is there
    /// begins none, which is reported.
    std::optional<Block> next();

    /// Whether no block is missing.
    [[nodiscard]] bool complete() const noexcept { return missing_ == 0; }
    /// REQUIRES: one is.
    [[nodiscard]] const TocEntry& first_missing() const;

    /// Reports if what is after the last block looks like one more: as trailing_bytes if no entry has its
    /// dump ID.
    void check_behind_last();

private:
    bool check_head(Bytes head);
    std::optional<std::size_t> announced(DumpId id, FindingKind if_unknown);
    void check_announcement(std::size_t index, char type);
    void tell_missing();
    void tell(FindingKind kind, std::string message, const TocEntry* entry = nullptr, std::size_t unread = 0);

    ByteSource& source_;
    const Toc& toc_;
    FindingHandler on_fault_;
    std::vector<bool> seen_;  // per entry
    std::size_t missing_ = 0;
    std::size_t latest_ = 0;  // of those seen, the last in the order of the Toc
};

}  // namespace pgfilter
