// SPDX-License-Identifier: PostgreSQL
// Whether an archive is sound: all of it read, every stream decoded, nothing written.
//
//     DescriptorSource source(file);
//     CheckInput input{source, [&](std::uint64_t begin, std::uint64_t size) {
//                          return std::make_unique<FileRangeSource>(file, begin, size);
//                      }};
//     const CheckReport report = check_archive(input);
//     if (!report.sound()) for (const Finding& finding : report.findings) …
//
// Sound means: every pg_restore that reads this version of the format takes it to its end, finds all data
// that the table of contents announces, and sends nothing to the server, or into a script, that is not a
// statement or the data of an entry.  It does not mean that the SQL runs, nor that values are those that were
// dumped: lz4, zstd and uncompressed data carry no checksums in these archives, zlib's does.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/export.hpp"
#include "pgfilter/finding.hpp"

namespace pgfilter {

/// Where the archive is.
struct CheckInput {
    ByteSource& stream;  ///< all of it, from its start
    /// Opens a part of it once more; any number of times, and from several threads.  Where the part is, the
    /// archive says: it can lie after the end, where a source is empty.  Without it, as for a pipe, blocks
    /// are handed to the threads through memory, those of a large table one after the other, and what follows
    /// a broken block cannot be read.
    std::function<std::unique_ptr<ByteSource>(std::uint64_t begin, std::uint64_t size)> open;
};

struct CheckOptions {
    Limits limits;
    /// That decode; 0: as many as there are processors.  Each takes up to 1 MiB.  Windows of zstd take 64 MiB
    /// at most for all together, and up to 128 MiB for one above 8 MiB, of which there is one at a time.
    unsigned threads = 0;
};

/// The data block of an entry.
struct CheckedBlock {
    enum class State : std::uint8_t {
        missing,  ///< there is none
        cut,      ///< its frames break off
        damaged,  ///< something in it is wrong
        complete,
    };
    std::size_t entry = 0;  ///< index in the Toc
    State state = State::missing;
    std::uint64_t position = 0;      ///< in the input; 0 if missing
    std::uint64_t stored_bytes = 0;  ///< with frames
    std::uint64_t bytes = 0;         ///< decoded; of a bad block those in front of the fault
    /// Rows of a COPY, or large objects; nothing for INSERTs.
    std::optional<std::uint64_t> items;
};

/// A value, which borrows nothing of the input.  Threads: several may read one.
struct PGFILTER_API CheckReport {
    /// By their place in the input.  Of each kind no more than `most_of_a_kind`; `counts` has them all.
    std::vector<Finding> findings;
    std::array<std::uint64_t, finding_kinds> counts{};
    static constexpr std::size_t most_of_a_kind = 100;

    /// Nothing if the table of contents cannot be read.
    std::optional<Prologue> prologue;
    std::vector<CheckedBlock> blocks;  ///< per entry that announces data, in the order of the Toc
    std::uint64_t bytes_read = 0;
    /// All in front of this was read and nothing is wrong with its bytes.
    std::uint64_t good_bytes = 0;

    [[nodiscard]] std::uint64_t count(Severity severity) const;
    [[nodiscard]] bool sound() const { return count(Severity::error) == 0; }
};

/// Throws Error: `unsupported` if the input is no archive that can be read, `limit`, `io`.
PGFILTER_API CheckReport check_archive(const CheckInput& input, const CheckOptions& options = {});

}  // namespace pgfilter
