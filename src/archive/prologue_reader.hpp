// SPDX-License-Identifier: PostgreSQL
// Reading header and TOC in spite of what contradicts itself in them.
#pragma once

#include <functional>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {

/// Hears of a fault that the reading can go on after; the Error has its kind.
using FaultHandler = std::function<void(const Error& error)>;

/// As the public function, but what can be read all the same is reported to `on_fault`.  Dump IDs that come
/// twice and data offsets that cannot be are not reported: the result shows them.  In it, data flags are 0 or
/// not, sections are any number, and what is no dump ID among the dependencies is any number too.
Prologue read_prologue(ByteSource& source, const Limits& limits, const FaultHandler& on_fault);

}  // namespace pgfilter
