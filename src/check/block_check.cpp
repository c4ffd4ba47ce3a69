// SPDX-License-Identifier: PostgreSQL
#include "check/block_check.hpp"

#include <utility>

#include "archive/dialect.hpp"
#include "bytes/harmless.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t gathered_at_most = 64 * 1024;
constexpr std::size_t chunks_at_most = 256;
constexpr std::size_t decoded_piece = 128 * 1024;

std::unique_ptr<Decoder> make_decoder(Compression compression) {
    switch (compression) {
        case Compression::none:
            return nullptr;
        case Compression::gzip:
            return make_zlib_decoder();
        case Compression::lz4:
            return make_lz4_decoder();
        case Compression::zstd:
            return make_zstd_decoder();
    }
    return nullptr;
}

}  // namespace

BlockCheck::BlockCheck(const Prologue& prologue, LargeObjectLists& large_objects, FindingCollector& findings)
    : prologue_(prologue),
      large_objects_(large_objects),
      findings_(findings),
      dialect_(dialect_of(prologue.toc)),
      decoder_(make_decoder(prologue.header.compression)),
      decoded_(decoder_ ? decoded_piece : 0, '\0'),
      row_commands_(dialect_.trail) {}

bool BlockCheck::check(ByteSource& source, CheckedBlock& block, BlockCosts::Block& cost) {
    block_ = &block;
    cost_ = &cost;
    block.state = CheckedBlock::State::complete;
    const TocEntry& entry = prologue_.toc[block.entry];
    holds_rows_ = entry.kind() == EntryKind::table_data && !entry.text(Field::copy_stmt).value_or("").empty();
    row_commands_.begin();
    // pg_dump --inserts writes no COPY.
    statements_.reset();
    if (entry.text(Field::copy_stmt).value_or("").empty()) statements_.emplace(dialect_);
    is_dangerous_ = false;
    objects_ = 0;
    rows_.begin();
    oid_.reset();
    bool whole = true;
    try {
        FrameWalker frames(source, prologue_.header.layout, FrameWalker::Detail::streams);
        while (take_step(frames)) {
        }
    } catch (const Error& error) {
        if (error.code() != ErrorCode::damaged) throw;
        whole = false;
        if (decoder_) decode_gathered();
    }
    if (holds_rows_) block.items = rows_.rows();
    if (oid_) block.items = objects_;
    // Gives a large window back before another block has its turn.
    if (cost.has_large_window()) decoder_ = make_decoder(prologue_.header.compression);
    return whole;
}

// False at the end of the block.
bool BlockCheck::take_step(FrameWalker& frames) {
    const FrameStep step = frames.step();
    switch (step.kind) {
        case FrameStep::Kind::stream_begins:
            begin_stream(frames.oid(), step.offset);
            break;
        case FrameStep::Kind::bytes:
            stored_bytes(step.bytes, step.offset);
            break;
        case FrameStep::Kind::stream_ends:
            end_stream(step.offset);
            break;
        case FrameStep::Kind::block_ends:
            return false;
    }
    return true;
}

void BlockCheck::begin_stream(std::optional<std::uint32_t> oid, std::uint64_t offset) {
    here_ = begin_ = offset;
    oid_ = oid;
    has_bytes_ = has_ended_ = is_bad_ = false;
    has_window_ = prologue_.header.compression != Compression::zstd;
    head_.clear();
    gathered_.clear();
    chunks_.clear();
    if (decoder_) decoder_->begin();
    if (!oid) return;
    ++objects_;
    holds_rows_ = false;
    statements_.reset();
    if (const char* const wrong = large_objects_.note(*oid)) {
        tell_damage(FindingKind::large_objects, wrong, offset);
        is_bad_ = false;
    }
}

void BlockCheck::stored_bytes(Bytes bytes, std::uint64_t offset) {
    here_ = offset;
    has_bytes_ = true;
    if (is_bad_) return;
    if (!decoder_) return take_plain(bytes);
    constexpr std::size_t longest_head = 18;
    if (!has_window_ && head_.size() < longest_head) head_ += bytes.substr(0, longest_head - head_.size());
    const bool is_large = bytes.size() > gathered_at_most / 2;
    if (is_large || gathered_.size() + bytes.size() > gathered_at_most || chunks_.size() == chunks_at_most)
        decode_gathered();
    if (is_large) return decode(bytes, offset);
    chunks_.push_back({gathered_.size(), offset});
    gathered_ += bytes;
}

