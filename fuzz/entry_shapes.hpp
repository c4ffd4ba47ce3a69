// SPDX-License-Identifier: PostgreSQL
// Entries as pg_dump writes them, one of each kind that rules treat in a way of its own.
#pragma once

#include "fuzz_target.hpp"
#include "support/archive_builder.hpp"

pgfilter::test::EntryValue shape_of_entry(Random& random);
