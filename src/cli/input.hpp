// An input that is wrapped in a compressed format.
#pragma once

#include <memory>
#include <string>

#include "cli/options.hpp"
#include "pgfilter/bytes.hpp"

namespace pgfilter::cli {

/// A source of what is inside `stored`, if that is wrapped; null if it is not.  Adds to `file`, which names
/// the input in messages, that offsets are not those of the file.  `input`: its descriptor.
///
/// Throws Error (usage) where the result, which is never wrapped, would take the place of the wrapped file.
std::unique_ptr<ByteSource> unwrap(ByteSource& stored, int input, const Options& options, std::string& file);

}  // namespace pgfilter::cli
