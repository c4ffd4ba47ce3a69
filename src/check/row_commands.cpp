// SPDX-License-Identifier: PostgreSQL
#include "check/row_commands.hpp"

#include <algorithm>

namespace pgfilter {

void RowCommands::begin() {
    marks_ = sql::CharacterMarks(marks_.trail());
    after_backslash_ = false;
}

const char* RowCommands::look(Bytes piece) {
    // CopyAttributeOutText() in copyto.c of the server; a NULL; the end of the rows.
    constexpr Bytes escapes = "bfnrtv\\N.";
    if (piece.find('\0') != Bytes::npos) return "rows have a zero byte";
    const Bytes text = marks_.mark(piece);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!after_backslash_) {
            at = std::min(text.find('\\', at), text.size());
        } else if (escapes.find(text[at]) == Bytes::npos) {
            return "rows have a backslash that COPY does not write, which psql takes for a command where "
                   "COPY fails";
        }
        after_backslash_ = !after_backslash_ && at < text.size();
    }
    return nullptr;
}

}  // namespace pgfilter
