// Pipes that the kernel reads and passes on (tee and splice).
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

// Not in this kernel or sandbox, or not between these files.
bool is_impossible(int error) {
    return error == EINVAL || error == ENOSYS || error == EPERM || error == EXDEV || error == EOPNOTSUPP;
}

}  // namespace

bool PipeSource::is_pipe(int descriptor) noexcept {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

PipeSource::PipeSource(int descriptor)
    : descriptor_(descriptor),
      buffer_(capacity, '\0'),
      nowhere_(::open("/dev/null", O_WRONLY | O_CLOEXEC)),
      can_tee_(::pipe2(look_, O_CLOEXEC) == 0) {
    enlarge_pipe(descriptor);
    if (can_tee_) enlarge_pipe(look_[1]);
}

PipeSource::~PipeSource() {
    for (const int descriptor : {look_[0], look_[1], nowhere_}) {
        if (descriptor >= 0) ::close(descriptor);
    }
}

Bytes PipeSource::peek(std::size_t want) {
    assert(want <= max_peek);
    while (end_ - begin_ < want) {
        // What is shown would be shown again, were it still in the pipe.
        take_out(end_, nowhere_);
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        out_ = end_ -= begin_;
        begin_ = 0;
        if (!show_more()) break;
    }
    return {buffer_.data() + begin_, end_ - begin_};
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
            if (!can_tee_) out_ = end_;
            return true;
        }
        // Reading does as well, only slower.
        if (can_tee_ && is_impossible(errno)) {
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

// Takes the bytes of the buffer up to `end` out of the pipe and passes them on.  They are known to be there,
// so only `to` can keep it waiting.
void PipeSource::take_out(std::size_t end, int to) {
    while (out_ < end && can_splice_ && to >= 0) {
        const ssize_t moved = ::splice(descriptor_, nullptr, to, nullptr, end - out_, SPLICE_F_MOVE);
        if (moved == 0) throw lost_bytes();
        if (moved > 0) {
            out_ += static_cast<std::size_t>(moved);
        } else if (is_impossible(errno)) {
            can_splice_ = false;
        } else {
            retry_or_throw(to, POLLOUT, cannot_write);
        }
    }
    if (out_ >= end) return;
    read_all(descriptor_, buffer_.data() + out_, end - out_);
    if (to != nowhere_) write_all(to, {buffer_.data() + out_, end - out_});
    out_ = end;
}

// The bytes stay in the pipe until others have to be got at: the fields of a table of contents are many.
void PipeSource::skip(std::size_t count) {
    assert(count <= end_ - begin_);
    begin_ += count;
    taken_ += count;
}

std::uint64_t PipeSource::move_to(int descriptor, std::uint64_t count) {
    assert(count <= end_ - begin_);
    const std::size_t end = begin_ + static_cast<std::size_t>(count);
    take_out(begin_, nowhere_);
    if (out_ > begin_) write_all(descriptor, {buffer_.data() + begin_, std::min(out_, end) - begin_});
    take_out(end, descriptor);
    begin_ = end;
    taken_ += count;
    return count;
}

}  // namespace pgfilter
