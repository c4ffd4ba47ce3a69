// SPDX-License-Identifier: PostgreSQL
// Sources and sinks of bytes over descriptors of the system.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "bytes/file_status.hpp"
#include "bytes/pipes.hpp"
#include "bytes/retry.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter {
namespace {

static_assert(sizeof(off_t) == 8, "archives are larger than 2 GiB; _FILE_OFFSET_BITS=64 makes it so");

constexpr std::size_t pending_capacity = 64 * 1024;
// Less is faster to copy than to move.
constexpr std::size_t worth_moving = 16 * 1024;

bool is_plain_file_at_start(int descriptor) {
    if (!S_ISREG(status_of(descriptor, "the output").st_mode)) return false;
    const int flags = fcntl(descriptor, F_GETFL);
    const off_t position = lseek(descriptor, 0, SEEK_CUR);
    if (flags < 0 || position < 0) throw system_error("cannot tell where the output begins");
    // In append mode Linux appends even with pwrite.
    return (flags & O_APPEND) == 0 && position == 0;
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

namespace {

// Behind it no file has anything, and the system refuses to look there.
constexpr auto largest_place = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

}  // namespace

FileRangeSource::FileRangeSource(int descriptor, std::uint64_t begin, std::uint64_t size)
    : BufferedSource(std::min<std::uint64_t>(size, DescriptorSource::default_capacity)),
      descriptor_(descriptor),
      place_(std::min(begin, largest_place)),
      end_(place_ + std::min(size, largest_place - place_)) {}

std::size_t FileRangeSource::read_some(char* into, std::size_t size) {
    size = std::min<std::uint64_t>(size, end_ - place_);
    for (;;) {
        const ssize_t got = ::pread(descriptor_, into, size, static_cast<off_t>(place_));
        if (got < 0) {
            retry_or_throw(descriptor_, POLLIN, "cannot read the input");
            continue;
        }
        place_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    }
}

struct DescriptorSink::State {
    explicit State(int to)
        : descriptor(to), rewritable(is_plain_file_at_start(to)), is_pipe(PipeSource::is_pipe(to)) {
        enlarge_pipe(to);
        pending.reserve(pending_capacity);
    }

    void flush(Bytes more);

    int descriptor;
    bool rewritable;
    bool is_pipe;
    std::string pending;
};

DescriptorSink::DescriptorSink(int descriptor) : state_(std::make_unique<State>(descriptor)) {}

DescriptorSink::~DescriptorSink() = default;

void DescriptorSink::write(Bytes data) {
    if (state_->pending.size() + data.size() <= pending_capacity) {
        state_->pending.append(data);
    } else {
        state_->flush(data);
    }
}

void DescriptorSink::take(ByteSource& source, std::uint64_t count) {
    auto* const pipe = state_->is_pipe ? dynamic_cast<PipeSource*>(&source) : nullptr;
    while (count > 0) {
        Bytes run = source.peek(1);
        if (run.empty()) throw Error(ErrorCode::damaged, "input ends too early").at(source.offset());
        run = run.substr(0, std::min<std::uint64_t>(run.size(), count));
        count -= run.size();
        if (pipe != nullptr && run.size() >= worth_moving) {
            state_->flush({});
            pipe->move_to(state_->descriptor, run.size());
        } else {
            write(run);
            source.skip(run.size());
        }
    }
}

void DescriptorSink::finish() {
    state_->flush({});
}

bool DescriptorSink::can_rewrite() const noexcept {
    return state_->rewritable;
}

// Writes what is pending and `more` after it, in one call where the system takes it.
void DescriptorSink::State::flush(Bytes more) {
    Bytes first = pending;
    while (first.size() + more.size() > 0) {
        iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                          {const_cast<char*>(more.data()), more.size()}};
        const int skip_empty = first.empty() ? 1 : 0;
        const ssize_t put = ::writev(descriptor, parts + skip_empty, 2 - skip_empty);
        if (put < 0) {
            retry_or_throw(descriptor, POLLOUT, "cannot write the output");
            continue;
        }
        const auto written = static_cast<std::size_t>(put);
        const std::size_t of_first = std::min(written, first.size());
        first.remove_prefix(of_first);
        more.remove_prefix(written - of_first);
    }
    pending.clear();
}

void DescriptorSink::rewrite(std::uint64_t offset, Bytes data) {
    state_->flush({});
    while (!data.empty()) {
        const ssize_t put =
            ::pwrite(state_->descriptor, data.data(), data.size(), static_cast<off_t>(offset));
        if (put < 0) {
            retry_or_throw(state_->descriptor, POLLOUT, "cannot write the output");
            continue;
        }
        offset += static_cast<std::uint64_t>(put);
        data.remove_prefix(static_cast<std::size_t>(put));
    }
}

}  // namespace pgfilter
