// SPDX-License-Identifier: PostgreSQL
// The variables that psql has.
#pragma once

#include <string_view>

namespace pgfilter::sql {

/// Whether psql sets the variable itself (9.6 to 18), so that a colon and its name are always replaced.
bool is_psql_variable(std::string_view name);

}  // namespace pgfilter::sql
