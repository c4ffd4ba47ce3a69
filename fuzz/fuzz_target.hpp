// SPDX-License-Identifier: PostgreSQL
// What fuzz targets define, and what they are given.
#pragma once

#include <cstddef>
#include <string>

#include "pgfilter/bytes.hpp"
#include "random.hpp"

/// Tries one input.  Aborts if an invariant is broken; returns whether the input was accepted, that is,
/// whether the invariant was put to the test at all.
bool fuzz_one(pgfilter::Bytes input);

/// Another input of at most `most` bytes, like this one.  A target that does not define it gets
/// mutate_bytes().
std::string fuzz_mutate(pgfilter::Bytes input, std::size_t most, Random& random);

/// What accepted inputs should have tried by now and did not, as text for people.  A target that does not
/// define it wants nothing.
std::string fuzz_untried();

/// Changes some bytes of a text that may become `most` long: by libFuzzer's means, dictionary included, or in
/// an ordinary build by simpler ones.
std::string mutate_bytes(pgfilter::Bytes text, std::size_t most, Random& random);

/// Ends the program if what must hold does not.
void require(bool condition);
