// SPDX-License-Identifier: PostgreSQL
// What belongs to what in an archive, and what uses what.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/dependency_walk.hpp"
#include "rules/inheritance.hpp"
#include "rules/makers.hpp"
#include "rules/membership.hpp"
#include "rules/name_index.hpp"
#include "sql/relation_names.hpp"

namespace pgfilter {

/// How an entry depends on another.
enum class Bond : std::uint8_t {
    belongs,  ///< is nothing without it: an index and its table
    uses,     ///< is something of its own that cannot be made without it: a view and its table
};

/// The dependencies between entries, from the object to what depends on it.  Entries are indexes of the Toc.
///
/// Belonging is decided by dependencies; where pg_dump gives several or none, by SQL, tag and namespace.
class DependencyGraph {
public:
    /// `kept`: skip dropped entries.  Faster, but the graph then has no edges from them, and does not know
    /// whose they are.
    enum class Scope : std::uint8_t { all, kept };

    explicit DependencyGraph(const Toc& toc, Scope scope = Scope::all);

    [[nodiscard]] EntryKind kind(std::size_t entry) const { return kinds_[entry]; }
    /// Calls found(dependent, bond) for what depends on the entry; perhaps several times for the same.
    template <class Found>
    void for_each_dependent(std::size_t entry, Found found) const {
        const auto [from, to] = extent(entry);
        for (Index i = from; i < to; ++i)
            found(std::size_t{dependents_[i] / 2}, static_cast<Bond>(dependents_[i] % 2));
    }
    [[nodiscard]] const Inheritance& inheritance() const { return inheritance_; }

    struct ForeignKey {
        std::size_t referencing;
        std::size_t referenced;
    };
    /// The tables of a foreign key, if they are in the archive.
    [[nodiscard]] std::optional<ForeignKey> foreign_key(std::size_t entry) const;

    /// Whether it is a sequence that is dropped with a table in the archive.
    [[nodiscard]] bool is_owned(std::size_t sequence) const { return owned_[sequence]; }
    /// Calls found(entry, name) for entries of relations and sequences that are not in the archive.
    void for_each_orphan(const std::function<void(std::size_t, const sql::QualifiedName&)>& found) const;
    /// Calls found(entry, extensions) for privileges, labels and data of objects that are not in the archive:
    /// the extensions that can have made the object, one if it is known which.  Then the entry belongs to it.
    void for_each_foundling(const std::function<void(std::size_t, Makers::Candidates)>& found) const;
    /// The same for exclusion constraints that name such an object, which they use.
    void for_each_user_of_foundlings(const std::function<void(std::size_t, Makers::Candidates)>& found) const;
    /// The schema of the objects that an extension makes.
    [[nodiscard]] std::string schema_of_extension(std::size_t extension) const;

private:
    using Index = NameIndex::Index;
    struct Edge {
        Index target;
        Index source_and_bond;
    };

    void sort_edges();
    /// Where its dependents are.
    [[nodiscard]] std::pair<Index, Index> extent(std::size_t target) const {
        return {target == 0 ? 0 : ends_[target - 1], ends_[target]};
    }
    [[nodiscard]] bool is_used_by(Index target, Index entry) const;
    void add_edges(Index entry);
    void add_children(Index entry, const std::vector<Index>& parents);
    void add_attributes(Index entry);
    void add_parts_of_exclusion(Index entry);
    [[nodiscard]] std::optional<Index> find_part_of_exclusion(const sql::QualifiedName& name) const;
    void add_indexes(Index entry, const std::vector<Index>& indexes);
    void add_parent_by_name(Index entry);
    [[nodiscard]] bool is_foundling(Index entry) const;
    void find_makers();
    [[nodiscard]] std::optional<std::string> relation_of_foundling(Index entry) const;
    [[nodiscard]] Index choose(Index entry, const std::vector<Index>& candidates) const;
    [[nodiscard]] std::optional<sql::QualifiedName> relation_named_by(std::size_t entry) const;
    void add(Index target, Index source, Bond bond);

    const Toc& toc_;
    sql::Dialect dialect_;
    NameIndex names_;
    mutable DependencyWalk walk_;
    Inheritance inheritance_;
    std::vector<EntryKind> kinds_;
    std::vector<bool> owned_;
    std::vector<Edge> edges_;            // while they are collected
    std::vector<Index> dependents_;      // sources with their bonds, by target
    std::vector<Index> ends_;            // of each target's in dependents_
    std::optional<Index> large_object_;  // the first BLOB
    std::vector<Index> orphans_;
    std::vector<Index> foundlings_;
    std::vector<Index> users_of_foundlings_;
    std::optional<Makers> makers_;  // if there are any of these
    struct {
        std::vector<Index> candidates;
        std::vector<Index> parents_of_table;
    } scratch_;  // for the entry at hand, kept because most entries need little
};

}  // namespace pgfilter
