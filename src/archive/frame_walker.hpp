// SPDX-License-Identifier: PostgreSQL
// The frames that the data of a block lies in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "archive/wire.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {

// Block types (pg_backup_custom.c).
inline constexpr char block_type_data = 1;
inline constexpr char block_type_large_objects = 3;

inline bool is_block_type(char type) {
    return type == block_type_data || type == block_type_large_objects;
}

/// Of a block's type and dump ID, which it begins with.
inline std::size_t block_head_size(const Layout& layout) {
    return 1 + wire::int_width(layout);
}

/// Where a FrameWalker has come to.
struct FrameStep {
    enum class Kind : std::uint8_t { bytes, stream_begins, stream_ends, block_ends };
    Kind kind;
    Bytes bytes;               ///< the view ends with the next step, or call on the source
    std::uint64_t offset = 0;  ///< of the bytes, or of what comes next
};

/// Walks the frames of one block where they lie in the source's buffer:
///
///     block:          type Int(dump ID) ( data | large objects )
///     data:           stream
///     large objects:  ( OID stream )* Int(0)
///     stream:         ( length byte[length] )* Int(0)
class FrameWalker {
public:
    enum class Detail : std::uint8_t {
        /// The block as it is stored: runs of bytes, as long as what is at hand, which may end anywhere. They
        /// are in front of the source, and have to be taken off it before the next step.  The last ones,
        /// without which the block is not complete, come with `block_ends`: at most 33.
        block,
        /// ( stream_begins bytes* stream_ends )* block_ends, without the frames.  They are taken off the
        /// source here.
        streams,
    };

    /// Borrows `source`, which the block is in front of.
    FrameWalker(ByteSource& source, const Layout& layout, Detail detail)
        : source_(source), int_width_(wire::int_width(layout)), detail_(detail) {}

    /// Throws Error (damaged, block_frames or truncated) with its offset.  `block_ends` is the last.
    FrameStep step();

    /// Of the large object whose stream has begun; nothing for rows.
    [[nodiscard]] std::optional<std::uint32_t> oid() const noexcept { return oid_; }

private:
    enum class Next : std::uint8_t { head, oid, length, end };

    std::optional<FrameStep> take_chunk();
    [[nodiscard]] FrameStep run(std::size_t size) const;
    [[nodiscard]] std::optional<FrameStep> told(FrameStep::Kind kind, std::size_t size = 0) const;
    std::optional<FrameStep> take_frame();
    FrameStep end();
    void skip_whole_chunks();
    bool show(std::size_t size, const char* what);
    std::uint64_t take_int(const char* what, std::uint64_t largest);

    ByteSource& source_;
    const std::size_t int_width_;
    const Detail detail_;
    Next next_ = Next::head;
    std::uint64_t left_ = 0;  // of the chunk
    std::optional<std::uint32_t> oid_;
    Bytes window_;             // what the source shows
    std::size_t checked_ = 0;  // bytes at its front that are known to be good, and in streams also told
};

}  // namespace pgfilter
