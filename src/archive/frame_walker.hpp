// The frames that the data of a block lies in.
#pragma once

#include <cstdint>
#include <string>

#include "archive/wire.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/finding.hpp"

namespace pgfilter {

// Block types (pg_backup_custom.c).
inline constexpr char block_type_data = 1;
inline constexpr char block_type_large_objects = 3;

/// Whether such a block can be that of an entry of the kind.  One that a later PostgreSQL invents can have
/// either.
inline bool suits(char type, EntryKind kind) {
    return kind == EntryKind::other || (type == block_type_large_objects) == (kind == EntryKind::blobs);
}

inline constexpr std::uint64_t largest_oid = 0xffffffff;
inline constexpr std::uint64_t longest_chunk = 0x7fffffff;

/// Walks the frames of one block where they lie in the source's buffer and hands on whole runs of them:
///
///     data:           stream
///     large objects:  ( OID stream )* Int(0)
///     stream:         ( length byte[length] )* Int(0)
class FrameWalker {
public:
    /// `handler` may be null: then the bytes are skipped.
    FrameWalker(ByteSource& source, const Layout& layout, BlockHandler* handler)
        : source_(source), int_width_(wire::int_width(layout)), handler_(handler) {}

    /// `head`: bytes of the block's type and dump ID, still in front of the source.
    void walk(char type, std::size_t head);

private:
    void walk_stream();
    void skip_whole_chunks();
    void walk_payload(std::uint64_t left);
    std::uint64_t next_int(const char* what, std::uint64_t largest);
    void pass_on();
    Error ended_inside(const std::string& what);

    ByteSource& source_;
    const std::size_t int_width_;
    BlockHandler* const handler_;
    Bytes window_;             // what the source shows
    std::size_t checked_ = 0;  // bytes at its front that are known to be good
};

/// An OID or the length of a chunk.  OIDs from 2^31 on are written as the negative numbers that they are as
/// an int. Throws Error (damaged) if it is out of range.  REQUIRES: `bytes` has the width of an Int.
std::uint64_t decode_frame_int(Bytes bytes, const char* what, std::uint64_t largest);

}  // namespace pgfilter
