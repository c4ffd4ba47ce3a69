// SPDX-License-Identifier: PostgreSQL
// Which of many patterns can match a name.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "pgfilter/name_pattern.hpp"
#include "sql/by_name.hpp"

namespace pgfilter {

/// Lists of tables have thousands of patterns, and most of them are names.
class PatternIndex {
public:
    void add(const NamePattern& pattern) {
        const auto name = pattern.exact_name();
        (name ? by_name_[*name] : others_).push_back(count_++);
    }

    /// Calls found(i) for each that has the name or wildcards, in the order of being added.
    template <class Found>
    void for_each_candidate(Bytes name, Found found) const {
        static const std::vector<std::uint32_t> none;
        const auto known = by_name_.find(name);
        const std::vector<std::uint32_t>& exact = known == by_name_.end() ? none : known->second;
        auto other = others_.begin();
        for (const std::uint32_t next : exact) {
            for (; other != others_.end() && *other < next; ++other) found(*other);
            found(next);
        }
        std::for_each(other, others_.end(), found);
    }

private:
    sql::ByName<std::vector<std::uint32_t>> by_name_;
    std::vector<std::uint32_t> others_;
    std::uint32_t count_ = 0;
};

}  // namespace pgfilter
