// SPDX-License-Identifier: PostgreSQL
#include "rules/name_index.hpp"

#include <algorithm>
#include <utility>

namespace pgfilter {
namespace {

constexpr EntryKinds lookable = nameable | EntryKind::type | EntryKind::domain | EntryKind::server |
                                EntryKind::blob_metadata | EntryKind::database | EntryKind::extension |
                                EntryKind::operator_class | EntryKind::function;

Bytes name_alone(const TocEntry& entry) {
    return entry.kind() == EntryKind::function ? entry.tag().substr(0, entry.tag().find('(')) : entry.tag();
}

EntryKind kind_looked_up(EntryKind kind) {
    return nameable.has(kind) ? EntryKind::table : kind;
}

}  // namespace

NameIndex::Key NameIndex::key_of(const TocEntry& entry) {
    return {kind_looked_up(entry.kind()), schema_of(entry), name_alone(entry)};
}

const std::vector<NameIndex::Index>& NameIndex::named() const {
    if (named_) return *named_;
    std::vector<Index>& named = named_.emplace();
    for (std::size_t i = 0; i < toc_.size(); ++i) {
        if (lookable.has(toc_[i].kind())) named.push_back(static_cast<Index>(i));
    }
    std::sort(named.begin(), named.end(), [&](Index a, Index b) {
        return std::pair(key_of(toc_[a]), a) < std::pair(key_of(toc_[b]), b);
    });
    return named;
}

std::optional<NameIndex::Index> NameIndex::find(EntryKind kind, Bytes schema, Bytes name) const {
    const Key wanted(kind_looked_up(kind), schema, name);
    const std::vector<Index>& all = named();
    const auto at = std::lower_bound(all.begin(), all.end(), wanted,
                                     [&](Index entry, const Key& key) { return key_of(toc_[entry]) < key; });
    return at != all.end() && key_of(toc_[*at]) == wanted ? std::optional(*at) : std::nullopt;
}

}  // namespace pgfilter
