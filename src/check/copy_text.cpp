// SPDX-License-Identifier: PostgreSQL
#include "check/copy_text.hpp"

#include <algorithm>
#include <cstring>

namespace pgfilter {

std::size_t CopyText::take(Bytes text) {
    std::size_t taken = 0;
    while (taken < text.size()) {
        const Bytes rest = text.substr(taken);
        if (state_ == State::ended) return taken + std::min(rest.find_first_not_of('\n'), rest.size());
        if (state_ == State::in_line) {
            taken += take_line(rest);
        } else {
            step(rest[0]);
            ++taken;
        }
    }
    return taken;
}

// From inside a line: to the front of the next line that could be the "\\.", or to the end.
std::size_t CopyText::take_line(Bytes text) {
    std::size_t next = 0;
    for (;;) {
        const void* const end = std::memchr(text.data() + next, '\n', text.size() - next);
        if (end == nullptr) return text.size();
        ++rows_;
        next = static_cast<std::size_t>(static_cast<const char*>(end) - text.data()) + 1;
        if (next == text.size() || text[next] == '\\') break;
    }
    // Most that begin with a backslash begin with a NULL, and the state knows what to do.
    state_ = State::line_begins;
    return next;
}

// What psql takes for the end: "\." alone on a line, which may end in CR LF (handleCopyIn in copy.c of psql).
void CopyText::step(char c) {
    switch (state_) {
        case State::line_begins:
            state_ = c == '\\' ? State::backslash : State::in_line;
            break;
        case State::backslash:
            state_ = c == '.' ? State::dot : State::in_line;
            break;
        case State::dot:
            state_ = c == '\n' ? State::ended : c == '\r' ? State::carriage_return : State::in_line;
            break;
        case State::carriage_return:
            state_ = c == '\n' ? State::ended : State::in_line;
            break;
        case State::in_line:
        case State::ended:
            return;
    }
    if (c == '\n' && state_ != State::ended) {
        ++rows_;
        state_ = State::line_begins;
    }
}

}  // namespace pgfilter
