// SPDX-License-Identifier: PostgreSQL
// The check of a whole archive: its table of contents, then its blocks.
#include "pgfilter/check.hpp"

#include <algorithm>
#include <limits>
#include <thread>

#include "archive/prologue_reader.hpp"
#include "bytes/harmless.hpp"
#include "check/block_walk.hpp"
#include "check/finding_collector.hpp"
#include "check/missing_tables.hpp"
#include "check/toc_check.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

Finding finding_from(const Error& error, FindingKind kind) {
    return {kind, harmless(error.message()), error.offset(), std::nullopt, error.entry()};
}

void read_table_of_contents(const CheckInput& input, const Limits& limits, CheckReport& report,
                            FindingCollector& findings) try {
    report.prologue.emplace(read_prologue(input.stream, limits, [&](const Error& error) {
        findings.add(finding_from(error, error.kind().value_or(FindingKind::table_of_contents)));
    }));
} catch (const Error& error) {
    if (error.code() != ErrorCode::damaged) throw;
    // pg_restore lets a number that is too large wrap around, and reads on.
    if (error.kind()) findings.add(finding_from(error, *error.kind()));
    findings.add(finding_from(error, FindingKind::table_of_contents));
}

unsigned choose_threads(unsigned wanted) {
    constexpr unsigned most = 64;
    return std::clamp(wanted > 0 ? wanted : std::thread::hardware_concurrency(), 1U, most);
}

}  // namespace

CheckReport check_archive(const CheckInput& input, const CheckOptions& options) {
    CheckReport report;
    report.good_bytes = std::numeric_limits<std::uint64_t>::max();
    FindingCollector findings(report);
    read_table_of_contents(input, options.limits, report, findings);
    if (report.prologue) {
        const auto add = [&](Finding finding) { findings.add(std::move(finding)); };
        check_toc(*report.prologue, add);
        check_missing_tables(*report.prologue, add);
        const Toc& toc = report.prologue->toc;
        std::size_t count = 0;
        for (std::size_t i = 0; i < toc.size(); ++i) count += toc[i].has_data() ? 1U : 0U;
        report.blocks.reserve(count);
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].has_data()) report.blocks.emplace_back().entry = i;
        }
        BlockWalk(input, report, findings, choose_threads(options.threads), options.limits.ratio).walk();
    }
    // So that it is known how much there is, and who writes to a pipe is not cut off.
    discard(input.stream);
    report.bytes_read = input.stream.offset();
    report.good_bytes = std::min(report.good_bytes, report.bytes_read);
    findings.sort();
    return report;
}

}  // namespace pgfilter
