// SPDX-License-Identifier: PostgreSQL
// The sides of foreign keys, each found once.
#pragma once

#include <optional>
#include <unordered_map>

#include "rules/dependency_graph.hpp"

namespace pgfilter {

/// For searches that come to a key from each of its dependencies: to find its sides takes a look at all of
/// them.
class ForeignKeys {
public:
    explicit ForeignKeys(const DependencyGraph& graph) : graph_(graph) {}

    /// Null for what depends on no relation.
    const std::optional<DependencyGraph::ForeignKey>& sides_of(std::size_t key) {
        const auto [known, fresh] = sides_.try_emplace(key);
        if (fresh) known->second = graph_.foreign_key(key);
        return known->second;
    }

private:
    const DependencyGraph& graph_;
    std::unordered_map<std::size_t, std::optional<DependencyGraph::ForeignKey>> sides_;
};

}  // namespace pgfilter
