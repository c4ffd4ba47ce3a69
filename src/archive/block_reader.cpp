#include <algorithm>

#include "archive/trailer.hpp"
#include "archive/wire.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

// Block types (pg_backup_custom.c).
constexpr char type_data = 1;
constexpr char type_large_objects = 3;

constexpr std::uint64_t largest_oid = 0xffffffff;

/// Walks the frames of one block where they lie in the source's buffer and hands on whole runs of them:
///
///     data:           stream
///     large objects:  ( OID stream )* Int(0)
///     stream:         ( length byte[length] )* Int(0)
class FrameWalker {
public:
    /// `handler` may be null: then the bytes are skipped.
    FrameWalker(ByteSource& source, const Layout& layout, BlockHandler* handler)
        : source_(source), int_width_(wire::int_width(layout)), handler_(handler) {}

    /// `head`: bytes of the block's type and dump ID, still in front of the source.
    void walk(char type, std::size_t head) {
        window_ = source_.peek(head);
        checked_ = head;
        if (type == type_data) {
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

private:
    void walk_stream() {
        constexpr std::uint64_t longest = 0x7fffffff;
        skip_whole_chunks();
        while (const std::uint64_t length = next_int("data chunk's length", longest)) {
            walk_payload(length);
            skip_whole_chunks();
        }
    }

    // Without compression every row is a chunk, millions of them: those that lie in the window with all their
    // bytes are passed here, as every known archive has them.  What is unusual is left to the general way.
    void skip_whole_chunks() {
        if (int_width_ != 5) return;
        const auto* at = reinterpret_cast<const unsigned char*>(window_.data()) + checked_;
        const auto* const end = reinterpret_cast<const unsigned char*>(window_.data()) + window_.size();
        while (end - at >= 5 && at[0] == 0) {
            const auto byte = [at](std::size_t i) { return static_cast<std::uint32_t>(at[i]); };
            const std::uint32_t length = byte(1) | byte(2) << 8 | byte(3) << 16 | byte(4) << 24;
            if (length == 0 || length > static_cast<std::uint64_t>(end - at - 5)) break;
            at += 5 + length;
            // An address, for what is there may lie beyond the window.
            __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + 768));
        }
        checked_ = static_cast<std::size_t>(at - reinterpret_cast<const unsigned char*>(window_.data()));
    }

