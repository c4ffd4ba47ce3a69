// SPDX-License-Identifier: PostgreSQL
#include "archive/large_object_lists.hpp"

#include <algorithm>
#include <charconv>

#include "bytes/lines.hpp"

namespace pgfilter {

bool is_oid(Bytes text) {
    constexpr std::size_t most_digits = 10;
    return !text.empty() && text.size() <= most_digits && text.find_first_not_of("0123456789") == Bytes::npos;
}

bool is_list_of_oids(Bytes defn) {
    while (!defn.empty()) {
        const std::size_t end = defn.find('\n');
        if (end == Bytes::npos || !is_oid(defn.substr(0, end))) return false;
        defn.remove_prefix(end + 1);
    }
    return true;
}

LargeObjectLists::LargeObjectLists(const Toc& toc) {
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].kind() == EntryKind::blob) add(toc[i].text(Field::oid).value_or(""), i);
        if (toc[i].kind() != EntryKind::blob_metadata) continue;
        for_each_line(toc[i].defn().value_or(""), [&](Bytes number) { add(number, i); });
    }
    sort();
    seen_.resize(announced_.size(), false);
    repeated_.resize(announced_.size(), false);
}

void LargeObjectLists::add(Bytes number, std::size_t entry) {
    std::uint32_t oid = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), oid).ec != std::errc()) return;
    // A hostile list can have the same few many times.
    if (announced_.size() == announced_.capacity()) sort();
    announced_.push_back({oid, static_cast<std::uint32_t>(entry)});
}

void LargeObjectLists::sort() {
    std::stable_sort(announced_.begin(), announced_.end(),
                     [](const Announced& a, const Announced& b) { return a.oid < b.oid; });
    const auto same = [](const Announced& a, const Announced& b) { return a.oid == b.oid; };
    announced_.erase(std::unique(announced_.begin(), announced_.end(), same), announced_.end());
}

const char* LargeObjectLists::note(std::uint32_t oid) {
    if (announced_.empty()) return nullptr;
    const auto place = std::lower_bound(announced_.begin(), announced_.end(), oid,
                                        [](const Announced& a, std::uint32_t b) { return a.oid < b; });
    if (place == announced_.end() || place->oid != oid) return "is not one that the archive creates";
    const auto index = static_cast<std::size_t>(place - announced_.begin());
    const std::scoped_lock lock(mutex_);
    if (seen_[index]) repeated_[index] = true;
    seen_[index] = true;
    return nullptr;
}

}  // namespace pgfilter
