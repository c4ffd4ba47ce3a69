// SPDX-License-Identifier: PostgreSQL
// Archives in which each CR LF has become a line feed.
#include <algorithm>
#include <optional>

#include "archive/recognise.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

constexpr std::uint64_t most_lost = 4096;

/// How many bytes before its place the block of the entry begins; nothing if it is not found there.
std::optional<std::uint64_t> bytes_lost_before(const TocEntry& entry, unsigned int_size, Bytes archive) {
    const std::uint64_t place = entry.data_offset().position;
    std::string number(1, '\0');  // the sign
    for (unsigned i = 0; i < int_size; ++i)
        number +=
            static_cast<char>(i < 4 ? static_cast<std::uint32_t>(entry.dump_id()) >> (8 * i) & 0xffU : 0U);
    for (std::uint64_t lost = 0; lost <= std::min(most_lost, place); ++lost) {
        const std::uint64_t begin = place - lost;
        if (begin + 1 + number.size() > archive.size()) continue;
        const char type = archive[begin];
        if ((type == 1 || type == 3) && archive.substr(begin + 1).starts_with(number)) return lost;
    }
    return std::nullopt;
}

}  // namespace

std::string describe_lost_line_ends(Bytes archive) try {
    if (archive.find("\r\n") != Bytes::npos) return {};
    MemorySource source(archive);
    const Prologue prologue = read_prologue(source);
    const TocEntry* last = nullptr;
    for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
        const TocEntry& entry = prologue.toc[i];
        const DataOffset offset = entry.data_offset();
        if (!entry.has_data() || offset.state != DataOffset::State::set) continue;
        if (offset.position > archive.size() + most_lost) continue;
        if (last == nullptr || offset.position > last->data_offset().position) last = &entry;
    }
    if (last == nullptr) return {};
    const auto lost = bytes_lost_before(*last, prologue.header.layout.int_size, archive);
    if (!lost || *lost == 0) return {};
    return std::to_string(*lost) + (*lost == 1 ? " byte is" : " bytes are") +
           " missing, and no CR LF is left in it, as if each had become a line feed, which happens to text; "
           "transfer it as binary (no text attribute in git, FTP in binary mode)";
} catch (const Error&) {
    return {};
}

}  // namespace pgfilter
