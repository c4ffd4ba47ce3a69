// SPDX-License-Identifier: PostgreSQL
#include "check/finding_collector.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace pgfilter {
void FindingCollector::add(Finding finding) {
    const std::scoped_lock lock(mutex_);
    if (finding.offset && info_of(finding.kind).ends_good_bytes)
        report_.good_bytes = std::min(report_.good_bytes, *finding.offset);
    // Threads come in any order: of those in the input's order the first are wanted, but a few will do.
    if (report_.counts[static_cast<std::size_t>(finding.kind)]++ < CheckReport::most_of_a_kind)
        report_.findings.push_back(std::move(finding));
}

void FindingCollector::sort() {
    // All of it, for threads come in any order.
    const auto place = [](const Finding& finding) {
        return std::tuple(finding.offset.value_or(0), finding.kind, finding.dump_id.value_or(0),
                          std::string_view(finding.message));
    };
    std::stable_sort(report_.findings.begin(), report_.findings.end(),
                     [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
}

std::uint64_t CheckReport::count(Severity severity) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (info_of(static_cast<FindingKind>(i)).severity == severity) sum += counts[i];
    }
    return sum;
}

}  // namespace pgfilter
