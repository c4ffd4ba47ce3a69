// What a dump of PostgreSQL 14 or older takes for granted of schema public.
#pragma once

#include <optional>
#include <string>

#include "pgfilter/job.hpp"

namespace pgfilter::cli {

/// That roles created objects in schema public because everybody could, which from PostgreSQL 15 on nobody
/// but its owner can; nothing if none did, or if the archive grants it.  pg_dump up to 14 takes the privilege
/// for the server's own and writes no GRANT.
std::optional<std::string> describe_lost_create(const Plan& plan);

}  // namespace pgfilter::cli
