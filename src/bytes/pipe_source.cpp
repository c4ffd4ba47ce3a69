#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstring>

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

// The bytes are known to be in `from`, so only `to` can keep it waiting.
void splice_all(int from, int to, std::size_t size) {
    while (size > 0) {
        const ssize_t moved = ::splice(from, nullptr, to, nullptr, size, SPLICE_F_MOVE);
        if (moved < 0) {
            retry_or_throw(to, POLLOUT, cannot_write);
            continue;
        }
        if (moved == 0) throw lost_bytes();
        size -= static_cast<std::size_t>(moved);
    }
}

}  // namespace

bool PipeSource::is_pipe(int descriptor) noexcept {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

PipeSource::PipeSource(int descriptor) : descriptor_(descriptor), buffer_(capacity, '\0') {
    enlarge_pipe(descriptor);
    nowhere_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere_ < 0 || ::pipe2(look_, O_CLOEXEC) != 0) {
        const Error error = system_error("cannot create a pipe");
        if (nowhere_ >= 0) ::close(nowhere_);
        throw error;
    }
    enlarge_pipe(look_[1]);
}

PipeSource::~PipeSource() {
    for (const int descriptor : {look_[0], look_[1], nowhere_}) ::close(descriptor);
}

Bytes PipeSource::peek(std::size_t want) {
    assert(want <= max_peek);
    while (end_ - begin_ < want) {
        // What is shown would be shown again, were it still in the pipe.
        consume_shown();
        if (!show_more()) break;
    }
    return {buffer_.data() + begin_, end_ - begin_};
}

void PipeSource::consume_shown() {
    const std::size_t shown = end_ - begin_;
    std::memmove(buffer_.data(), buffer_.data() + begin_, shown);
    read_all(descriptor_, buffer_.data() + only_here_, shown - only_here_);
    begin_ = 0;
    end_ = only_here_ = shown;
}

// False at the end of the stream.
bool PipeSource::show_more() {
    for (;;) {
        const std::size_t room = buffer_.size() - end_;
        const ssize_t got = can_tee_ ? ::tee(descriptor_, look_[1], room, 0)
                                     : ::read(descriptor_, buffer_.data() + end_, room);
        if (got == 0) return false;
        if (got > 0) {
            if (can_tee_) read_all(look_[0], buffer_.data() + end_, static_cast<std::size_t>(got));
            end_ += static_cast<std::size_t>(got);
            if (!can_tee_) only_here_ = end_ - begin_;
            return true;
        }
        // No tee in this kernel or sandbox: reading does as well, only slower.
        if (can_tee_ && (errno == EINVAL || errno == ENOSYS || errno == EPERM)) {
            can_tee_ = false;
            continue;
        }
        try {
            retry_or_throw(descriptor_, POLLIN, cannot_read);
        } catch (Error& error) {
            error.at(taken_);
            throw;
        }
    }
}

void PipeSource::skip(std::size_t count) {
    assert(count <= end_ - begin_);
    const std::size_t here = std::min(count, only_here_);
    splice_all(descriptor_, nowhere_, count - here);
    take(here, count);
}

std::uint64_t PipeSource::move_to(int descriptor, std::uint64_t count) {
    assert(count <= end_ - begin_);
    const std::size_t here = std::min<std::size_t>(count, only_here_);
    write_all(descriptor, {buffer_.data() + begin_, here});
    splice_all(descriptor_, descriptor, count - here);
    take(here, count);
    return count;
}

void PipeSource::take(std::size_t here, std::size_t count) {
    only_here_ -= here;
    begin_ += count;
    taken_ += count;
}

}  // namespace pgfilter
