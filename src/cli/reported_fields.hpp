// The fields whose changes are reported.
#pragma once

#include <array>

#include "pgfilter/toc.hpp"

namespace pgfilter::cli {

struct ReportedField {
    Field field;
    const char* name;  ///< for people
    const char* key;   ///< in JSON
};

inline constexpr std::array<ReportedField, 6> reported_fields{{
    {Field::owner, "owner", "owner"},
    {Field::tablespace, "tablespace", "tablespace"},
    {Field::tableam, "table access method", "table_access_method"},
    {Field::tag, "tag", "name"},
    {Field::defn, "definition", "definition"},
    {Field::drop_stmt, "drop statement", "drop_statement"},
}};

}  // namespace pgfilter::cli
