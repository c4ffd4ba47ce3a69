// SPDX-License-Identifier: PostgreSQL
#include "cli/warnings.hpp"

#include <algorithm>
#include <vector>

#include "bytes/lines.hpp"
#include "cli/loss_report.hpp"
#include "cli/messages.hpp"
#include "cli/origin_hint.hpp"
#include "cli/output_name.hpp"
#include "cli/report.hpp"
#include "cli/target_report.hpp"
#include "cli/unhandled_report.hpp"

namespace pgfilter::cli {
namespace {

void complain_in_lines(const std::string& lines) {
    for_each_line(lines, [](std::string_view line) { complain(line); });
}

void warn_of_trailer(const Summary& summary, const std::string& file) {
    const Trailer& trailer = summary.trailer;
    if (trailer.kind != Trailer::Kind::unknown) return;
    complain(file + ": offset " + std::to_string(trailer.position) + ": " + std::to_string(trailer.size) +
             " bytes after the last data block are not part of the archive; " +
             (summary.rewritten ? "they were left out" : "they were copied"));
}

/// What --strict refuses.
std::vector<std::string> shortcomings(const Plan& plan, const Options& options) {
    std::vector<std::string> lines;
    // With --check-for they are what is asked for.
    if (options.action != Action::check_for) lines = describe_lost_rows(plan, options);
    for (const auto& more : {unmatched_rules(plan), unhandled_places(plan, !options.strict)})
        lines.insert(lines.end(), more.begin(), more.end());
    return lines;
}

}  // namespace

void warn_of_name(const Options& options) {
    if (options.quiet || !options.writes_archive() || options.in_place) return;
    if (const std::string warning = describe_misleading_name(options.output); !warning.empty())
        complain(warning);
}

bool warn_of_plan(const Plan& plan, const Options& options) {
    if (const std::string hint = origin_hint(plan, options); !hint.empty()) complain(hint);
    if (options.quiet && !options.strict) return true;
    const std::vector<std::string> lines = shortcomings(plan, options);
    for (const std::string& line : lines) complain(line);
    for (const std::string& line : describe_lost_clauses(plan)) complain(line);
    for (const std::string& line : describe_cascades(plan)) complain(line);
    if (!options.strict || lines.empty()) return true;
    complain("refused, since --strict is given");
    return false;
}

void tell_of_run(const Plan& plan, const Summary& summary, const Options& options, const std::string& file) {
    if (!options.quiet)
        tell_losses(plan, options, options.verbose, [](const std::string& line) { complain(line); });
    if (options.verbose) complain_in_lines(describe_rules(plan));
    if (!options.quiet) warn_of_trailer(summary, file);
    if (options.verbose) complain_in_lines(describe_summary(summary));
}

}  // namespace pgfilter::cli
