// SPDX-License-Identifier: PostgreSQL
// What entries are called in reports: with control characters made harmless, and very long names cut, for a
// hostile archive can have names of any length.
#pragma once

#include <string>

#include "pgfilter/toc.hpp"

namespace pgfilter {

/// "12; TABLE app users": the entry as the line of a list begins.
std::string identity(const TocEntry& entry);

/// "public.users".
std::string short_name(const TocEntry& entry);

/// "TABLE public.users".
std::string kind_and_name(const TocEntry& entry);

/// What a block of rows is of: "public.users", or "large objects".
std::string name_of_rows(const TocEntry& data);

}  // namespace pgfilter
