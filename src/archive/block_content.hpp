// What a data block holds, without its frames.
#pragma once

#include <cstdint>
#include <optional>

#include "pgfilter/bytes.hpp"
#include "pgfilter/header.hpp"

namespace pgfilter {

/// Hears of the streams of a block, in this order:  ( begin_stream stored_bytes* end_stream )*
class ContentHandler {
public:
    ContentHandler() = default;
    ContentHandler(const ContentHandler&) = delete;
    ContentHandler& operator=(const ContentHandler&) = delete;
    virtual ~ContentHandler() = default;

    /// `oid`: of a large object.  Offsets count from the start of the block's source.
    virtual void begin_stream(std::optional<std::uint32_t> oid, std::uint64_t offset) = 0;
    virtual void stored_bytes(Bytes bytes, std::uint64_t offset) = 0;
    virtual void end_stream(std::uint64_t offset) = 0;
};

/// Reads a block from its first byte to its last.  Throws Error, `damaged` where its frames are.
void read_content(ByteSource& source, const Layout& layout, ContentHandler& handler);

}  // namespace pgfilter
