// SPDX-License-Identifier: PostgreSQL
// Chance that can be repeated.
#pragma once

#include <cstddef>
#include <random>

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    /// 0 to count - 1.  REQUIRES: count > 0.
    std::size_t below(std::size_t count) { return engine_() % count; }
    bool one_in(std::size_t count) { return below(count) == 0; }

    /// An element.  REQUIRES: there is one.
    template <class Container>
    auto& pick(Container& from) {
        return from[below(std::size(from))];
    }

private:
    std::minstd_rand engine_;
};
