// SPDX-License-Identifier: PostgreSQL
// Where in an archive roles are named, and where they are only mentioned.
#pragma once

#include <string>

#include "pgfilter/rule.hpp"

namespace pgfilter {

/// Entries whose SQL names roles as roles.
bool names_roles(EntryKind kind);

/// Entries where the owner's name in SQL means whatever role is the owner: in an ACL, what concerns the
/// owner's own privileges (aclnewowner() in acl.c); of a schema, AUTHORIZATION.
constexpr EntryKinds names_owner = EntryKind::acl | EntryKind::schema;

/// Entries whose SQL cannot mention a role in a body, an expression or an option: it consists of names alone,
/// of text for people, or of data.
bool has_no_mentions(EntryKind kind);

/// From PostgreSQL 17 on, ALL on a table has MAINTAIN.
bool knows_maintain(const Header& header);

/// Throws Error (usage) if no role can have that name.
void check_role_name(const std::string& name);
/// The same, and if PostgreSQL would cut it.
void check_new_role_name(const std::string& name);

/// The entry has no owner.
void clear_owner(RuleContext& context, TocEntry& entry, std::size_t spec = 0);

}  // namespace pgfilter
