// SPDX-License-Identifier: PostgreSQL
// What the data of one block holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/frame_walker.hpp"
#include "archive/large_object_lists.hpp"
#include "check/block_costs.hpp"
#include "check/copy_text.hpp"
#include "check/finding_collector.hpp"
#include "check/row_commands.hpp"
#include "codecs/decoder.hpp"
#include "sql/script_danger.hpp"

namespace pgfilter {

/// Decodes blocks, one after the other.  One for each thread.
class BlockCheck {
public:
    BlockCheck(const Prologue& prologue, LargeObjectLists& large_objects, FindingCollector& findings);

    /// `source`: the block from its first byte.  Fills in what `block` decodes to, and makes it `damaged` if
    /// something is wrong.  What its frames are is reported elsewhere; returns whether they
    /// are whole.
    /// Throws Error (limit) where that costs too much.
    bool check(ByteSource& source, CheckedBlock& block, BlockCosts::Block& cost);

private:
    bool take_step(FrameWalker& frames);
    void begin_stream(std::optional<std::uint32_t> oid, std::uint64_t offset);
    void stored_bytes(Bytes bytes, std::uint64_t offset);
    void end_stream(std::uint64_t offset);
    void decode(Bytes bytes, std::uint64_t offset);
    void decode_gathered();
    void take_window();
    void take_plain(Bytes bytes);
    void look_for_commands(Bytes bytes);
    void tell_danger(const char* danger);
    /// What is left of the stream is not looked at.
    void tell_damage(FindingKind kind, const std::string& message, std::uint64_t offset);
    void report(FindingKind kind, const std::string& message, std::uint64_t offset);

    const Prologue& prologue_;
    LargeObjectLists& large_objects_;
    FindingCollector& findings_;
    const sql::Dialect dialect_;
    std::unique_ptr<Decoder> decoder_;  // null without compression
    std::string decoded_;               // what the decoder made last

    // Small chunks of the stream: decoders take longer with one after the other.
    std::string gathered_;
    struct Chunk {
        std::size_t begin;     // in gathered_
        std::uint64_t offset;  // in the block
    };
    std::vector<Chunk> chunks_;

    CheckedBlock* block_ = nullptr;
    BlockCosts::Block* cost_ = nullptr;
    std::string head_;                  // of the stream, until it is decoded
    bool has_window_ = false;           // the stream
    std::optional<std::uint32_t> oid_;  // of the stream
    bool holds_rows_ = false;           // of a COPY
    bool has_bytes_ = false;            // the stream
    bool has_ended_ = false;            // the compression of the stream
    bool is_bad_ = false;               // the stream; the rest of it is not looked at
    std::uint64_t begin_ = 0;           // of the stream, in the block
    std::uint64_t here_ = 0;            // in the block
    std::uint64_t objects_ = 0;
    CopyText rows_;
    RowCommands row_commands_;
    std::optional<sql::ScriptDanger> statements_;  // of data that is SQL
    bool is_dangerous_ = false;                    // which is told once
};

}  // namespace pgfilter
