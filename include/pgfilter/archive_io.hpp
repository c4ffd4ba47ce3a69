// SPDX-License-Identifier: PostgreSQL
// Reading and writing archives in pg_dump's custom format, front to back.
//
//     Prologue prologue = read_prologue(source);          // header and TOC: a value, may be edited now
//     ArchiveWriter writer(sink, prologue);               // nothing has been written up to here
//     read_blocks(source, prologue, writer);              // data: a stream, passed on as it is
//     writer.finish();
//
// What the reader accepts, the writer reproduces byte for byte, unless the Toc was edited in between.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pgfilter/archive.hpp"
#include "pgfilter/bytes.hpp"
#include "pgfilter/export.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter {

/// What a reader puts up with.  Memory is taken only for bytes that are really there, so these bound what a
/// long hostile input can cost, not what a lying length field can.  Messages name them as --limit does.
struct Limits {
    std::uint64_t toc_bytes = std::uint64_t{4} << 30;  ///< of all entries, with copies that rules make
    std::uint64_t entries = 100'000'000;               ///< in the TOC, with such copies
    std::uint64_t text_bytes =
        (std::uint64_t{1} << 31) - 1;  ///< of one text field; this is what the format allows
    /// Bytes that one stored byte may become in a wrapped input, or where check_archive() decodes; 0: any.
    std::uint64_t ratio = UnwrappingSource::default_ratio;
};

/// Of the archive format, and the PostgreSQL that writes them.
inline constexpr std::string_view readable_versions = "1.10 to 1.16 (PostgreSQL 8.0 to 19)";

/// Reads all that precedes the data.  Accepts archive versions 1.10 to 1.16 (PostgreSQL 8.0 to 19).
///
/// Throws Error: `unsupported` if the input is something else (the message says what and what to do),
/// `damaged` with the offset and the entry if header or TOC contradict the format or themselves, `limit`,
/// `io`.
PGFILTER_API Prologue read_prologue(ByteSource& source, const Limits& limits = {});

/// A data block, announced by a TOC entry.
struct Block {
    std::size_t entry;       ///< index in the Toc
    std::uint64_t position;  ///< of its first byte in the input
};

/// What follows the last data block.
struct Trailer {
    enum class Kind {
        none,
        second_toc,  ///< a copy of the TOC: of pg_dump 16 and later, whose standard output was a file, or of
                     ///< Windows
        unknown,     ///< anything else; pg_restore never looks at it
    };
    Kind kind = Kind::none;
    std::uint64_t position = 0;
    std::uint64_t size = 0;
};

/// Hears of the data, in this order:  ( begin_block block_bytes* end_block )* trailer_bytes*
///
/// Threads: called in the thread that called read_blocks(), one call after the other.  Lifetime: it must
/// outlive that call; `source` is good during a call of the handler.
class PGFILTER_API BlockHandler {
public:
    BlockHandler() = default;
    BlockHandler(const BlockHandler&) = delete;
    BlockHandler& operator=(const BlockHandler&) = delete;
    virtual ~BlockHandler();

    /// Returns whether the block's bytes are wanted.  If not, they are checked all the same and skipped.
    virtual bool begin_block(const Block& block) = 0;

    /// The next `count` bytes of the block as they are stored, framing included, are at the front of
    /// `source`: the handler takes exactly these.  They may end anywhere within the block.
    virtual void block_bytes(ByteSource& source, std::uint64_t count) = 0;

    /// The same for the last bytes of the block, without which it is not complete.  At most 33.
    virtual void end_block(ByteSource& source, std::size_t count) = 0;

    /// The same for bytes after the last block.
    virtual void trailer_bytes(ByteSource& source, std::uint64_t count) = 0;
};

/// Reads from the end of the TOC to the end of the input and checks every frame; data is not decompressed.
///
/// Throws Error: `damaged` with offset and entry if frames are broken or cut off, or if blocks are missing,
/// come twice, or are not announced by an entry; `io`; and what the handler throws.
PGFILTER_API Trailer read_blocks(ByteSource& source, const Prologue& prologue, BlockHandler& handler);

/// Writes an archive as the edited Toc wants it: without dropped entries and their blocks; entries that were
/// not changed as the bytes they were read from.
///
/// Data offsets are kept if nothing was edited; else computed in advance if all were set; else filled in at
/// the end if the sink can be overwritten; else "not set".  A wrong offset is never written.
///
/// The end of the latest block is held back until there is more to write or finish() is called: an output
/// that was given up before its last block was read in full is never a complete archive.
///
/// Threads: one at a time.  Lifetime: sink and prologue must outlive it, and the Toc must not be edited
/// while it lives.
class PGFILTER_API ArchiveWriter final : public BlockHandler {
public:
    /// Writes header and TOC.  Borrows both arguments.  Throws Error (io, broken_pipe).
    ArchiveWriter(ByteSink& sink, const Prologue& prologue);
    ~ArchiveWriter() override;

    bool begin_block(const Block& block) override;
    void block_bytes(ByteSource& source, std::uint64_t count) override;
    void end_block(ByteSource& source, std::size_t count) override;
    void trailer_bytes(ByteSource& source, std::uint64_t count) override;

    /// Completes the archive and the sink.  Throws Error (io, broken_pipe).
    void finish();

    /// Bytes written.
    [[nodiscard]] std::uint64_t size() const noexcept;

private:
    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

}  // namespace pgfilter
