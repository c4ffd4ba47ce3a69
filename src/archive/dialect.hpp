// SPDX-License-Identifier: PostgreSQL
// How the SQL of an archive is to be read: dialect_of(), and its encoding.
#pragma once

#include "archive/encoding.hpp"
#include "pgfilter/archive.hpp"

namespace pgfilter {

/// What its texts are in.  Null if it has no ENCODING entry, or one of an encoding that PostgreSQL does not
/// know.
const Encoding* encoding_of(const Toc& toc);

}  // namespace pgfilter
