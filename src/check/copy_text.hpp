// SPDX-License-Identifier: PostgreSQL
// The text of a COPY as pg_dump stores it: rows, each a line, and after them a line "\." and two empty
// lines.
#pragma once

#include <cstdint>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// Looks at such a text in pieces.
class CopyText {
public:
    void begin() { *this = CopyText(); }

    /// Returns how many bytes are good: fewer than all if something that is no empty line follows the "\.",
    /// which psql would run as SQL and the server would not read.
    std::size_t take(Bytes text);

    /// Whether the line "\." has come.
    [[nodiscard]] bool ended() const noexcept { return state_ == State::ended; }
    /// Lines in front of it.
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }

private:
    enum class State { line_begins, backslash, dot, carriage_return, in_line, ended };

    std::size_t take_line(Bytes text);
    void step(char c);

    State state_ = State::line_begins;
    std::uint64_t rows_ = 0;
};

}  // namespace pgfilter
