// SPDX-License-Identifier: PostgreSQL
// What the program says on standard error.
#pragma once

#include <string_view>

namespace pgfilter::cli {

/// Prints "pgfilter: MESSAGE", or "pgfilter: MESSAGE: DETAIL", made harmless.  Messages of the program's own
/// need no memory, for it may be that which is to be said.
void complain(std::string_view message, std::string_view detail = {}) noexcept;

/// Prints it as it is.
void print_on_standard_error(std::string_view text) noexcept;

}  // namespace pgfilter::cli
