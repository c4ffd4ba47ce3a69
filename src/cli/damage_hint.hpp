// SPDX-License-Identifier: PostgreSQL
// What probably has damaged an archive.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter::cli {

/// Found in the bytes of the input, if it is a file that can be read again; empty if they show nothing.
std::string damage_hint(const Options& options);

/// The error with damage_hint() in its message, if it is of a kind that a damaged archive leads to.
Error with_damage_hint(const Error& error, const Options& options);

}  // namespace pgfilter::cli
