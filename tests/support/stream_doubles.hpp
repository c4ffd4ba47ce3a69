// Sources and sinks that behave in the ways that real ones sometimes do.
#pragma once

#include <algorithm>
#include <cstring>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/bytes.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter::test {

/// Gives no more than a few bytes at a read, through a buffer of the same size.
class TricklingSource final : public BufferedSource {
public:
    TricklingSource(Bytes bytes, std::size_t at_once)
        : BufferedSource(at_once), bytes_(bytes), at_once_(at_once) {}

protected:
    std::size_t read_some(char* into, std::size_t size) override {
        const std::size_t count = std::min({size, at_once_, bytes_.size()});
        std::memcpy(into, bytes_.data(), count);
        bytes_.remove_prefix(count);
        return count;
    }

private:
    Bytes bytes_;
    std::size_t at_once_;
};

/// Reads an archive and writes it unchanged.  Throws what reader and writer throw.
inline Trailer copy_archive(ByteSource& source, ByteSink& sink) {
    const Prologue prologue = read_prologue(source);
    ArchiveWriter writer(sink, prologue);
    const Trailer trailer = read_blocks(source, prologue, writer);
    writer.finish();
    return trailer;
}

/// The Error that an input is refused with; nothing if it is accepted.  What was written goes to `output`.
inline std::optional<Error> refusal(Bytes input, std::string* output = nullptr) {
    MemorySource source(input);
    MemorySink sink;
    std::optional<Error> refused;
    try {
        copy_archive(source, sink);
    } catch (const Error& error) {
        refused = error;
    }
    if (output != nullptr) *output = sink.bytes();
    return refused;
}

}  // namespace pgfilter::test
