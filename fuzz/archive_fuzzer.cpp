// SPDX-License-Identifier: PostgreSQL
// The one invariant of reader and writer, for any input at all: refuse it with an Error, or reproduce it.
#include <optional>

#include "archive_mutator.hpp"
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

std::string fuzz_mutate(Bytes input, std::size_t most, Random& random) {
    return mutate_archive(input, most, random);
}

bool fuzz_one(Bytes input) {
    const std::optional<std::string> output = copy(input);
    if (output) require(*output == input);
    return output.has_value();
}
