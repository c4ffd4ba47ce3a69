#include "archive/frame_walker.hpp"

#include <algorithm>

namespace pgfilter {

std::uint64_t decode_frame_int(Bytes bytes, const char* what, std::uint64_t largest) {
    const wire::SignedInt value = wire::decode_signed(bytes);
    const bool is_oid = largest == largest_oid;
    if (value.magnitude > largest || (value.negative && value.magnitude != 0 && !is_oid))
        throw Error(ErrorCode::damaged, std::string(what) + " is out of range").as(FindingKind::block_frames);
    return value.negative ? (largest_oid + 1 - value.magnitude) & largest_oid : value.magnitude;
}

void FrameWalker::walk(char type, std::size_t head) {
    window_ = source_.peek(head);
    checked_ = head;
    if (type == block_type_data) {
        walk_stream();
    } else {
        while (next_int("large object's OID", largest_oid) != 0) walk_stream();
    }
    // The Int just read, whose zero completes the block.
    checked_ -= int_width_;
    pass_on();
    if (handler_ != nullptr) {
        handler_->end_block(source_, int_width_);
    } else {
        source_.peek(int_width_);
        source_.skip(int_width_);
    }
}

void FrameWalker::walk_stream() {
    skip_whole_chunks();
    while (const std::uint64_t length = next_int("data chunk's length", longest_chunk)) {
        walk_payload(length);
        skip_whole_chunks();
    }
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

void FrameWalker::walk_payload(std::uint64_t left) {
    for (;;) {
        const std::uint64_t here = std::min<std::uint64_t>(left, window_.size() - checked_);
        checked_ += here;
        left -= here;
        if (left == 0) return;
        pass_on();
        window_ = source_.peek(1);
        if (window_.empty()) throw ended_inside("a data chunk");
    }
}

std::uint64_t FrameWalker::next_int(const char* what, std::uint64_t largest) {
    if (window_.size() - checked_ < int_width_) {
        pass_on();
        window_ = source_.peek(int_width_);
        if (window_.size() < int_width_) throw ended_inside(std::string("a ") + what);
    }
    try {
        const std::uint64_t value = decode_frame_int(window_.substr(checked_, int_width_), what, largest);
        checked_ += int_width_;
        return value;
    } catch (Error& error) {
        error.at(source_.offset() + checked_);
        throw;
    }
}

/// Lets the handler have what has been checked.
void FrameWalker::pass_on() {
    if (checked_ > 0) {
        if (handler_ != nullptr) {
            handler_->block_bytes(source_, checked_);
        } else {
            source_.skip(checked_);
        }
    }
    window_ = {};
    checked_ = 0;
}

Error FrameWalker::ended_inside(const std::string& what) {
    return Error(ErrorCode::damaged, "archive ends inside " + what)
        .as(FindingKind::truncated)
        .at(source_.offset() + window_.size());
}

}  // namespace pgfilter
