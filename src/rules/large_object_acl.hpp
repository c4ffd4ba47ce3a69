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

/// Whether pg_restore cannot read these privileges.
bool is_broken_group_acl(const TocEntry& entry, sql::Dialect dialect);

/// The broken ones of the entries that a rule changes, to be repaired when it has seen all entries: the new
/// entries must not be changed once more.
class BrokenGroupAcls {
public:
    explicit BrokenGroupAcls(sql::Dialect dialect) : dialect_(dialect) {}

    /// Remembers the entry if it is broken.
    void note(const TocEntry& entry, std::size_t index, std::size_t spec = 0);
    /// Puts an entry for each large object in their places.  Those are left alone whose large objects the
    /// archive does not list.
    void split(RuleContext& context) const;

private:
    struct Place {
        std::size_t index;
        std::size_t spec;
    };
    void split(RuleContext& context, Place place) const;

    sql::Dialect dialect_;
    std::vector<Place> places_;
};

}  // namespace pgfilter
