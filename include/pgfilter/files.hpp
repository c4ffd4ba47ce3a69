// SPDX-License-Identifier: PostgreSQL
// Byte sources and sinks over file descriptors, and a file that appears only when it is complete.
#pragma once

#include <memory>
#include <string>

#include "pgfilter/bytes.hpp"
#include "pgfilter/export.hpp"

namespace pgfilter {

/// Reads a descriptor of any kind: file, pipe, socket.  Never seeks; waits where the descriptor does not
/// block.
///
/// Threads: one at a time.  Lifetime: the descriptor must stay open, and nobody else may read from it.
class PGFILTER_API DescriptorSource final : public BufferedSource {
public:
    static constexpr std::size_t default_capacity = 256 * 1024;

    /// Borrows `descriptor`.  Enlarges it if it is a pipe.
    explicit DescriptorSource(int descriptor, std::size_t capacity = default_capacity);

protected:
    std::size_t read_some(char* into, std::size_t size) override;

private:
    int descriptor_;
};

/// Reads a part of a regular file, independently of its other readers.
///
/// Threads: one at a time for each source; any number of them may read one descriptor from several threads.
/// Lifetime: the descriptor must stay open.
class PGFILTER_API FileRangeSource final : public BufferedSource {
public:
    /// Borrows `descriptor`.  `begin` counts from the start of the file; offset() counts from `begin`.
    FileRangeSource(int descriptor, std::uint64_t begin, std::uint64_t size);

protected:
    std::size_t read_some(char* into, std::size_t size) override;

private:
    int descriptor_;
    std::uint64_t place_;
    std::uint64_t end_;
};

/// Reads a pipe and leaves the bytes in it as long as they are only looked at, so that the kernel can pass
/// them on to another pipe (Linux: tee and splice).  Halves what it costs to pass data from pipe to pipe.
///
/// Threads: one at a time.  Lifetime: the descriptor must stay open, and nobody else may read from it.
class PGFILTER_API PipeSource final : public ByteSource {
public:
    static constexpr std::size_t capacity = 256 * 1024;

    /// Borrows `descriptor` and enlarges it.  Where the system has no way to look into pipes, it reads.
    /// REQUIRES: is_pipe(descriptor).
    explicit PipeSource(int descriptor);
    ~PipeSource() override;

    static bool is_pipe(int descriptor) noexcept;

    Bytes peek(std::size_t want) override;
    void skip(std::size_t count) override;
    [[nodiscard]] std::uint64_t offset() const noexcept override;

private:
    // Takes bytes that the latest peek() showed off the front and has the kernel write them to a descriptor.
    friend class DescriptorSink;
    void move_to(int descriptor, std::size_t count);

    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

/// Writes to a descriptor of any kind.  Small pieces are collected, large ones go straight through.
///
/// Threads: one at a time.  Lifetime: the descriptor must stay open; the sink does not close it.
class PGFILTER_API DescriptorSink final : public ByteSink {
public:
    /// Borrows `descriptor`.  Enlarges it if it is a pipe.  Throws Error (io).
    explicit DescriptorSink(int descriptor);
    ~DescriptorSink() override;

    void write(Bytes data) override;
    void take(ByteSource& source, std::uint64_t count) override;
    void finish() override;
    /// True for a regular file that was empty in front of the output and is not in append mode.
    [[nodiscard]] bool can_rewrite() const noexcept override;
    void rewrite(std::uint64_t offset, Bytes data) override;

private:
    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

/// How an OutputFile is made and completed.
struct OutputFileOptions {
    /// Wait until the file and its directory entry are on disk.
    bool sync = true;
    /// Take over mode, owner and group of the file that is replaced, and fail where that is not possible.
    bool keep_owner = false;
};

/// A name that a file is to take, and the file that has it now, if there is one: open and locked (flock), so
/// that two programs do not replace it at once, and remembered, so that what somebody else puts there in the
/// meantime is not lost.  Symbolic links are followed.
///
/// Threads: one at a time.  Lifetime: holds the lock until it, or the OutputFile that it is moved to, is
/// destroyed.
class PGFILTER_API FileTarget {
public:
    /// Throws Error (io), where another program holds the lock too.  Where the file system has no locks, goes
    /// without.  REQUIRES: what `name` leads to does not exist or is a regular file.
    explicit FileTarget(const std::string& name);
    FileTarget(FileTarget&& other) noexcept;
    FileTarget& operator=(FileTarget&&) = delete;
    ~FileTarget();

    /// With all symbolic links followed.
    [[nodiscard]] const std::string& name() const noexcept;
    /// Whether the file that was there at first is the one that is open as `descriptor`.  Throws Error (io).
    [[nodiscard]] bool is_open_as(int descriptor) const;
    /// Whether the name leads to something else by now, or the file has another size or time of modification.
    [[nodiscard]] bool has_changed() const;

private:
    friend class OutputFile;

    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

/// A file that is written under a temporary name beside its target and takes the target's name in finish().
/// Without finish() the temporary file disappears and the target stays as it was.  A process that is killed
/// leaves the temporary file, ".NAME.pgfilter-" and six letters; whatever happens, the target is what it was
/// or complete.
///
/// A symbolic link is followed: the file it points to is replaced.  A target that exists keeps its mode, its
/// access control list and its extended attributes.  If it changes before finish(), it stays as it is, and
/// the complete new file keeps its temporary name: finish() throws Error (io), which says so.
///
/// Threads: one at a time.  Lifetime: owns the temporary file, and removes it in the destructor unless
/// finish() has been called.
class PGFILTER_API OutputFile final : public ByteSink {
public:
    /// Creates the temporary file.  Throws Error (io).
    explicit OutputFile(FileTarget target, OutputFileOptions options = {});
    explicit OutputFile(const std::string& target, OutputFileOptions options = {});
    ~OutputFile() override;

    void write(Bytes data) override;
    void finish() override;
    [[nodiscard]] bool can_rewrite() const noexcept override;
    void rewrite(std::uint64_t offset, Bytes data) override;

    /// Where the bytes are until finish(), for a signal handler to remove.
    [[nodiscard]] const std::string& temporary_name() const noexcept;

private:
    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

}  // namespace pgfilter
