// SPDX-License-Identifier: PostgreSQL
// What --check found.
#pragma once

#include "pgfilter/check.hpp"

namespace pgfilter::cli {

struct CheckReportOptions {
    bool verbose = false;  ///< notes, and every block
    bool quiet = false;    ///< nothing if the archive is sound, else errors and the verdict
};

/// For people.
void describe_check(const CheckReport& report, const CheckReportOptions& options, ByteSink& output);

/// For programs, like the reports in json_report.hpp.
void write_json_check(const CheckReport& report, ByteSink& output);

}  // namespace pgfilter::cli
