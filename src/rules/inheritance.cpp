// SPDX-License-Identifier: PostgreSQL
#include "rules/inheritance.hpp"

#include <algorithm>

#include "archive/dialect.hpp"
#include "rules/name_index.hpp"
#include "sql/relation_names.hpp"

namespace pgfilter {
namespace {

template <class Pairs>
void sort_pairs(Pairs& pairs) {
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
}

template <class Pairs>
void for_each_second(const Pairs& pairs, std::size_t first, const std::function<void(std::size_t)>& found) {
    const auto is_before = [](const auto& pair, std::size_t value) { return pair.first < value; };
    for (auto at = std::lower_bound(pairs.begin(), pairs.end(), first, is_before);
         at != pairs.end() && at->first == first; ++at)
        found(at->second);
}

}  // namespace

Inheritance::Inheritance(const Toc& toc, DependencyWalk& walk) : toc_(toc), dialect_(dialect_of(toc)) {
    std::vector<Index> dependencies;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].kind() != EntryKind::table_attach) continue;
        dependencies.clear();
        walk.for_each(static_cast<Index>(i), [&](Index index) { dependencies.push_back(index); });
        add_attached(static_cast<Index>(i), dependencies);
    }
    sort_pairs(attached_);
}

// From PostgreSQL 14 on.  The tag is the partition's name.
void Inheritance::add_attached(Index attachment, const std::vector<Index>& dependencies) {
    const auto is_partition = [&](Index index) {
        return heritable.has(toc_[index].kind()) && toc_[index].tag() == toc_[attachment].tag() &&
               schema_of(toc_[index]) == schema_of(toc_[attachment]);
    };
    const auto partition = std::find_if(dependencies.begin(), dependencies.end(), is_partition);
    if (partition == dependencies.end()) return;
    for (const Index parent : dependencies) {
        if (parent == *partition || !heritable.has(toc_[parent].kind())) continue;
        children_.emplace_back(parent, *partition);
        attached_.emplace_back(*partition, parent);
    }
}

bool Inheritance::is_attached(Index partition, Index parent) const {
    return std::binary_search(attached_.begin(), attached_.end(), std::pair(partition, parent));
}

void Inheritance::add(Index table, const std::vector<Index>& dependencies) {
    std::vector<Index> others;
    for (const Index parent : dependencies) {
        if (!is_attached(table, parent)) others.push_back(parent);
    }
    if (others.empty()) return;
    const auto key_of = [&](Index parent) { return std::pair(toc_[parent].tag(), schema_of(toc_[parent])); };
    std::sort(others.begin(), others.end());
    std::stable_sort(others.begin(), others.end(), [&](Index a, Index b) { return key_of(a) < key_of(b); });
    std::vector<bool> found(others.size());
    sql::find_parents(toc_[table].defn().value_or(""), dialect_, [&](const sql::ParentName& parent) {
        const Bytes schema = parent.schema.empty() ? schema_of(toc_[table]) : Bytes(parent.schema);
        const std::pair<Bytes, Bytes> name(parent.name, schema);
        auto at = std::lower_bound(others.begin(), others.end(), name,
                                   [&](Index a, const auto& wanted) { return key_of(a) < wanted; });
        // A name that comes twice has found all of its tables the first time.
        for (; at != others.end() && key_of(*at) == name; ++at) {
            if (found[static_cast<std::size_t>(at - others.begin())]) return;
            found[static_cast<std::size_t>(at - others.begin())] = true;
            children_.emplace_back(*at, table);
            if (parent.is_partitioned) created_.emplace_back(table, *at);
        }
    });
}

void Inheritance::complete() {
    sort_pairs(children_);
    for (const auto& [parent, child] : children_) parents_.emplace_back(child, parent);
    sort_pairs(parents_);
    sort_pairs(created_);
}

void Inheritance::for_each_child(std::size_t table, const std::function<void(std::size_t)>& found) const {
    for_each_second(children_, table, found);
}

void Inheritance::for_each_parent(std::size_t table, const std::function<void(std::size_t)>& found) const {
    for_each_second(parents_, table, found);
}

void Inheritance::for_each_partitioned(std::size_t table,
                                       const std::function<void(std::size_t)>& found) const {
    for_each_second(attached_, table, found);
    for_each_second(created_, table, found);
}

}  // namespace pgfilter
