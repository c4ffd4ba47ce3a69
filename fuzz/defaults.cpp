// SPDX-License-Identifier: PostgreSQL
// What a target gets that does not define it.
#include <cstdlib>

#include "fuzz_target.hpp"

[[gnu::weak]] std::string fuzz_mutate(pgfilter::Bytes input, std::size_t most, Random& random) {
    return mutate_bytes(input, most, random);
}

[[gnu::weak]] std::string fuzz_untried() {
    return {};
}

void require(bool condition) {
    if (!condition) std::abort();
}
