// SPDX-License-Identifier: PostgreSQL
// Which extension made what has no entry in an archive.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// The schema of the objects that an extension makes; empty if its entry does not say.
std::string schema_of_extension(const TocEntry& extension, sql::Dialect dialect);

/// The extensions that can have made the objects that foundlings are of: rows, privileges, statistics … of
/// what is not in the archive.  pg_dump does not say which it was.
///
/// Known from the names of well-known extensions' tables and from the schema; else from the OIDs, for a
/// script makes its tables in one go; else from what is known of others: the same object, its table, its
/// neighbours.
class Makers {
public:
    using Index = std::uint32_t;
    using Candidates = std::span<const Index>;

    explicit Makers(const Toc& toc);

    /// `relation`: the name of the table, view or sequence that it is of, if it is of one.
    void add(Index entry, std::optional<std::string> relation);
    /// To be called when all have been added.
    void decide();

    /// Calls found(entry, candidates) for all that were added: one if it is known who made the object,
    /// several if not, none if no extension can have.
    void for_each(const std::function<void(Index, Candidates)>& found) const;
    /// Those that make their objects in that schema.
    [[nodiscard]] Candidates of_schema(Bytes schema) const;

private:
    using Set = std::uint32_t;  // the first ones are those of one extension each

    using Oid = std::uint32_t;
    using Made = std::vector<std::pair<Oid, Set>>;  // extensions, in their order
    /// Where relations stand in the order of their OIDs.
    struct RelationPlace {
        DumpId id = 0;
        Oid oid = 0;
        bool is_of_extension = false;
    };
    struct Extension {
        Index entry = 0;
        Oid oid = 0;
        Bytes name;
        std::string schema;
    };
    struct Foundling {
        Index entry = 0;
        Set set = 0;
        std::optional<std::string> relation;
    };
    /// The sets of a schema.
    struct OfSchema {
        std::vector<Index> homed;  // extensions, by their place here
        Set all = 0;
        Set with_tables = 0;
    };

    [[nodiscard]] std::optional<Set> find_script(Bytes schema) const;
    [[nodiscard]] std::optional<Set> find_known(const Foundling& foundling) const;
    [[nodiscard]] Set narrow(const Foundling& foundling);
    [[nodiscard]] Set narrow_to_members(const OfSchema& schema, Bytes function);
    Set make_set(const std::vector<Index>& extensions);
    [[nodiscard]] std::vector<Index> with_tables(const std::vector<Index>& extensions, bool unlisted) const;
    void decide_by_oid();
    void decide_by_object();
    void decide_by_table();
    void decide_sequences();
    void settle_between(Foundling& foundling, const RelationPlace& before, const Made& made,
                        Made::const_iterator behind);
    [[nodiscard]] std::vector<RelationPlace> place_relations() const;
    void decide_by_schema();

    [[nodiscard]] bool is_decided(const Foundling& foundling) const {
        return foundling.set < extensions_.size();
    }
    [[nodiscard]] bool is_open(const Foundling& foundling) const { return sets_[foundling.set].size() > 1; }
    /// Whether the extension is among those that the foundling can be of, which decides the matter.
    bool settle(Foundling& foundling, Set extension);
    [[nodiscard]] bool is_candidate(const Foundling& foundling, Set extension) const;
    /// That its object is in, or is.
    [[nodiscard]] Bytes schema_of(const Foundling& foundling) const;

    const Toc& toc_;
    std::vector<Extension> extensions_;
    std::vector<Index> listed_;             // those whose tables are known, by their place; each name once
    std::vector<std::vector<Index>> sets_;  // entries of extensions
    std::map<std::vector<Index>, Set> of_several_;
    std::map<std::string, OfSchema, std::less<>> schemas_;
    OfSchema anywhere_;
    std::vector<Foundling> foundlings_;
};

}  // namespace pgfilter
