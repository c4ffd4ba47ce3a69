// SPDX-License-Identifier: PostgreSQL
// Archives inside gzip, bzip2, xz, zstd or lz4, as backup scripts leave them: nightly.dump.gz.
//
//     InputFile archive("nightly.dump.gz");            // a file, wrapped or not
//     const Plan plan = make_plan(job, registry, archive);
//
//     DescriptorSource pipe(descriptor);               // any other source
//     const Wrapping wrapping = recognise_wrapping(pipe.peek(wrapping_magic_size));
//     if (wrapping != Wrapping::none) {
//         UnwrappingSource archive(pipe, wrapping);
//         …
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pgfilter/bytes.hpp"
#include "pgfilter/export.hpp"

namespace pgfilter {

enum class Wrapping : std::uint8_t { none, gzip, bzip2, xz, zstd, lz4 };

/// As many bytes as recognise_wrapping() looks at.
inline constexpr std::size_t wrapping_magic_size = 6;

/// What an input is wrapped in that starts with these bytes.
PGFILTER_API Wrapping recognise_wrapping(Bytes start) noexcept;

/// "gzip", which is also the name of the program that unpacks it, with -dc.
PGFILTER_API const char* wrapping_name(Wrapping wrapping) noexcept;

/// The libraries that compress and unpack, with the versions that are running: "zlib 1.2.13".
PGFILTER_API std::vector<std::string> compression_libraries();

/// What is inside a wrapped input, unpacked while it is read.  Checksums are checked, streams that follow
/// each other are one, and a wrapping that is damaged, cut off or followed by something else is an error.
///
/// Memory does not depend on the input: 100 MiB at most for xz, 128 MiB for zstd, 9 MiB for the others.
///
/// Threads: one at a time.  Lifetime: the wrapped source must outlive it.
class PGFILTER_API UnwrappingSource final : public BufferedSource {
public:
    /// Bytes that one stored byte may become.  A database that compresses better holds nothing.
    static constexpr std::uint64_t default_ratio = 1000;

    /// Borrows `wrapped`, from which nothing has been taken yet.  `max_ratio`: beyond it, reading fails
    /// (limit) after the first 64 MiB; 0: no limit.  REQUIRES: the wrapping is one.
    UnwrappingSource(ByteSource& wrapped, Wrapping wrapping, std::uint64_t max_ratio = default_ratio);
    ~UnwrappingSource() override;

    /// How many bytes of the wrapped input have been read.
    [[nodiscard]] std::uint64_t wrapped_offset() const noexcept;

protected:
    /// Throws Error: `damaged` and `limit` with offset(), the place in the wrapped input being in the
    /// message; and what the wrapped source throws.
    std::size_t read_some(char* into, std::size_t size) override;

private:
    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

/// A file opened for reading.  If it is wrapped, what is inside, unpacked while it is read.
///
///     InputFile archive("nightly.dump.gz");
///     run(job, registry, archive, sink);
///
/// Threads: one at a time.  Lifetime: owns the file, and closes it.
class PGFILTER_API InputFile final : public ByteSource {
public:
    /// Throws Error (io).  `max_ratio` is as for an UnwrappingSource.
    explicit InputFile(const std::string& name, std::uint64_t max_ratio = UnwrappingSource::default_ratio);
    ~InputFile() override;

    [[nodiscard]] Wrapping wrapping() const noexcept;

    Bytes peek(std::size_t want) override;
    void skip(std::size_t count) override;
    /// In what is inside, if the file is wrapped.
    [[nodiscard]] std::uint64_t offset() const noexcept override;

private:
    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

}  // namespace pgfilter
