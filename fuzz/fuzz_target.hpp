// What every fuzz target defines.
#pragma once

#include "pgfilter/bytes.hpp"

/// Tries one input.  Aborts if an invariant is broken; returns whether the input was accepted, that is,
/// whether the invariant was put to the test at all.
bool fuzz_one(pgfilter::Bytes input);
