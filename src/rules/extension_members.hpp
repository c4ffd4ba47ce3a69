// SPDX-License-Identifier: PostgreSQL
// What well-known extensions make: their members have no entries in an archive.
#pragma once

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// What is known of whether an extension makes something.
enum class Makes : unsigned char { yes, no, unknown };

/// Whether the extension makes a type of that name.
Makes makes_type(Bytes extension, Bytes name);

/// Whether it makes a function, operator, collation, text search object or type of that name.
Makes makes_member(Bytes extension, Bytes name);

/// Whether all that it makes is in its own schema, and it makes no table access method.
bool is_confined(Bytes extension);

/// Whether PostgreSQL itself has a type of that name, or its first word: "timestamp with time zone".
bool is_builtin_type(Bytes name);

/// Whether it is a keyword or one of the functions of PostgreSQL that most defaults and checks call.
bool is_common_call(Bytes name);

}  // namespace pgfilter