void BlockCheck::decode_gathered() {
    decode(gathered_, 0);
    gathered_.clear();
    chunks_.clear();
}

// All of the stream's head has been seen, if there is as much of it.
void BlockCheck::take_window() {
    if (!std::exchange(has_window_, true)) cost_->take_window(zstd_window(head_));
}

// `offset` is not looked at if the bytes are gathered ones.
void BlockCheck::decode(Bytes bytes, std::uint64_t offset) {
    const auto offset_of = [&](std::size_t place) {
        std::uint64_t found = offset + place;
        for (const Chunk& chunk : chunks_) {
            if (chunk.begin <= place) found = chunk.offset + place - chunk.begin;
        }
        return found;
    };
    if (bytes.empty()) return;
    take_window();
    std::size_t taken = 0;
    bool is_full = false;  // then the decoder can hold bytes back
    while (!is_bad_ && !has_ended_ && (taken < bytes.size() || is_full)) {
        const Decoded step = decoder_->decode(bytes.substr(taken), decoded_);
        take_plain(Bytes(decoded_).substr(0, step.made));
        taken += step.taken;
        cost_->count(block_->bytes, block_->position + offset_of(taken));
        has_ended_ = step.ended;
        is_full = step.made == decoded_.size();
        if (is_bad_) return;
        if (!step.fault.empty())
            tell_damage(FindingKind::stream_damaged, "compressed data is damaged (" + step.fault + ")",
                        offset_of(taken));
    }
    if (!is_bad_ && taken < bytes.size())
        tell_damage(FindingKind::stream_continues, "data goes on after the end of its compression",
                    offset_of(taken));
}

void BlockCheck::take_plain(Bytes bytes) {
    if (is_bad_) return;
    const std::size_t good = holds_rows_ ? rows_.take(bytes) : bytes.size();
    block_->bytes += good;
    if (!oid_ && !is_dangerous_) look_for_commands(bytes.substr(0, good));
    if (good < bytes.size())
        tell_damage(FindingKind::rows_behind_end, "data goes on after the line \"\\.\" that ends the rows",
                    here_);
}

void BlockCheck::look_for_commands(Bytes bytes) {
    if (!statements_) return tell_danger(row_commands_.look(bytes));
    const bool has_zero = bytes.find('\0') != Bytes::npos;
    tell_danger(has_zero ? "has a zero byte, where psql stops reading the line" : statements_->take(bytes));
}

void BlockCheck::tell_danger(const char* danger) {
    if (danger == nullptr || is_dangerous_) return;
    report(FindingKind::data_command, statements_ ? std::string("SQL ") + danger : danger, begin_);
    is_dangerous_ = true;  // and is read on
}

void BlockCheck::end_stream(std::uint64_t offset) {
    if (decoder_) decode_gathered();
    if (statements_ && !is_bad_) tell_danger(statements_->finish());
    if (is_bad_) return;
    if (decoder_ && !has_bytes_)
        return tell_damage(FindingKind::stream_damaged,
                           "compressed data is missing: there is not even an empty stream", offset);
    if (decoder_ && !has_ended_)
        return tell_damage(FindingKind::stream_damaged, "compressed data ends too early", offset);
    if (holds_rows_ && !rows_.ended())
        tell_damage(FindingKind::rows_not_ended, "rows do not end with a line \"\\.\"", offset);
}

void BlockCheck::tell_damage(FindingKind kind, const std::string& message, std::uint64_t offset) {
    is_bad_ = true;
    block_->state = CheckedBlock::State::damaged;
    report(kind, message, offset);
}

void BlockCheck::report(FindingKind kind, const std::string& message, std::uint64_t offset) {
    const TocEntry& entry = prologue_.toc[block_->entry];
    findings_.add({kind, harmless(oid_ ? "large object " + std::to_string(*oid_) + ": " + message : message),
                   block_->position + offset, entry.dump_id(), entry.label()});
}

}  // namespace pgfilter
