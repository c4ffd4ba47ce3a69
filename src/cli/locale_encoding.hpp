// SPDX-License-Identifier: PostgreSQL
// What the user's words are in.
#pragma once

#include <string>

namespace pgfilter::cli {

/// The encoding of the locale, as iconv() calls it.  Empty if it is UTF-8, or ASCII alone.
std::string locale_encoding();

}  // namespace pgfilter::cli
