// The one invariant of reader and writer, for any input at all: refuse it with an Error, or reproduce it.
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "fuzz_target.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace {

using namespace pgfilter;

std::optional<std::string> copy(Bytes input) try {
    MemorySource source(input);
    MemorySink sink;
    const Prologue prologue = read_prologue(source);
    ArchiveWriter writer(sink, prologue);
    read_blocks(source, prologue, writer);
    writer.finish();
    return sink.bytes();
} catch (const Error&) {
    return std::nullopt;
}

}  // namespace

bool fuzz_one(Bytes input) {
    const std::optional<std::string> output = copy(input);
    if (output && *output != input) std::abort();
    return output.has_value();
}
