// SPDX-License-Identifier: PostgreSQL
// What an entry names that its server has to have.
#pragma once

#include <functional>

#include "pgfilter/needs.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// Calls its last argument with each name, but for those that every server has.
using FindNeeded = void (*)(const Toc& toc, const TocEntry& entry, sql::Dialect dialect,
                            const std::function<void(Bytes)>& found);

[[nodiscard]] FindNeeded finder_of(Needs::Kind kind);

}  // namespace pgfilter
