// SPDX-License-Identifier: PostgreSQL
// Pipes that the kernel reads and passes on (tee and splice).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "bytes/pipes.hpp"
#include "bytes/retry.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter {
namespace {

constexpr const char* cannot_read = "cannot read the input";
constexpr const char* cannot_write = "cannot write the output";

Error lost_bytes() {
    return {ErrorCode::io, "somebody else is reading from the input's pipe"};
}

// The bytes are known to be there.
void read_all(int descriptor, char* into, std::size_t size) {
    while (size > 0) {
        const ssize_t got = ::read(descriptor, into, size);
        if (got < 0) {
            retry_or_throw(descriptor, POLLIN, cannot_read);
            continue;
        }
        if (got == 0) throw lost_bytes();
        into += got;
        size -= static_cast<std::size_t>(got);
    }
}

void write_all(int descriptor, Bytes data) {
    while (!data.empty()) {
        const ssize_t put = ::write(descriptor, data.data(), data.size());
        if (put < 0) {
            retry_or_throw(descriptor, POLLOUT, cannot_write);
            continue;
        }
        data.remove_prefix(static_cast<std::size_t>(put));
    }
}

}  // namespace

bool PipeSource::is_pipe(int descriptor) noexcept {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

struct PipeSource::State {
    explicit State(int from);
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();

    bool show_more();
    void take_out(std::size_t up_to, int to);

    int descriptor;
    std::string buffer;
    int look[2] = {-1, -1};  // a pipe of our own that the bytes are copied to (by reference) and read from
    int nowhere;
    bool can_copy;
    bool can_move = true;
    std::size_t begin = 0;  // of what is shown
    std::size_t end = 0;
    std::size_t out = 0;  // bytes of the buffer before it are no longer in the pipe
    std::uint64_t taken = 0;
};

PipeSource::State::State(int from)
    : descriptor(from),
      buffer(capacity, '\0'),
      nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC)),
      can_copy(make_pipe(look)) {
    enlarge_pipe(descriptor);
    if (can_copy) enlarge_pipe(look[1]);
}

PipeSource::State::~State() {
    for (const int own : {look[0], look[1], nowhere}) {
        if (own >= 0) ::close(own);
    }
}

// False at the end of the stream.
bool PipeSource::State::show_more() {
    for (;;) {
        const std::size_t room = buffer.size() - end;
        const ssize_t got = can_copy ? copy_between_pipes(descriptor, look[1], room)
                                     : ::read(descriptor, buffer.data() + end, room);
        if (got == 0) return false;
        if (got > 0) {
            if (can_copy) read_all(look[0], buffer.data() + end, static_cast<std::size_t>(got));
            end += static_cast<std::size_t>(got);
            if (!can_copy) out = end;
            return true;
        }
        // Reading does as well, only slower.
        if (can_copy && is_impossible(errno)) {
            can_copy = false;
            continue;
        }
        try {
            retry_or_throw(descriptor, POLLIN, cannot_read);
        } catch (Error& error) {
            error.at(taken);
            throw;
        }
    }
}

// Takes the bytes of the buffer up to `up_to` out of the pipe and passes them on.  They are known to be
// there, so only `to` can keep it waiting.
void PipeSource::State::take_out(std::size_t up_to, int to) {
    while (out < up_to && can_move && to >= 0) {
        const ssize_t moved = move_from_pipe(descriptor, to, up_to - out);
        if (moved == 0) throw lost_bytes();
        if (moved > 0) {
            out += static_cast<std::size_t>(moved);
        } else if (is_impossible(errno)) {
            can_move = false;
        } else {
            retry_or_throw(to, POLLOUT, cannot_write);
        }
    }
    if (out >= up_to) return;
    read_all(descriptor, buffer.data() + out, up_to - out);
    if (to != nowhere) write_all(to, {buffer.data() + out, up_to - out});
    out = up_to;
}

PipeSource::PipeSource(int descriptor) : state_(std::make_unique<State>(descriptor)) {}

PipeSource::~PipeSource() = default;

std::uint64_t PipeSource::offset() const noexcept {
    return state_->taken;
}

Bytes PipeSource::peek(std::size_t want) {
    assert(want <= max_peek);
    State& state = *state_;
    while (state.end - state.begin < want) {
        // What is shown would be shown again, were it still in the pipe.
        state.take_out(state.end, state.nowhere);
        std::memmove(state.buffer.data(), state.buffer.data() + state.begin, state.end - state.begin);
        state.out = state.end -= state.begin;
        state.begin = 0;
        if (!state.show_more()) break;
    }
    return {state.buffer.data() + state.begin, state.end - state.begin};
}

// The bytes stay in the pipe until others have to be got at: the fields of a table of contents are many.
void PipeSource::skip(std::size_t count) {
    assert(count <= state_->end - state_->begin);
    state_->begin += count;
    state_->taken += count;
}

void PipeSource::move_to(int descriptor, std::size_t count) {
    State& state = *state_;
    assert(count <= state.end - state.begin);
    const std::size_t end = state.begin + count;
    state.take_out(state.begin, state.nowhere);
    if (state.out > state.begin)
        write_all(descriptor, {state.buffer.data() + state.begin, std::min(state.out, end) - state.begin});
    state.take_out(end, descriptor);
    state.begin = end;
    state.taken += count;
}

}  // namespace pgfilter
