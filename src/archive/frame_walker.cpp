// SPDX-License-Identifier: PostgreSQL
#include "archive/frame_walker.hpp"

#include <algorithm>

#include "pgfilter/finding.hpp"

namespace pgfilter {
namespace {

constexpr std::uint64_t largest_oid = 0xffffffff;
constexpr std::uint64_t longest_chunk = 0x7fffffff;

/// OIDs from 2^31 on are written as the negative numbers that they are as an int.
std::uint64_t decode_frame_int(Bytes bytes, const char* what, std::uint64_t largest) {
    const wire::SignedInt value = wire::decode_signed(bytes);
    const bool is_oid = largest == largest_oid;
    if (value.magnitude > largest || (value.negative && value.magnitude != 0 && !is_oid))
        throw Error(ErrorCode::damaged, std::string(what) + " is out of range").as(FindingKind::block_frames);
    return value.negative ? (largest_oid + 1 - value.magnitude) & largest_oid : value.magnitude;
}

}  // namespace

FrameStep FrameWalker::step() {
    if (detail_ == Detail::block) {
        // What was shown has been taken.
        window_ = {};
        checked_ = 0;
    }
    while (next_ != Next::end || left_ > 0) {
        const std::optional<FrameStep> step = left_ > 0 ? take_chunk() : take_frame();
        if (step) return *step;
    }
    return end();
}

// Nothing if there is more to come to.
std::optional<FrameStep> FrameWalker::take_chunk() {
    if (!show(1, "a data chunk")) return run(checked_);
    const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, window_.size() - checked_));
    left_ -= here;
    checked_ += here;
    return told(FrameStep::Kind::bytes, here);
}

// The same.
std::optional<FrameStep> FrameWalker::take_frame() {
    switch (next_) {
        case Next::head:
            if (!show(1 + int_width_, "the start of a data block")) break;
            next_ = window_[checked_] == block_type_data ? Next::length : Next::oid;
            checked_ += 1 + int_width_;
            return next_ == Next::length ? told(FrameStep::Kind::stream_begins) : std::nullopt;
        case Next::oid: {
            if (!show(int_width_, "a large object's OID")) break;
            const std::uint64_t oid = take_int("large object's OID", largest_oid);
            next_ = oid == 0 ? Next::end : Next::length;
            if (oid == 0) return std::nullopt;
            oid_ = static_cast<std::uint32_t>(oid);
            return told(FrameStep::Kind::stream_begins);
        }
        case Next::length:
            if (detail_ == Detail::block) skip_whole_chunks();
            if (!show(int_width_, "a data chunk's length")) break;
            left_ = take_int("data chunk's length", longest_chunk);
            if (left_ > 0) return std::nullopt;
            next_ = oid_ ? Next::oid : Next::end;
            return told(FrameStep::Kind::stream_ends);
        case Next::end:
            break;
    }
    return run(checked_);
}

// The Int taken last, whose zero completes the block, comes alone.
FrameStep FrameWalker::end() {
    if (detail_ == Detail::streams) {
        source_.skip(checked_);
        window_ = {};
        checked_ = 0;
        return {FrameStep::Kind::block_ends, {}, source_.offset()};
    }
    if (checked_ > int_width_) return run(checked_ - int_width_);
    return {FrameStep::Kind::block_ends, source_.peek(int_width_).substr(0, int_width_), source_.offset()};
}

// Of the block, to be passed on.
FrameStep FrameWalker::run(std::size_t size) const {
    return {FrameStep::Kind::bytes, window_.substr(0, size), source_.offset()};
}

// What streams consist of; nothing where nobody asks for them.
std::optional<FrameStep> FrameWalker::told(FrameStep::Kind kind, std::size_t size) const {
    if (detail_ == Detail::block) return std::nullopt;
    const std::size_t begin = checked_ - size;
    return FrameStep{kind, window_.substr(begin, size), source_.offset() + begin};
}

// Without compression every row is a chunk, millions of them: those that lie in the window with all their
// bytes are passed here, as every known archive has them.  What is unusual is left to the general way.
void FrameWalker::skip_whole_chunks() {
    if (int_width_ != 5) return;
    const auto* at = reinterpret_cast<const unsigned char*>(window_.data()) + checked_;
    const auto* const end = reinterpret_cast<const unsigned char*>(window_.data()) + window_.size();
    while (end - at >= 5 && at[0] == 0) {
        const auto byte = [at](std::size_t i) { return static_cast<std::uint32_t>(at[i]); };
        const std::uint32_t length = byte(1) | byte(2) << 8 | byte(3) << 16 | byte(4) << 24;
        if (length == 0 || length > static_cast<std::uint64_t>(end - at - 5)) break;
        at += 5 + length;
        // An address, for what is there may lie beyond the window.  NOLINTNEXTLINE(performance-no-int-to-ptr)
        __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + 768));
    }
    checked_ = static_cast<std::size_t>(at - reinterpret_cast<const unsigned char*>(window_.data()));
}

// Whether the next bytes are at hand.  If not, those in front of them have to be passed on first.
bool FrameWalker::show(std::size_t size, const char* what) {
    if (window_.size() - checked_ >= size) return true;
    if (checked_ > 0 && detail_ == Detail::block) return false;
    source_.skip(checked_);
    checked_ = 0;
    window_ = source_.peek(size);
    if (window_.size() < size)
        throw Error(ErrorCode::damaged, std::string("archive ends inside ") + what)
            .as(FindingKind::truncated)
            .at(source_.offset() + window_.size());
    return true;
}

std::uint64_t FrameWalker::take_int(const char* what, std::uint64_t largest) {
    try {
        const std::uint64_t value = decode_frame_int(window_.substr(checked_, int_width_), what, largest);
        checked_ += int_width_;
        return value;
    } catch (Error& error) {
        error.at(source_.offset() + checked_);
        throw;
    }
}

}  // namespace pgfilter
