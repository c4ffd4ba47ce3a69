// SPDX-License-Identifier: PostgreSQL
// The decoders that --check uses unwrap here too, and filters of Boost.Iostreams where there is none.
//
// libarchive's raw format and filters cannot: up to 3.9 its gzip filter does not look at checksum and length,
// its gzip and lz4 filters take foreign bytes after a stream for the end, and its xz filter has no limit of
// memory.
#include "pgfilter/wrapped.hpp"

#include <algorithm>
#include <array>
#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "codecs/decoder.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t free_of_ratio = 64 * mebibyte;
// Of wrapping that becomes nothing: names of files and comments, which are kept in memory, and frames to be
// skipped.
constexpr std::uint64_t longest_silence = 16 * mebibyte;
constexpr std::size_t stored_piece = 64 * 1024;

/// A Source of Boost.Iostreams over a ByteSource.
class StoredBytes {
public:
    using char_type = char;
    using category = boost::iostreams::source_tag;

    explicit StoredBytes(ByteSource& source) : source_(source) {}

    std::streamsize read(char* to, std::streamsize size) {
        if (source_.offset() - latest_result_ > longest_silence)
            throw Error(ErrorCode::limit, "is wrapped in more than " +
                                              std::to_string(longest_silence / mebibyte) +
                                              " MiB that become nothing");
        const Bytes run = source_.peek(1).substr(0, static_cast<std::size_t>(size));
        at_end_ = run.empty();
        if (at_end_) return -1;
        std::memcpy(to, run.data(), run.size());
        source_.skip(run.size());
        return static_cast<std::streamsize>(run.size());
    }

    /// Something has come of what was read up to here.
    void had_result() noexcept { latest_result_ = source_.offset(); }
    [[nodiscard]] bool at_end() const noexcept { return at_end_; }
    [[nodiscard]] std::uint64_t offset() const noexcept { return source_.offset(); }

private:
    ByteSource& source_;
    std::uint64_t latest_result_ = 0;
    bool at_end_ = false;
};

class Unpacker {
public:
    Unpacker() = default;
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;
    virtual ~Unpacker() = default;

    /// -1 at the end.
    virtual std::streamsize read(StoredBytes& from, char* to, std::streamsize size) = 0;
};

class DecodingUnpacker final : public Unpacker {
public:
    explicit DecodingUnpacker(std::unique_ptr<Decoder> decoder)
        : decoder_(std::move(decoder)), buffer_(stored_piece, '\0') {}

    std::streamsize read(StoredBytes& from, char* to, std::streamsize size) override {
        const std::span<char> all(to, static_cast<std::size_t>(size));
        std::span<char> room = all;
        while (!room.empty()) {
            if (!fault_.empty()) throw std::runtime_error(fault_);
            if (rest_.empty() && !from.at_end()) fill(from);
            if (from.at_end() && !inside_) break;
            const Decoded step = decoder_->decode(rest_, room);
            fault_ = step.fault;
            if (from.at_end() && step.made == 0 && !step.ended) fault_ = "not complete";
            inside_ = !step.ended;
            rest_.remove_prefix(step.taken);
            room = room.subspan(step.made);
        }
        const std::size_t made = all.size() - room.size();
        return made > 0 ? static_cast<std::streamsize>(made) : -1;
    }

private:
    void fill(StoredBytes& from) {
        const std::streamsize got = from.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        rest_ = Bytes(buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    }

    std::unique_ptr<Decoder> decoder_;
    std::string buffer_;
    Bytes rest_;           // of what is in the buffer
    bool inside_ = false;  // of a stream
    std::string fault_;    // the same whenever it is read again
};

template <class Filter>
class FilterUnpacker final : public Unpacker {
public:
    template <class... Arguments>
    explicit FilterUnpacker(Arguments... arguments) : filter_(arguments...) {}

