// Entries that hang on an object: its privileges, comment and security labels.
#pragma once

#include <initializer_list>

#include "pgfilter/toc.hpp"
#include "sql/statement.hpp"

namespace pgfilter {

/// Whether the entry is an ACL, COMMENT or SECURITY LABEL of an object of that kind, given as keywords.
/// Decided by its SQL: tags differ between versions (up to PostgreSQL 10 a database's is its bare name) and
/// can be deceptive.
inline bool is_attached_to(const TocEntry& entry, std::initializer_list<std::string_view> kind,
                           sql::Dialect dialect) {
    const Bytes desc = entry.desc();
    if (desc != "ACL" && desc != "COMMENT" && desc != "SECURITY LABEL") return false;
    return entry.namespace_().value_or("").empty() && sql::is_on(entry.defn().value_or(""), kind, dialect);
}

}  // namespace pgfilter
