// SPDX-License-Identifier: PostgreSQL
// Privileges of a group of large objects.
//
// pg_dump from 17 on writes one ACL entry for a group of large objects with the same owner and privileges,
// about the first of them, and pg_restore repeats its statements for each (IssueACLPerBlob in
// pg_backup_archiver.c).  It knows nothing of SET SESSION AUTHORIZATION, which pg_dump writes around what
// others than the owner granted, and makes errors of it; an entry about one large object it takes as it is.
#pragma once

#include <cstddef>
#include <vector>

#include "pgfilter/rule.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// Whether these are privileges of a group.
bool is_group_acl(const TocEntry& entry);
/// Whether pg_restore cannot read them.
bool is_broken_group_acl(const TocEntry& entry, sql::Dialect dialect);

/// Puts an entry for each large object in the place of one that is broken.  Leaves it alone if the archive
/// does not list its large objects.
void split_group_acl(RuleContext& context, std::size_t index, sql::Dialect dialect);

/// Splits those that rules have changed, in whatever way; others stay as pg_dump wrote them.  To be done when
/// all rules have been applied, which then need not know of it.
void split_changed_group_acls(Prologue& prologue, std::vector<RuleReport>& reports, Closure& closure);

}  // namespace pgfilter
