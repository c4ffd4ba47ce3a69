// SPDX-License-Identifier: PostgreSQL
// The privileges that a single statement grants or revokes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/privileges.hpp"
#include "sql/role_finder.hpp"

namespace pgfilter::sql {

/// SELECT, SELECT(a) or ALL.  SELECT(a,b) is two.
struct PrivilegeText {
    PrivilegeSet privileges = 0;
    std::string_view name;    ///< as it stands there
    std::string_view column;  ///< as it stands there; empty: the object as a whole
    bool is_all = false;
};

/// Reads what stands between GRANT and ON.  `object`: what stands behind it, since ALL depends on that.
/// Nothing if it is no such list.  Throws Error (limit) if it is longer than any that a server takes.
std::vector<PrivilegeText> read_privileges(std::string_view sql, std::string_view object, Dialect dialect);

/// Adds those of `one` that are in the set to a list for a statement: as they stand there, if all are.
/// `knows_maintain`: ALL has MAINTAIN.
void add_privileges(std::string& list, const PrivilegeText& one, PrivilegeSet privileges,
                    bool knows_maintain);

/// A statement that grants or revokes, in its text.
struct GrantText {
    std::string_view sql;
    TextRange statement;
    const StatementFacts& facts;
};

/// Adds the statement on a line of its own, with these privileges and grantees in place of those it has.
/// Adds nothing if there are no privileges.
void add_statement(std::string& statements, const GrantText& original, std::string_view privileges,
                   std::string_view grantees, bool with_grant_option);

}  // namespace pgfilter::sql
