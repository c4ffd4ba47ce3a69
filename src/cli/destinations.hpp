// SPDX-License-Identifier: PostgreSQL
// That nothing is written where it would cost the user an archive.
#pragma once

#include <optional>
#include <string>

#include "cli/options.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {

/// Throws Error (usage) if what goes to standard output, to a file or into a report would destroy the input,
/// which is open as `input`, or be mixed with something else.
void refuse_harmful_destinations(int input, const Options& options);

/// The file that is to be replaced, or made, as it is before anything is read; nothing where what is written
/// goes to something that is open already or no regular file.
std::optional<FileTarget> claim_target(int input, const Options& options);

}  // namespace pgfilter::cli
