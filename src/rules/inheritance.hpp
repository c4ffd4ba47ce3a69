// SPDX-License-Identifier: PostgreSQL
// Which tables are partitions or children of which.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/dependency_walk.hpp"
#include "rules/membership.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// Parents and children of tables, as TABLE ATTACH entries and the definitions of tables say.  Entries are
/// indexes of the Toc.
class Inheritance {
public:
    using Index = std::uint32_t;

    /// Knows of what TABLE ATTACH entries say.
    Inheritance(const Toc& toc, DependencyWalk& walk);

    /// Whether a TABLE ATTACH entry makes it a partition of that parent, which it can be made without.
    [[nodiscard]] bool is_attached(Index partition, Index parent) const;
    /// Takes what the table's definition says of the tables that it depends on, each given once.
    void add(Index table, const std::vector<Index>& dependencies);
    /// Must be called after the last add(), before anything below.
    void complete();

    /// Calls found(child) for partitions and children of a table, next generation only.
    void for_each_child(std::size_t table, const std::function<void(std::size_t)>& found) const;
    /// Calls found(parent) for the tables that a table is a partition or a child of.
    void for_each_parent(std::size_t table, const std::function<void(std::size_t)>& found) const;
    /// Calls found(parent) for the partitioned table that a table is a partition of.
    void for_each_partitioned(std::size_t table, const std::function<void(std::size_t)>& found) const;

private:
    using Pairs = std::vector<std::pair<Index, Index>>;

    void add_attached(Index attachment, const std::vector<Index>& dependencies);

    const Toc& toc_;
    sql::Dialect dialect_;
    Pairs children_;  // parent, child
    Pairs parents_;   // child, parent
    Pairs attached_;  // partition, parent: by TABLE ATTACH
    Pairs created_;   // partition, parent: by its definition
};

}  // namespace pgfilter
