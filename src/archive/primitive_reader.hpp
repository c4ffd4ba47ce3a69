// SPDX-License-Identifier: PostgreSQL
// Reading the pieces that header and table of contents are made of.
#pragma once

#include <string>
#include <utility>

#include "archive/toc_builder.hpp"
#include "archive/wire.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/finding.hpp"

namespace pgfilter {

inline Error damaged(std::string message) {
    return {ErrorCode::damaged, std::move(message)};
}

/// How to say which limit it was.
inline std::string setting(const char* limit, std::uint64_t value) {
    return std::string(" (") + limit + "=" + std::to_string(value) + ")";
}

/// Reads primitives and keeps their bytes in the arena's open run.  Every read gets the name of what it
/// reads, for messages.
class PrimitiveReader {
public:
    PrimitiveReader(ByteSource& source, Arena& arena, const Limits& limits)
        : source_(source), arena_(arena), limits_(limits), end_(source.offset() + limits.toc_bytes) {}

    Layout layout;

    unsigned char byte(const char* what) { return static_cast<unsigned char>(fixed(1, what)[0]); }

    std::int32_t integer(const char* what) {
        const std::uint64_t start = source_.offset();
        const Bytes stored = fixed(wire::int_width(layout), what);
        try {
            return wire::decode_int(stored);
        } catch (const Error&) {
            throw damaged(std::string(what) + " is out of range").as(FindingKind::field_value).at(start);
        }
    }

    Text text(const char* what) {
        const std::uint64_t start = source_.offset();
        const std::int32_t length = integer(what);
        if (length < 0) return std::nullopt;
        if (static_cast<std::uint64_t>(length) > limits_.text_bytes)
            throw Error(ErrorCode::limit, std::string(what) + " of " + std::to_string(length) +
                                              " bytes is longer than the limit" +
                                              setting("text-bytes", limits_.text_bytes))
                .at(start);
        check_end(static_cast<std::uint64_t>(length));
        auto left = static_cast<std::size_t>(length);
        while (left > 0) {
            Bytes run = source_.peek(1);
            if (run.empty()) throw ended_inside(what);
            run = run.substr(0, left);
            arena_.append(run);
            source_.skip(run.size());
            left -= run.size();
        }
        return arena_.open_run().substr(arena_.open_run().size() - static_cast<std::size_t>(length));
    }

    /// The next bytes; they die at the next read.
    Bytes fixed(std::size_t size, const char* what) {
        check_end(size);
        const Bytes run = source_.peek(size);
        if (run.size() < size) throw ended_inside(what, run.size());
        arena_.append(run.substr(0, size));
        source_.skip(size);
        return arena_.open_run().substr(arena_.open_run().size() - size);
    }

    [[nodiscard]] std::uint64_t offset() const { return source_.offset(); }

private:
    Error ended_inside(const char* what, std::size_t unread = 0) {
        return damaged(std::string("archive ends inside ") + what).at(source_.offset() + unread);
    }

    void check_end(std::uint64_t more) {
        if (source_.offset() + more > end_)
            throw Error(ErrorCode::limit, "table of contents is larger than the limit" +
                                              setting("toc-bytes", limits_.toc_bytes))
                .at(source_.offset());
    }

    ByteSource& source_;
    Arena& arena_;
    const Limits& limits_;
    std::uint64_t end_;  // of what the limit allows
};

}  // namespace pgfilter
