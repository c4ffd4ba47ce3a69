#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bytes/system_error.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter {
namespace {

constexpr int pipe_size = 1024 * 1024;
constexpr std::size_t pending_capacity = 64 * 1024;

// Fewer, larger hand-overs between the processes of a pipeline.  Not a pipe, or not allowed: then it stays as
// it is.
void enlarge_pipe(int descriptor) {
    fcntl(descriptor, F_SETPIPE_SZ, pipe_size);
}

void wait_for(int descriptor, short event) {
    pollfd waiting{descriptor, event, 0};
    poll(&waiting, 1, -1);
}

// After a failed call: returns if it is to be made again, throws otherwise.
void retry_or_throw(int descriptor, short event, const char* what) {
    if (errno == EINTR) return;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return wait_for(descriptor, event);
    if (errno == EPIPE) throw Error(ErrorCode::broken_pipe, "the reader of the output has gone");
    throw system_error(what);
}

bool is_plain_file_at_start(int descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return false;
    // In append mode Linux appends even with pwrite.
    const int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && (flags & O_APPEND) == 0 && lseek(descriptor, 0, SEEK_CUR) == 0;
}

}  // namespace

DescriptorSource::DescriptorSource(int descriptor, std::size_t capacity)
    : BufferedSource(capacity), descriptor_(descriptor) {
    enlarge_pipe(descriptor);
}

std::size_t DescriptorSource::read_some(char* into, std::size_t size) {
    for (;;) {
        const ssize_t got = ::read(descriptor_, into, size);
        if (got >= 0) return static_cast<std::size_t>(got);
        try {
            retry_or_throw(descriptor_, POLLIN, "cannot read the input");
        } catch (Error& error) {
            error.at(offset());
            throw;
        }
    }
}

DescriptorSink::DescriptorSink(int descriptor)
    : descriptor_(descriptor), rewritable_(is_plain_file_at_start(descriptor)) {
    enlarge_pipe(descriptor);
    pending_.reserve(pending_capacity);
}

void DescriptorSink::write(Bytes data) {
    if (pending_.size() + data.size() <= pending_capacity) {
        pending_.append(data);
    } else {
        flush(data);
    }
}

// Writes what is pending and `more` behind it, in one call where the system takes it.
void DescriptorSink::flush(Bytes more) {
    Bytes first = pending_;
    while (first.size() + more.size() > 0) {
        iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                          {const_cast<char*>(more.data()), more.size()}};
        const int skip_empty = first.empty() ? 1 : 0;
        const ssize_t put = ::writev(descriptor_, parts + skip_empty, 2 - skip_empty);
        if (put < 0) {
            retry_or_throw(descriptor_, POLLOUT, "cannot write the output");
            continue;
        }
        const auto written = static_cast<std::size_t>(put);
        const std::size_t of_first = std::min(written, first.size());
        first.remove_prefix(of_first);
        more.remove_prefix(written - of_first);
    }
    pending_.clear();
}

void DescriptorSink::rewrite(std::uint64_t offset, Bytes data) {
    flush({});
    while (!data.empty()) {
        const ssize_t put = ::pwrite(descriptor_, data.data(), data.size(), static_cast<off_t>(offset));
        if (put < 0) {
            retry_or_throw(descriptor_, POLLOUT, "cannot write the output");
            continue;
        }
        offset += static_cast<std::uint64_t>(put);
        data.remove_prefix(static_cast<std::size_t>(put));
    }
}

}  // namespace pgfilter
