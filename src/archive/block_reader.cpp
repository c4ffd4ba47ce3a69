#include "archive/frame_walker.hpp"
#include "archive/trailer.hpp"
#include "archive/wire.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

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
        if (head.size() < head_size() || (head[0] != block_type_data && head[0] != block_type_large_objects))
            return;
        const wire::SignedInt id = wire::decode_signed(head.substr(1));
        if (head[1] == 0 && id.magnitude > 0 && id.magnitude <= 0x7fffffff) find_entry(head);
    }

private:
    [[nodiscard]] std::size_t head_size() const { return 1 + wire::int_width(toc_.layout()); }
    Bytes peek_head() { return source_.peek(head_size()).substr(0, head_size()); }

    void read_one() {
        const Bytes head = peek_head();
        if (head.size() < head_size()) throw missing_block(head.size());
        if (head[0] != block_type_data && head[0] != block_type_large_objects)
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
        if (!suits(type, entry.kind()))
            throw here(type == block_type_data ? "data block holds rows where large objects are expected"
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