    void walk_payload(std::uint64_t left) {
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

    /// The magnitude, for OIDs from 2^31 on are written with a sign.
    std::uint64_t next_int(const char* what, std::uint64_t largest) {
        if (window_.size() - checked_ < int_width_) {
            pass_on();
            window_ = source_.peek(int_width_);
            if (window_.size() < int_width_) throw ended_inside(std::string("a ") + what);
        }
        const wire::SignedInt value = wire::decode_signed(window_.substr(checked_, int_width_));
        const bool is_oid = largest == largest_oid;
        if (value.magnitude > largest || (value.negative && value.magnitude != 0 && !is_oid))
            throw Error(ErrorCode::damaged, std::string(what) + " is out of range")
                .at(source_.offset() + checked_);
        checked_ += int_width_;
        return value.magnitude;
    }

    /// Lets the handler have what has been checked.
    void pass_on() {
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

    Error ended_inside(const std::string& what) {
        return Error(ErrorCode::damaged, "archive ends inside " + what).at(source_.offset() + window_.size());
    }

    ByteSource& source_;
    const std::size_t int_width_;
    BlockHandler* const handler_;
    Bytes window_;             // what the source shows
    std::size_t checked_ = 0;  // bytes at its front that are known to be good
};

class BlockReader {
public:
    BlockReader(ByteSource& source, const Prologue& prologue, BlockHandler& handler)
        : source_(source), toc_(prologue.toc), handler_(handler), seen_(toc_.size(), false) {
        for (std::size_t i = 0; i < toc_.size(); ++i) missing_ += toc_[i].has_data() ? 1U : 0U;
    }

    void read_all() {
        while (missing_ > 0) read_one();
    }

    /// Refuses what looks like one more block behind the last.
    void check_no_more_blocks() {
        const Bytes head = peek_head();
        if (head.size() < head_size() || (head[0] != type_data && head[0] != type_large_objects)) return;
        const wire::SignedInt id = wire::decode_signed(head.substr(1));
        if (head[1] == 0 && id.magnitude > 0 && id.magnitude <= 0x7fffffff) find_entry(head);
    }

private:
    [[nodiscard]] std::size_t head_size() const { return 1 + wire::int_width(toc_.layout()); }
    Bytes peek_head() { return source_.peek(head_size()).substr(0, head_size()); }

    void read_one() {
        const Bytes head = peek_head();
        if (head.size() < head_size()) throw missing_block(head.size());
        if (head[0] != type_data && head[0] != type_large_objects)
            throw here("block type " + std::to_string(static_cast<unsigned char>(head[0])) + " is not known");
        const char type = head[0];
        const std::size_t index = find_entry(head);
        seen_[index] = true;
        --missing_;
        try {
            check_announcement(index, type);
            const bool wanted = handler_.begin_block({index, source_.offset()});
            FrameWalker(source_, toc_.layout(), wanted ? &handler_ : nullptr).walk(type, head_size());
        } catch (Error& error) {
            if (error.code() == ErrorCode::damaged) error.at(source_.offset()).in_entry(toc_[index].label());
            throw;
        }
    }

    std::size_t find_entry(Bytes head) {
        std::int32_t id = 0;
        try {
            id = wire::decode_int(head.substr(1));
        } catch (Error&) {
            throw here("dump ID of a data block is out of range");
        }
        // pg_dump writes the blocks in the order of the TOC.
        while (next_ < toc_.size() && (!toc_[next_].has_data() || seen_[next_])) ++next_;
        const std::optional<std::size_t> found =
            next_ < toc_.size() && toc_[next_].dump_id() == id ? next_ : toc_.find(id);
        if (!found) throw here("data block of dump ID " + std::to_string(id) + ", which no entry has");
        if (!toc_[*found].has_data())
            throw here("data block of an entry that has no data").in_entry(toc_[*found].label());
        if (seen_[*found]) throw here("second data block of the same entry").in_entry(toc_[*found].label());
        return *found;
    }

    void check_announcement(std::size_t index, char type) {
        const TocEntry& entry = toc_[index];
        if ((type == type_large_objects) != (entry.desc() == "BLOBS"))
            throw here(type == type_data ? "data block holds rows where large objects are expected"
                                         : "data block holds large objects where rows are expected");
        const DataOffset offset = entry.data_offset();
        if (offset.state == DataOffset::State::set && offset.position != source_.offset())
            throw here("data block is not where the entry says, at offset " +
                       std::to_string(offset.position));
    }

    Error missing_block(std::size_t unread) {
        for (std::size_t i = 0;; ++i) {
            if (!toc_[i].has_data() || seen_[i]) continue;
            const char* what = unread == 0 ? "archive ends before the data block of this entry"
                                           : "archive ends inside the start of a data block";
            return Error(ErrorCode::damaged, what).at(source_.offset() + unread).in_entry(toc_[i].label());
        }
    }

    Error here(std::string message) {
        return Error(ErrorCode::damaged, std::move(message)).at(source_.offset());
    }

    ByteSource& source_;
    const Toc& toc_;
    BlockHandler& handler_;
    std::vector<bool> seen_;
    std::size_t missing_ = 0;
    std::size_t next_ = 0;  // all entries before it that have data have been seen
};

Trailer read_trailer(ByteSource& source, const Prologue& prologue, BlockHandler& handler) {
    Trailer trailer;
    trailer.position = source.offset();
    SecondToc expected(prologue);
    for (Bytes run = source.peek(1); !run.empty(); run = source.peek(1)) {
        expected.compare(run);
        handler.trailer_bytes(source, run.size());
    }
    trailer.size = source.offset() - trailer.position;
    if (trailer.size > 0)
        trailer.kind = expected.complete() ? Trailer::Kind::second_toc : Trailer::Kind::unknown;
    return trailer;
}

}  // namespace

Trailer read_blocks(ByteSource& source, const Prologue& prologue, BlockHandler& handler) {
    BlockReader reader(source, prologue, handler);
    reader.read_all();
    reader.check_no_more_blocks();
    return read_trailer(source, prologue, handler);
}

}  // namespace pgfilter
