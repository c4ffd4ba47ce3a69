// SPDX-License-Identifier: PostgreSQL
// The parts of an entry's tag.
//
// A tag is a name in a form that depends on the kind of the entry, without any quotes: pg_dump writes it for
// people to read.  The entry's definition distinguishes "my table" from "my" and "table".
//
//     kind           tag                         parts
//     TABLE          users                       name users
//     FUNCTION       add(integer, integer)       name add, types (integer, integer)
//     CONSTRAINT     users users_pkey            relation users, name users_pkey
//     COMMENT        COLUMN users.email          object COLUMN, name users.email
//     ACL            FUNCTION add(integer)       object FUNCTION, name add, types (integer)
//
// Facts are from PostgreSQL's pg_dump.c, versions 8.0 to 19.
#pragma once

#include <string>

#include "pgfilter/export.hpp"
#include "pgfilter/sql.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// Parts that a tag does not have are empty.  Views are of the tag, and live until it changes.
struct TagParts {
    Bytes object;  ///< of privileges, comments and labels: the desc of their object
    /// Of constraints, triggers, policies, rules and defaults: the relation they are on, as the definition
    /// says.
    std::string relation;
    Bytes name;
    Bytes types;  ///< of functions, procedures and aggregates: the types of arguments, with parentheses
};

/// A tag that is not of the form of its kind is a name as a whole, as those of triggers, policies and rules
/// are that pg_dump 9.5 and older wrote.
PGFILTER_API TagParts parts_of_tag(const TocEntry& entry, sql::Dialect dialect);

}  // namespace pgfilter
