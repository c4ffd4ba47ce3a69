// SPDX-License-Identifier: PostgreSQL
// What every source of bytes shares: the buffer, and skipping.
#include "pgfilter/bytes.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "pgfilter/error.hpp"

namespace pgfilter {

ByteSource::~ByteSource() = default;
ByteSink::~ByteSink() = default;

std::uint64_t discard(ByteSource& source, std::uint64_t count) {
    std::uint64_t discarded = 0;
    while (discarded < count) {
        const auto run = std::min<std::uint64_t>(source.peek(1).size(), count - discarded);
        if (run == 0) break;
        source.skip(run);
        discarded += run;
    }
    return discarded;
}

BufferedSource::BufferedSource(std::size_t capacity) : buffer_(std::max<std::size_t>(capacity, 1), '\0') {}

Bytes BufferedSource::peek(std::size_t want) {
    assert(want <= max_peek);
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ - begin_ < want && !at_end_) {
        if (buffer_.size() - begin_ < want) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
            if (buffer_.size() < want) buffer_.resize(want);
        }
        while (end_ - begin_ < want && !at_end_) {
            const std::size_t got = read_some(buffer_.data() + end_, buffer_.size() - end_);
            at_end_ = got == 0;
            end_ += got;
        }
    }
    return {buffer_.data() + begin_, end_ - begin_};
}

void BufferedSource::skip(std::size_t count) {
    assert(count <= end_ - begin_);
    begin_ += count;
    taken_ += count;
}

Bytes MemorySource::peek(std::size_t) {
    return bytes_.substr(taken_);
}

void MemorySource::skip(std::size_t count) {
    assert(count <= bytes_.size() - taken_);
    taken_ += count;
}

void ByteSink::take(ByteSource& source, std::uint64_t count) {
    while (count > 0) {
        Bytes run = source.peek(1);
        if (run.empty()) throw Error(ErrorCode::damaged, "input ends too early").at(source.offset());
        run = run.substr(0, std::min<std::uint64_t>(run.size(), count));
        write(run);
        source.skip(run.size());
        count -= run.size();
    }
}

void ByteSink::rewrite(std::uint64_t, Bytes) {
    throw Error(ErrorCode::io, "this output cannot be overwritten");
}

void MemorySink::rewrite(std::uint64_t offset, Bytes data) {
    assert(offset + data.size() <= bytes_.size());
    bytes_.replace(offset, data.size(), data);
}

}  // namespace pgfilter
