// SPDX-License-Identifier: PostgreSQL
#include "report/entry_names.hpp"

#include "bytes/harmless.hpp"

namespace pgfilter {

std::string identity(const TocEntry& entry) {
    const std::string label = entry.label();
    const std::size_t open = label.find('(') + 1;
    return std::to_string(entry.dump_id()) + "; " + label.substr(open, label.size() - 1 - open);
}

std::string short_name(const TocEntry& entry) {
    constexpr std::size_t longest = 100;
    const Bytes schema = entry.namespace_().value_or("");
    std::string name(schema.substr(0, longest));
    if (!schema.empty()) name += '.';
    return harmless(name.append(entry.tag().substr(0, longest)));
}

std::string kind_and_name(const TocEntry& entry) {
    constexpr std::size_t longest = 60;
    return harmless(std::string(entry.desc().substr(0, longest))) + " " + short_name(entry);
}

std::string name_of_rows(const TocEntry& data) {
    return data.kind() == EntryKind::blobs ? "large objects" : short_name(data);
}

}  // namespace pgfilter
