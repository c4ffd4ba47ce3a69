// SPDX-License-Identifier: PostgreSQL
// Where bytes come from and where they go.
//
// A ByteSource is looked at first and taken from afterwards, so that a reader can check bytes where they lie
// and pass them on without a copy.  A ByteSink takes everything it is given or throws.  Neither can be
// copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "pgfilter/export.hpp"

namespace pgfilter {

/// A borrowed run of bytes, in no particular encoding.
using Bytes = std::string_view;

/// A stream of bytes that is read once, front to back.
///
/// Threads: one at a time for each source, as for every class of this library that says nothing else; two
/// objects have nothing in common.  Lifetime: whoever is given a source or a sink borrows it, and does not
/// keep it beyond the call unless the constructor says so.
class PGFILTER_API ByteSource {
public:
    /// The most that peek() may be asked for.
    static constexpr std::size_t max_peek = 4096;

    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource();

    /// The unread bytes that are at hand: at least `want` (1 to max_peek), fewer only where the stream ends,
    /// none at its end.  May wait for the stream only to reach `want`.  The view dies at the next call on the
    /// source. Throws Error (io).
    virtual Bytes peek(std::size_t want) = 0;

    /// Takes `count` bytes off the front.  REQUIRES: the latest peek() showed at least that many.
    virtual void skip(std::size_t count) = 0;

    /// How many bytes have been taken since the stream began.
    [[nodiscard]] virtual std::uint64_t offset() const noexcept = 0;
};

/// Takes up to `count` bytes off the front and does nothing with them; without a count, all that is left.
/// Returns how many: fewer only where the stream ends.  Throws Error (io).
PGFILTER_API std::uint64_t discard(ByteSource& source,
                                   std::uint64_t count = std::numeric_limits<std::uint64_t>::max());

/// A ByteSource over anything that can be read into a buffer: implement read_some() and it is complete.
///
/// Threads: one at a time.  Lifetime: owns its buffer, which the views of peek() point into.
class PGFILTER_API BufferedSource : public ByteSource {
public:
    /// `capacity`: bytes of buffer, which is also the most that one peek() shows.
    explicit BufferedSource(std::size_t capacity);

    Bytes peek(std::size_t want) final;
    void skip(std::size_t count) final;
    [[nodiscard]] std::uint64_t offset() const noexcept final { return taken_; }

protected:
    /// Reads 1 to `size` bytes to `into` and returns how many; 0 only at the end of the stream.
    virtual std::size_t read_some(char* into, std::size_t size) = 0;

private:
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t taken_ = 0;
    bool at_end_ = false;
};

/// Bytes in memory.  The bytes must outlive the source.
///
/// Threads: one at a time; several sources may read the same bytes.  Lifetime: the bytes must outlive the
/// source.
class PGFILTER_API MemorySource final : public ByteSource {
public:
    explicit MemorySource(Bytes bytes) : bytes_(bytes) {}

    Bytes peek(std::size_t want) override;
    void skip(std::size_t count) override;
    [[nodiscard]] std::uint64_t offset() const noexcept override { return taken_; }

private:
    Bytes bytes_;
    std::size_t taken_ = 0;
};

/// Takes bytes.  What was written has arrived only when finish() has returned: late errors surface there.
///
/// Threads: one at a time.  Lifetime: what is written is taken before the call returns; no sink keeps a
/// view of it.
class PGFILTER_API ByteSink {
public:
    ByteSink() = default;
    ByteSink(const ByteSink&) = delete;
    ByteSink& operator=(const ByteSink&) = delete;
    virtual ~ByteSink();

    /// Takes all of `data`.  Throws Error (io, broken_pipe).
    virtual void write(Bytes data) = 0;

    /// Takes the next `count` bytes of `source`.  The same as peek, write and skip; a sink that knows a
    /// shorter way from such a source overrides it.  Throws Error, `damaged` if the source ends first.
    virtual void take(ByteSource& source, std::uint64_t count);

    /// Completes the output.  Nothing may be written afterwards.  Without it the output is incomplete.
    virtual void finish() = 0;

    /// Whether bytes already written can be overwritten.
    [[nodiscard]] virtual bool can_rewrite() const noexcept { return false; }

    /// Overwrites bytes from `offset`, counted from the first byte written.  REQUIRES: can_rewrite(), and
    /// that many bytes written.  Throws Error (io).
    virtual void rewrite(std::uint64_t offset, Bytes data);
};

/// Collects the output in memory.
///
/// Threads: one at a time.  Lifetime: bytes() is valid until the next call that writes.
class PGFILTER_API MemorySink final : public ByteSink {
public:
    void write(Bytes data) override { bytes_.append(data); }
    void finish() override { finished_ = true; }
    [[nodiscard]] bool can_rewrite() const noexcept override { return rewritable_; }
    void rewrite(std::uint64_t offset, Bytes data) override;

    /// Lets the sink behave like a pipe (false, the default) or like a file (true).
    void set_rewritable(bool rewritable) noexcept { rewritable_ = rewritable; }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool finished() const noexcept { return finished_; }

private:
    std::string bytes_;
    bool rewritable_ = false;
    bool finished_ = false;
};

}  // namespace pgfilter
