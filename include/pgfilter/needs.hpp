// What an archive needs to find on the server that it is restored into.
#pragma once

#include <map>
#include <string>

#include "pgfilter/archive.hpp"

namespace pgfilter {

/// Names and how many entries need each.  What every server of PostgreSQL has is left out: the languages sql
/// and plpgsql, the table access method heap, the index access methods of PostgreSQL itself, the tablespace
/// pg_default; names of more than 1000 bytes, which no server can have; and so is what the archive brings
/// along, except extensions, which it cannot bring.
struct Needs {
    struct Extension {
        std::string schema;   ///< that it is created in; empty if the archive does not say
        std::string version;  ///< empty if the archive does not say, and pg_dump's do not
    };
    using Counts = std::map<std::string, std::size_t>;

    /// Owners that pg_restore would hand objects to, and roles that the SQL names as roles.
    Counts roles;
    std::map<std::string, Extension> extensions;
    Counts tablespaces;
    Counts access_methods;
    Counts languages;
    Counts label_providers;
    /// The oldest PostgreSQL whose pg_restore reads this version of the format: "17".
    std::string oldest_version;
};

/// Looks at the entries that are kept, as they are now.
Needs find_needs(const Prologue& prologue);

/// Whether pg_restore hands the entry's object to its owner, with ALTER ... OWNER.
bool has_owner_command(const TocEntry& entry);

}  // namespace pgfilter
