// SPDX-License-Identifier: PostgreSQL
#include "rules/list_order.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

DumpId largest_dump_id(const Toc& toc) {
    DumpId largest = 0;
    for (std::size_t i = 0; i < toc.read_size(); ++i) largest = std::max(largest, toc[i].dump_id());
    return largest;
}

/// The present order in groups: an entry that was read, and its copies.
class Groups {
public:
    explicit Groups(const Toc& toc) : toc_(toc), places_(toc.size()) {
        for (std::size_t place = 0; place < toc.size(); ++place) places_[toc.at(place)] = place;
    }

    /// Calls visit() for the entry and its copies, which stand after it.
    template <class Visit>
    void each(std::size_t index, Visit visit) const {
        std::size_t place = places_[index];
        do visit(toc_.at(place));
        while (++place < toc_.size() && toc_[toc_.at(place)].added());
    }

private:
    const Toc& toc_;
    std::vector<std::size_t> places_;
};

}  // namespace

DumpId parse_list_line(const std::string& line) {
    char* end = nullptr;
    errno = 0;
    const long number = std::strtol(line.c_str(), &end, 10);
    const bool fits = errno == 0 && number > 0 && number <= std::numeric_limits<DumpId>::max();
    return fits ? static_cast<DumpId>(number) : 0;
}

ListOrder order_by_list(const Toc& toc, const std::vector<DumpId>& ids) {
    const DumpId largest = largest_dump_id(toc);
    const Groups groups(toc);
    ListOrder result;
    result.listed.resize(toc.size());
    result.valid.resize(ids.size());
    std::vector<std::uint32_t> at_end;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] == 0 || ids[i] > largest) continue;
        const auto index = toc.find(ids[i]);
        if (!index || toc[*index].added())
            throw Error(ErrorCode::usage, "could not find entry for ID " + std::to_string(ids[i]) +
                                              "; is the list one of another archive?");
        if (result.listed[*index]) continue;
        result.valid[i] = true;
        groups.each(*index, [&](std::size_t member) {
            result.listed[member] = true;
            at_end.push_back(static_cast<std::uint32_t>(member));
        });
    }
    for (std::size_t place = 0; place < toc.size(); ++place) {
        const std::size_t index = toc.at(place);
        if (!result.listed[index]) result.order.push_back(static_cast<std::uint32_t>(index));
    }
    result.order.insert(result.order.end(), at_end.begin(), at_end.end());
    return result;
}

void check_order_of_data(const Toc& toc, const std::vector<std::uint32_t>& order) {
    std::vector<std::size_t> places(toc.size());
    for (std::size_t place = 0; place < toc.size(); ++place) places[toc.at(place)] = place;
    const TocEntry* previous = nullptr;
    std::size_t reached = 0;
    for (const std::uint32_t index : order) {
        if (!toc[index].keeps_data()) continue;
        if (previous != nullptr && places[index] < reached)
            throw Error(ErrorCode::usage,
                        "the list puts " + toc[index].label() + " after " + previous->label() +
                            ", but data passes in the order of the archive; leave entries with data in that "
                            "order, or give the list to pg_restore -L, which can go back in a file");
        previous = &toc[index];
        reached = places[index];
    }
}

}  // namespace pgfilter
