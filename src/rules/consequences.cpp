// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/consequences.hpp"

#include <algorithm>

#include "bytes/harmless.hpp"

namespace pgfilter {
namespace {

std::string name_of(const TocEntry& entry) {
    constexpr std::size_t longest = 200;
    std::string name(entry.desc().substr(0, longest));
    name += ' ';
    const Bytes schema = entry.namespace_().value_or("");
    if (!schema.empty()) name.append(schema.substr(0, longest)).append(".");
    return harmless(name.append(entry.tag().substr(0, longest)));
}

template <class Record>
const Record* find_by_entry(const std::vector<Record>& records, std::size_t entry) {
    const auto is_before = [](const Record& record, std::size_t place) { return record.entry < place; };
    const auto at = std::lower_bound(records.begin(), records.end(), entry, is_before);
    return at == records.end() || at->entry != entry ? nullptr : &*at;
}

}  // namespace

std::string describe(const Toc& toc, const BrokenEntry& broken) {
    const TocEntry& cause = toc[broken.cause];
    const std::string name = name_of(cause);
    using Reason = BrokenEntry::Reason;
    if (broken.reason == Reason::references) return "refers to rows of " + name + " that are dropped";
    if (broken.reason == Reason::may_belong) return "can be part of " + name + ", which is dropped";
    if (broken.reason == Reason::may_use)
        return "can use what is part of " + name + " or another that is dropped";
    const std::string verb = broken.reason == Reason::uses ? "uses " : "belongs to ";
    return verb + name + (cause.dropped() ? ", which is dropped" : ", which needs what is dropped");
}

const Consequence* Consequences::find_dropped(std::size_t entry) const {
    return find_by_entry(dropped, entry);
}

const BrokenEntry* Consequences::find_broken(std::size_t entry) const {
    return find_by_entry(broken, entry);
}

}  // namespace pgfilter
