// SPDX-License-Identifier: PostgreSQL
// Findings from several threads, in memory that is bounded.
#pragma once

#include <mutex>

#include "pgfilter/check.hpp"

namespace pgfilter {

class FindingCollector {
public:
    explicit FindingCollector(CheckReport& report) : report_(report) {}

    void add(Finding finding);

    /// In the order of the input, those without a place first.
    void sort();

private:
    CheckReport& report_;
    std::mutex mutex_;
};

}  // namespace pgfilter
