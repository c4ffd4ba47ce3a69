// SPDX-License-Identifier: PostgreSQL
// Mutants of archives that are archives.
#pragma once

#include <string>

#include "fuzz_target.hpp"
#include "support/archive_builder.hpp"

/// Changes entries, texts, dependencies, data and header, and writes lengths, counts and offsets that are
/// right; now and then changes bytes after that, or nothing but bytes, as with what is no archive.
std::string mutate_archive(pgfilter::Bytes archive, std::size_t most, Random& random);

/// A text that occurs in the archive, such as a name; empty if there is none.
std::string text_of_archive(pgfilter::Bytes archive, Random& random);
