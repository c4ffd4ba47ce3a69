// SPDX-License-Identifier: PostgreSQL
// Writing an archive: the entries that are left, then the blocks as they come.
#include "archive/data_offsets.hpp"
#include "archive/entry_writer.hpp"
#include "archive/toc_access.hpp"
#include "archive/wire.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

std::uint64_t size_of_prologue(const Prologue& prologue) {
    if (!prologue.toc.rewritten()) return prologue.size;
    std::uint64_t size = header_in_version(prologue.header, prologue.toc.written_minor()).size() +
                         wire::int_width(prologue.toc.layout());
    for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
        TocAccess::prefetch(prologue.toc, i + TocAccess::ahead);
        if (!prologue.toc[i].dropped())
            size += EntryWriter::size(prologue.toc[i], prologue.toc.written_minor());
    }
    return size;
}

template <class Put>
void put_prologue(const Prologue& prologue, const DataOffsets& offsets, Put put) {
    const Toc& toc = prologue.toc;
    put(Bytes(header_in_version(prologue.header, toc.written_minor())));
    std::string count = prologue.stored_count;
    const std::size_t entries = toc.size() - toc.dropped_count();
    if (entries != toc.read_size()) {
        count.clear();
        wire::append_int(count, static_cast<std::int32_t>(entries), toc.layout());
    }
    put(Bytes(count));
    for (std::size_t i = 0; i < toc.size(); ++i) {
        TocAccess::prefetch(toc, i + TocAccess::ahead);
        const std::size_t index = toc.at(i);
        if (!toc[index].dropped())
            EntryWriter::write(toc[index], offsets.of(index), toc.written_minor(), put);
    }
}

}  // namespace

struct ArchiveWriter::State {
    static constexpr std::size_t run_size = 64 * 1024;  // in which small pieces leave

    State(ByteSink& to, const Prologue& from)
        : sink(to), prologue(from), offsets(from, size_of_prologue(from), to.can_rewrite()) {}

    void take(ByteSource& source, std::uint64_t count) {
        release();
        sink.take(source, count);
        size += count;
    }

    // The output so far is not complete without `data`, which is held back until there is more, or an end.
    void hold_back(Bytes data) {
        release();
        held.append(data);
        size += data.size();
    }

    void release() {
        sink.write(held);
        held.clear();
    }

    // One byte of it is missing at any time.
    void write_prologue() {
        std::string run;
        const auto flush = [&](Bytes bytes) {
            if (bytes.empty()) return;
            release();
            sink.write(bytes.substr(0, bytes.size() - 1));
            size += bytes.size() - 1;
            hold_back(bytes.substr(bytes.size() - 1));
        };
        put_prologue(prologue, offsets, [&](Bytes piece) {
            if (run.size() + piece.size() > run_size) {
                flush(run);
                run.clear();
            }
            if (piece.size() > run_size) return flush(piece);
            run += piece;
        });
        flush(run);
    }

    // The fields have a fixed width, so the prologue takes the same room again.
    void fill_in_offsets() {
        std::string run;
        std::uint64_t position = 0;
        const auto flush = [&] {
            sink.rewrite(position, run);
            position += run.size();
            run.clear();
        };
        put_prologue(prologue, offsets, [&](Bytes piece) {
            run += piece;
            if (run.size() >= run_size) flush();
        });
        flush();
    }

    ByteSink& sink;
    const Prologue& prologue;
    DataOffsets offsets;
    std::string held;
    std::uint64_t size = 0;
    bool has_blocks = false;
};

ArchiveWriter::ArchiveWriter(ByteSink& sink, const Prologue& prologue)
    : state_(std::make_unique<State>(sink, prologue)) {
    state_->write_prologue();
}

ArchiveWriter::~ArchiveWriter() = default;

bool ArchiveWriter::begin_block(const Block& block) {
    if (!state_->prologue.toc[block.entry].keeps_data()) return false;
    state_->offsets.note(block.entry, state_->size);
    state_->has_blocks = true;
    return true;
}

void ArchiveWriter::block_bytes(ByteSource& source, std::uint64_t count) {
    state_->take(source, count);
}

void ArchiveWriter::end_block(ByteSource& source, std::size_t count) {
    state_->hold_back(source.peek(count).substr(0, count));
    source.skip(count);
}

void ArchiveWriter::trailer_bytes(ByteSource& source, std::uint64_t count) {
    // What follows the data may still hold all that the rules removed.
    if (!state_->prologue.toc.rewritten()) return state_->take(source, count);
    discard(source, count);
}

void ArchiveWriter::finish() {
    // Before the last bytes: an output without its offsets, or with some, must not pass for complete.
    if (state_->has_blocks && state_->offsets.mode() == DataOffsets::Mode::filled) state_->fill_in_offsets();
    state_->release();
    state_->sink.finish();
}

std::uint64_t ArchiveWriter::size() const noexcept {
    return state_->size;
}

}  // namespace pgfilter
