// SPDX-License-Identifier: PostgreSQL
// What a dump of PostgreSQL 14 or older takes for granted of schema public.
#pragma once

#include <set>
#include <string>

#include "pgfilter/job.hpp"

namespace pgfilter {

/// The roles, the first 20 of them, that created objects in schema public because everybody could, which from
/// PostgreSQL 15 on nobody but its owner can; none if the archive grants it.  pg_dump up to 14 takes the
/// privilege for the server's own and writes no GRANT.
std::set<std::string> creators_without_grant(const Plan& plan);

}  // namespace pgfilter
