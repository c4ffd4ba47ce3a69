// SPDX-License-Identifier: PostgreSQL
// Keeping the order of a parallel restore when entries are dropped.
#pragma once

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// Where a kept entry depends on a dropped one, puts that one's dependencies in its place, as far as it takes
/// to get past all dropped entries.  Returns how many entries were changed.  Throws Error (limit) if that
/// would make the dependencies of a hostile archive many times larger than they are.
std::size_t bridge_dependencies(Toc& toc, EditorId editor);

}  // namespace pgfilter
