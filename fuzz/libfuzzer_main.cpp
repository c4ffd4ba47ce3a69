// SPDX-License-Identifier: PostgreSQL
// A fuzz target as libFuzzer wants it.  Counts, for a campaign whose inputs are all refused tests nothing.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz_target.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

constexpr long enough = 20'000;  // executions, to judge by

long executed = 0;
long accepted = 0;
bool mutating = false;  // before that, the corpus is read

void tell() {
    if (executed == 0) return;
    const double percent = 100.0 * static_cast<double>(accepted) / static_cast<double>(executed);
    std::fprintf(stderr, "%ld mutants executed, %ld accepted (%.1f %%)\n", executed, accepted, percent);
    if (executed < enough || percent >= FUZZ_MIN_PERCENT) return;
    std::fprintf(stderr, "fewer than %d %%: the campaign tested too little\n", FUZZ_MIN_PERCENT);
    ::_exit(1);
}

}  // namespace

std::string mutate_bytes(pgfilter::Bytes text, std::size_t most, Random& /*random*/) {
    std::string bytes(text.substr(0, most));
    const std::size_t size = bytes.size();
    bytes.resize(std::max<std::size_t>(most, 1));
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
    return bytes;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    return std::atexit(tell);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bool was_accepted = fuzz_one({reinterpret_cast<const char*>(data), size});
    if (mutating) {
        ++executed;
        accepted += was_accepted ? 1 : 0;
    }
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    mutating = true;
    Random random(seed);
    const std::string mutant = fuzz_mutate({reinterpret_cast<const char*>(data), size}, most, random);
    const std::size_t length = std::min(mutant.size(), most);
    std::copy_n(mutant.data(), length, data);
    return length;
}
