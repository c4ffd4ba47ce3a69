#include "rules/name_index.hpp"

#include <algorithm>
#include <functional>

namespace pgfilter {
namespace {

constexpr EntryKinds lookable = relations | EntryKind::sequence | EntryKind::type | EntryKind::server |
                                EntryKind::blob_metadata | EntryKind::database | EntryKind::extension |
                                EntryKind::operator_class | EntryKind::function;

Bytes name_alone(const TocEntry& entry) {
    return entry.kind() == EntryKind::function ? entry.tag().substr(0, entry.tag().find('(')) : entry.tag();
}

EntryKind kind_looked_up(EntryKind kind) {
    return (relations | EntryKind::sequence).has(kind) ? EntryKind::table : kind;
}

std::uint32_t hash_of(EntryKind kind, Bytes schema, Bytes name) {
    const std::hash<Bytes> hash;
    constexpr std::uint64_t factor = 0x9e3779b97f4a7c15U;
    const auto group = static_cast<std::uint64_t>(kind_looked_up(kind));
    return static_cast<std::uint32_t>((((hash(schema) * factor) ^ hash(name)) + group) * factor >> 32U);
}

}  // namespace

const NameIndex::Named& NameIndex::named() const {
    if (named_) return *named_;
    Named& named = named_.emplace();
    for (std::size_t i = 0; i < toc_.size(); ++i) {
        const TocEntry& entry = toc_[i];
        if (!lookable.has(entry.kind())) continue;
        named.emplace_back(hash_of(entry.kind(), schema_of(entry), name_alone(entry)), static_cast<Index>(i));
    }
    std::sort(named.begin(), named.end());
    return named;
}

std::optional<NameIndex::Index> NameIndex::find(EntryKind kind, Bytes schema, Bytes name) const {
    const std::pair<std::uint32_t, Index> first(hash_of(kind, schema, name), 0);
    const Named& all = named();
    for (auto at = std::lower_bound(all.begin(), all.end(), first);
         at != all.end() && at->first == first.first; ++at) {
        const TocEntry& entry = toc_[at->second];
        if (kind_looked_up(entry.kind()) == kind_looked_up(kind) && name_alone(entry) == name &&
            schema_of(entry) == schema)
            return at->second;
    }
    return std::nullopt;
}

}  // namespace pgfilter
