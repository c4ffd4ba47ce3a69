// SPDX-License-Identifier: PostgreSQL
// What a file has besides its bytes: owner, mode, access control list, extended attributes.
#pragma once

#include <sys/stat.h>

#include <string>

namespace pgfilter {

/// Gives the file open as `to` what the one open as `from` has, so that nobody may do more with the new one:
/// owner and group (if `owner_too`), access control list, extended attributes, mode.  `status` is of `from`,
/// `name` for messages.  Throws Error (io) where something cannot be carried over.
void copy_attributes(int from, int to, const struct stat& status, bool owner_too, const std::string& name);

}  // namespace pgfilter
