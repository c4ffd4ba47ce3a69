// SPDX-License-Identifier: PostgreSQL
#include "cli/destinations.hpp"

#include <unistd.h>

#include "cli/place.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter::cli {
namespace {

/// Where the archive goes, or what is printed instead; nothing if the archive replaces the input.
std::optional<Place> main_destination(const Options& options) {
    const bool is_named = options.writes_archive() || options.action == Action::list;
    if (options.writes_archive() && options.in_place) return std::nullopt;
    return Place::of_output(is_named ? options.output : std::string());
}

// Reading what is being written would never come to an end, and what the shell has opened with ">" is empty
// by now.  A file that is replaced when the new one is complete does no harm, but it is the only one there
// is, and --in-place says that it is meant.
void refuse_input(const Place& output, const Place& input, const Options& options) {
    if (!output.is_same_file(input)) return;
    std::string message = "input and output are the same file";
    if (output.descriptor() && output.is_empty()) {
        message += ", which the shell has emptied";
    } else if (options.action == Action::list && !output.descriptor()) {
        message = "the list would replace the archive; name another file with -f";
    } else {
        message +=
            options.writes_archive() ? "; use --in-place" : "; what is printed would go into the archive";
    }
    throw Error(ErrorCode::usage, message);
}

void refuse_report(const Place& report, const Place& input, const std::optional<Place>& output) {
    const std::string complaint = "--report needs a file of its own; ";
    const Place standard_output = Place::of_descriptor(STDOUT_FILENO);
    const bool shares_descriptor =
        output && report.descriptor() && report.descriptor() == output->descriptor();
    if (report.descriptor() == STDOUT_FILENO ? shares_descriptor : report.is_same_file(standard_output))
        throw Error(ErrorCode::usage, complaint + "standard output is in use");
    if (report.is_same_file(input))
        throw Error(ErrorCode::usage, complaint + "'" + report.name() + "' is the input");
    if (output && (shares_descriptor || report.is_same_file(*output)))
        throw Error(ErrorCode::usage, complaint + "'" + report.name() + "' is the output");
}

}  // namespace

void refuse_harmful_destinations(int input, const Options& options) {
    const Place from = Place::of_descriptor(input);
    const std::optional<Place> to = main_destination(options);
    if (to) refuse_input(*to, from, options);
    if (!options.report.empty()) refuse_report(Place::of_output(options.report), from, to);
}

std::optional<FileTarget> claim_target(int input, const Options& options) {
    if (!options.writes_archive() && options.action != Action::list) return std::nullopt;
    if (!options.in_place) {
        const Place place = Place::of_output(options.output);
        if (place.descriptor() || place.is_special()) return std::nullopt;
        return FileTarget(options.output);
    }
    FileTarget target(options.input);
    if (!target.is_open_as(input))
        throw Error(ErrorCode::io, "'" + options.input + "' has been replaced just now; nothing was changed");
    return target;
}

}  // namespace pgfilter::cli
