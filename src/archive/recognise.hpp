// SPDX-License-Identifier: PostgreSQL
// Names what an input is that is not a custom-format archive.
#pragma once

#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// What the input seems to be, and what to do with it.  `start`: its first bytes, 512 where it has them.
std::string describe_foreign_input(Bytes start);

/// What has damaged an archive, if these first bytes of it show that it was taken for text; empty if not.
/// `start`: 1024 bytes or more where it has them, as there is a line feed among those of every archive; the
/// more there are, the more can be said.
std::string describe_text_damage(Bytes start);

/// The same of an archive whose blocks begin before their places, and that has no CR LF: the most of it that
/// is at hand.
std::string describe_lost_line_ends(Bytes archive);

/// Why an archive of that version cannot be read; empty if it can.
std::string refuse_version(int major, int minor, int revision);

}  // namespace pgfilter