    std::streamsize read(StoredBytes& from, char* to, std::streamsize size) override {
        return filter_.read(from, to, size);
    }

private:
    Filter filter_;
};

std::unique_ptr<Unpacker> make_unpacker(Wrapping wrapping) {
    namespace io = boost::iostreams;
    constexpr std::streamsize size = stored_piece;
    switch (wrapping) {
        case Wrapping::gzip:
            return std::make_unique<DecodingUnpacker>(make_gzip_decoder());
        case Wrapping::bzip2:
            return std::make_unique<FilterUnpacker<io::bzip2_decompressor>>(false, size);
        case Wrapping::xz:
            return std::make_unique<FilterUnpacker<io::lzma_decompressor>>(size);
        case Wrapping::zstd:
            return std::make_unique<DecodingUnpacker>(make_zstd_decoder());
        case Wrapping::lz4:
            return std::make_unique<DecodingUnpacker>(make_lz4_decoder());
        case Wrapping::none:
            break;
    }
    throw Error(ErrorCode::usage, "the input is not wrapped");
}

/// What a library says of a fault, if it is of use.
std::string reason_of(const std::exception& fault) {
    constexpr int lzma_memory_limit = 6;  // LZMA_MEMLIMIT_ERROR, which Boost has no name for
    if (const auto* const of_lzma = dynamic_cast<const boost::iostreams::lzma_error*>(&fault))
        return of_lzma->error() == lzma_memory_limit ? " (more than 100 MiB of memory would be needed)" : "";
    if (dynamic_cast<const std::ios_base::failure*>(&fault) != nullptr) return "";
    return std::string(" (") + fault.what() + ")";
}

/// Whether a frame of zstd begins so, or one to be skipped, which pzstd begins with.
bool is_zstd(Bytes start) {
    constexpr unsigned char high_bits = 0xf0;
    return start.starts_with("\x28\xb5\x2f\xfd") ||
           (start.size() >= 4 && (static_cast<unsigned char>(start[0]) & high_bits) == 0x50 &&
            start.substr(1).starts_with("\x2a\x4d\x18"));
}

}  // namespace

Wrapping recognise_wrapping(Bytes start) noexcept {
    constexpr std::array<std::pair<Bytes, Wrapping>, 3> magics{{
        {Bytes("\x1f\x8b\x08", 3), Wrapping::gzip},
        {Bytes("\xfd"
               "7zXZ\0",
               6),
         Wrapping::xz},
        {Bytes("\x04\x22\x4d\x18", 4), Wrapping::lz4},
    }};
    for (const auto& [magic, wrapping] : magics) {
        if (start.starts_with(magic)) return wrapping;
    }
    if (start.size() > 3 && start.starts_with("BZh") && start[3] >= '1' &&
        start[3] <= '9')  // the size of its blocks
        return Wrapping::bzip2;
    return is_zstd(start) ? Wrapping::zstd : Wrapping::none;
}

const char* wrapping_name(Wrapping wrapping) noexcept {
    switch (wrapping) {
        case Wrapping::none:
            return "none";
        case Wrapping::gzip:
            return "gzip";
        case Wrapping::bzip2:
            return "bzip2";
        case Wrapping::xz:
            return "xz";
        case Wrapping::zstd:
            return "zstd";
        case Wrapping::lz4:
            return "lz4";
    }
    return "";
}

struct UnwrappingSource::State {
    State(ByteSource& wrapped, Wrapping of, std::uint64_t ratio)
        : stored(wrapped), unpacker(make_unpacker(of)), wrapping(of), max_ratio(ratio) {}

    [[nodiscard]] std::string place() const {
        return " byte " + std::to_string(stored.offset()) + " of the file";
    }

    [[nodiscard]] Error fault(const std::exception& of_library) const {
        const std::string name = std::string("the ") + wrapping_name(wrapping) + " wrapping ";
        if (stored.at_end()) return {ErrorCode::damaged, name + "is cut off, at" + place()};
        return {ErrorCode::damaged, name + "is damaged, before" + place() + reason_of(of_library)};
    }

    void count(std::size_t unpacked) {
        result += unpacked;
        stored.had_result();
        if (max_ratio == 0 || result <= free_of_ratio || result / max_ratio <= stored.offset()) return;
        throw Error(ErrorCode::limit, std::string("what is wrapped in ") + wrapping_name(wrapping) +
                                          " is more than " + std::to_string(max_ratio) +
                                          " times as large, at" + place());
    }

    StoredBytes stored;
    std::unique_ptr<Unpacker> unpacker;
    Wrapping wrapping;
    std::uint64_t max_ratio;
    std::uint64_t result = 0;  // bytes
};

UnwrappingSource::UnwrappingSource(ByteSource& wrapped, Wrapping wrapping, std::uint64_t max_ratio)
    : BufferedSource(256 * 1024), state_(std::make_unique<State>(wrapped, wrapping, max_ratio)) {}

UnwrappingSource::~UnwrappingSource() = default;

std::uint64_t UnwrappingSource::wrapped_offset() const noexcept {
    return state_->stored.offset();
}

std::size_t UnwrappingSource::read_some(char* into, std::size_t size) try {
    State& state = *state_;
    std::streamsize got = 0;
    while (got == 0) got = state.unpacker->read(state.stored, into, static_cast<std::streamsize>(size));
    if (got < 0) return 0;
    state.count(static_cast<std::size_t>(got));
    return static_cast<std::size_t>(got);
} catch (const Error& error) {
    // Its offset, if it has one, is not of what is unpacked.
    throw Error(error.code(), error.message()).at(state_->result);
} catch (const std::runtime_error& fault) {
    throw state_->fault(fault).at(state_->result);
}

}  // namespace pgfilter
