// SPDX-License-Identifier: PostgreSQL
// Operator classes of extensions that come with PostgreSQL, as far as exclusion constraints use them: pg_dump
// says nothing of the dependencies of a constraint's index.
#pragma once

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// btree_gist makes "=" and "<>" work in exclusion constraints, and "=" in keys WITHOUT OVERLAPS, for types
/// that are no ranges.  All other operators that a constraint can have ("&&") work without it.
bool may_use_btree_gist(Bytes defn);

/// The extension that an operator class for GiST is from which is no default, so that constraints name it;
/// empty if it is of no well-known one.
Bytes extension_of_operator_class(Bytes name);

}  // namespace pgfilter
