// SPDX-License-Identifier: PostgreSQL
// Which names of the library a program can use.
#pragma once

// NOLINTBEGIN(cppcoreguidelines-macro-usage): attributes
/// Marks what the shared library exports; all else in it is hidden.
#define PGFILTER_API __attribute__((visibility("default")))
/// The same of what is inside a class that is exported and is not meant for others.
#define PGFILTER_HIDDEN __attribute__((visibility("hidden")))
// NOLINTEND(cppcoreguidelines-macro-usage)
