// SPDX-License-Identifier: PostgreSQL
// Foreign keys to rows that are not in an archive any more.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/dependency_graph.hpp"

namespace pgfilter {

/// A table that is without rows which it had, for the sake of a spec.
struct Lacking {
    std::uint32_t relation;
    EditorId spec;
};

/// Calls found(key, table) for foreign keys of tables with rows that refer to one that lacks some, or of
/// which a partition does.
void find_unfounded_references(const Toc& toc, const DependencyGraph& graph, std::vector<Lacking> lacking,
                               const std::function<void(std::size_t, const Lacking&)>& found);

}  // namespace pgfilter
