// SPDX-License-Identifier: PostgreSQL
// Writing the archive in another version of the format, for a pg_restore that does not read the one it has.
#pragma once

#include <string>
#include <vector>

namespace pgfilter {

/// Major versions of PostgreSQL that an archive can be written for, the oldest first.
std::vector<std::string> known_readers();

}  // namespace pgfilter
