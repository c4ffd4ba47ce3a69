// SPDX-License-Identifier: PostgreSQL
// What an archive needs to find on the server that it is restored into.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pgfilter/archive.hpp"
#include "pgfilter/export.hpp"

namespace pgfilter {

/// What the entries need that are kept, as they are now.  What every server of PostgreSQL has is left out:
/// the schema public, the languages sql and plpgsql, the locale and collation C, the table access method
/// heap, the index access methods of PostgreSQL itself, the tablespace pg_default; names of more than 1000
/// bytes, which no server can have; and so is what the archive brings along, except extensions, which it
/// cannot bring.
///
/// Names come one by one, sorted by their bytes.  An archive that has more of them than memory of 5 MiB and
/// 1.5 times the table of contents holds is refused (limit).
///
/// Threads: one at a time.  Lifetime: the prologue must outlive it, unchanged; names that it gives are
/// valid during the call.
class PGFILTER_API Needs {
public:
    enum class Kind : std::uint8_t {
        roles,  ///< owners that pg_restore would hand objects to, and roles that the SQL names as roles
        tablespaces,
        access_methods,
        languages,
        label_providers,
        schemas,      ///< that something is in
        tables,       ///< tables, views and sequences that rules have dropped and something depends on
        types,        ///< the same of types and domains
        functions,    ///< the same of functions, procedures and aggregates, with their argument types
        libraries,    ///< of functions in C, as "$libdir/name"
        collations,   ///< of pg_catalog, which its operating system and ICU decide
        locales,      ///< that its operating system has to know
        icu_locales,  ///< that ICU has to know
    };
    /// The oldest PostgreSQL that the entries can be restored into, with its own pg_restore, as far as the
    /// version of the format, their kinds and their columns say.
    struct Oldest {
        std::string version;                    ///< "17"
        std::vector<std::string> patched = {};  ///< minor releases of older ones that can do it, too: "9.6.8"
        std::string because = {};               ///< what needs it; empty: the version of the format
    };
    struct Extension {
        Bytes name;
        std::string schema;   ///< that it is created in; empty if the archive does not say
        std::string version;  ///< empty if the archive does not say, and pg_dump's do not
    };

    /// REQUIRES: the prologue stays as it is while this lives.
    explicit Needs(const Prologue& prologue);

    /// Calls found() with each name and how many entries need it.
    void for_each(Kind kind, const std::function<void(Bytes name, std::size_t entries)>& found) const;
    void for_each_extension(const std::function<void(const Extension&)>& found) const;
    [[nodiscard]] Oldest oldest() const;

private:
    using Indexes = std::vector<std::uint32_t>;

    void add_lacking_extensions();
    [[nodiscard]] bool is_brought(Kind kind, Bytes name) const;

    const Prologue& prologue_;
    // Entries, by their tags.
    Indexes extensions_;
    Indexes own_languages_;
    Indexes own_access_methods_;
    Indexes own_schemas_;
};

/// Whether pg_restore hands the entry's object to its owner, with ALTER ... OWNER.
PGFILTER_API bool has_owner_command(const TocEntry& entry);

}  // namespace pgfilter
