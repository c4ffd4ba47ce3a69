#include "archive/block_content.hpp"

#include <algorithm>

#include "archive/frame_walker.hpp"

namespace pgfilter {
namespace {

class ContentReader {
public:
    ContentReader(ByteSource& source, const Layout& layout, ContentHandler& handler)
        : source_(source), width_(wire::int_width(layout)), handler_(handler) {}

    void read() {
        const Bytes head = source_.peek(1 + width_);
        if (head.size() < 1 + width_) throw ended();
        const char type = head[0];
        source_.skip(1 + width_);
        if (type == block_type_data) return read_stream(std::nullopt);
        for (;;) {
            const std::uint64_t oid = next_int("large object's OID", largest_oid);
            if (oid == 0) return;
            read_stream(static_cast<std::uint32_t>(oid));
        }
    }

private:
    void read_stream(std::optional<std::uint32_t> oid) {
        handler_.begin_stream(oid, source_.offset());
        while (std::uint64_t left = next_int("data chunk's length", longest_chunk)) {
            while (left > 0) {
                Bytes run = source_.peek(1);
                if (run.empty()) throw ended();
                run = run.substr(0, left);
                handler_.stored_bytes(run, source_.offset());
                source_.skip(run.size());
                left -= run.size();
            }
        }
        handler_.end_stream(source_.offset());
    }

    std::uint64_t next_int(const char* what, std::uint64_t largest) {
        const Bytes window = source_.peek(width_);
        if (window.size() < width_) throw ended();
        const std::uint64_t value = decode_frame_int(window.substr(0, width_), what, largest);
        source_.skip(width_);
        return value;
    }

    Error ended() { return Error(ErrorCode::damaged, "block breaks off").at(source_.offset()); }

    ByteSource& source_;
    const std::size_t width_;
    ContentHandler& handler_;
};

}  // namespace

void read_content(ByteSource& source, const Layout& layout, ContentHandler& handler) {
    ContentReader(source, layout, handler).read();
}

}  // namespace pgfilter
