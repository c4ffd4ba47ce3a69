// SPDX-License-Identifier: PostgreSQL
// Sources and sinks that behave in the ways that real ones sometimes do.
#pragma once

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <string>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/bytes.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter::test {

/// Gives no more than a few bytes at a read, through a buffer of the same size.
class TricklingSource : public BufferedSource {
public:
    TricklingSource(Bytes bytes, std::size_t at_once)
        : BufferedSource(at_once), bytes_(bytes), at_once_(at_once) {}

protected:
    std::size_t read_some(char* into, std::size_t size) override {
        const std::size_t count = std::min({size, at_once_, bytes_.size()});
        std::memcpy(into, bytes_.data(), count);
        bytes_.remove_prefix(count);
        return count;
    }

private:
    Bytes bytes_;
    std::size_t at_once_;
};

/// Counts operations and lets one of them fail: with an Error as of the system, or as where memory runs out.
class FailingOperation {
public:
    enum class Kind { error, broken_pipe, no_memory };

    FailingOperation(std::size_t number, Kind kind) : number_(number), kind_(kind) {}

    void count() {
        if (++count_ != number_) return;
        failed_ = true;
        if (kind_ == Kind::no_memory) throw std::bad_alloc();
        throw Error(kind_ == Kind::error ? ErrorCode::io : ErrorCode::broken_pipe, "injected");
    }

    [[nodiscard]] bool failed() const { return failed_; }

private:
    std::size_t number_;
    Kind kind_;
    std::size_t count_ = 0;
    bool failed_ = false;
};

/// Fails at one of its reads.
class FailingSource final : public TricklingSource {
public:
    FailingSource(Bytes bytes, std::size_t at_once, FailingOperation& operation)
        : TricklingSource(bytes, at_once), operation_(operation) {}

protected:
    std::size_t read_some(char* into, std::size_t size) override {
        operation_.count();
        return TricklingSource::read_some(into, size);
    }

private:
    FailingOperation& operation_;
};

/// Fails at one of the calls, before (a disk that is full) or after half of it is done (one that becomes
/// full).
class FailingSink final : public ByteSink {
public:
    FailingSink(MemorySink& to, FailingOperation& operation, bool half_way)
        : to_(to), operation_(operation), half_way_(half_way) {}

    void write(Bytes data) override {
        const Bytes first = data.substr(0, half_way_ ? data.size() / 2 : 0);
        to_.write(first);
        operation_.count();
        to_.write(data.substr(first.size()));
    }
    void finish() override {
        all_written_ = true;
        operation_.count();
        to_.finish();
    }
    [[nodiscard]] bool all_written() const { return all_written_; }
    [[nodiscard]] bool can_rewrite() const noexcept override { return to_.can_rewrite(); }
    void rewrite(std::uint64_t offset, Bytes data) override {
        const Bytes first = data.substr(0, half_way_ ? data.size() / 2 : 0);
        to_.rewrite(offset, first);
        operation_.count();
        to_.rewrite(offset + first.size(), data.substr(first.size()));
    }

private:
    MemorySink& to_;
    FailingOperation& operation_;
    bool half_way_;
    bool all_written_ = false;
};

/// Reads an archive and writes it unchanged.  Throws what reader and writer throw.
inline Trailer copy_archive(ByteSource& source, ByteSink& sink) {
    const Prologue prologue = read_prologue(source);
    ArchiveWriter writer(sink, prologue);
    const Trailer trailer = read_blocks(source, prologue, writer);
    writer.finish();
    return trailer;
}

/// The Error that an input is refused with; nothing if it is accepted.  What was written goes to `output`.
inline std::optional<Error> refusal(Bytes input, std::string* output = nullptr) {
    MemorySource source(input);
    MemorySink sink;
    std::optional<Error> refused;
    try {
        copy_archive(source, sink);
    } catch (const Error& error) {
        refused = error;
    }
    if (output != nullptr) *output = sink.bytes();
    return refused;
}

}  // namespace pgfilter::test
