// SPDX-License-Identifier: PostgreSQL
// Texts of archives as people read them.
#pragma once

#include <string>
#include <utility>

#include "pgfilter/bytes.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter::cli {

/// In single quotes on one line, or NULL; characters that could steer a terminal, as escapes.
void write_visible(Text text, ByteSink& output);
std::string visible(Text text);

/// The lines in which two texts differ, from the first to the last.
std::pair<Bytes, Bytes> differing_lines(Bytes a, Bytes b);

}  // namespace pgfilter::cli
