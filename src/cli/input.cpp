// SPDX-License-Identifier: PostgreSQL
#include "cli/input.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "bytes/file_status.hpp"
#include "bytes/system_error.hpp"
#include "cli/place.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter::cli {
namespace {

// Before opening, which for a FIFO would wait for its other end.
void check_file(const Options& options) {
    const auto status = status_of(options.input);
    if (!status) return;
    if (S_ISDIR(status->st_mode))
        throw Error(
            ErrorCode::unsupported,
            "is a directory; if it is a directory-format dump (pg_dump -Fd), make a custom-format dump "
            "with 'pg_dump -Fc', which pgfilter reads");
    if (options.in_place && !S_ISREG(status->st_mode))
        throw Error(ErrorCode::usage, "only a regular file can be replaced with --in-place")
            .in_file(options.input);
}

int open_input(const Options& options) {
    if (options.reads_standard_input()) return STDIN_FILENO;
    check_file(options);
    const int descriptor = open_to_read(options.input);
    if (descriptor < 0) throw system_error("cannot open the file").in_file(options.input);
    return descriptor;
}

/// Where reading begins, if it is a file.
std::optional<std::uint64_t> place_in_file(int descriptor) {
    if (!S_ISREG(status_of(descriptor, "the input").st_mode)) return std::nullopt;
    const off_t start = ::lseek(descriptor, 0, SEEK_CUR);
    if (start < 0) throw system_error("cannot tell the place in the input");
    return static_cast<std::uint64_t>(start);
}

/// From pipe to pipe the kernel can pass the data on.
std::unique_ptr<ByteSource> open_source(int input, const Options& options) {
    const bool to_standard_output = options.action != Action::list && options.action != Action::check &&
                                    !options.in_place && (options.output.empty() || options.output == "-");
    if (to_standard_output && PipeSource::is_pipe(input) && PipeSource::is_pipe(STDOUT_FILENO))
        return std::make_unique<PipeSource>(input);
    return std::make_unique<DescriptorSource>(input);
}

}  // namespace

Input::Input(const Options& options)
    : options_(options), name_(options.reads_standard_input() ? "standard input" : options.input) {}

void Input::open() {
    opened_.emplace(open_input(options_));
}

void Input::unwrap() {
    if (options_.action == Action::check) start_ = place_in_file(descriptor());
    stored_ = open_source(descriptor(), options_);
    const Wrapping wrapping = recognise_wrapping(stored_->peek(wrapping_magic_size));
    if (wrapping == Wrapping::none) return;
    refuse_replacement(wrapping_name(wrapping));
    name_ += " (unpacked)";
    unwrapped_ = std::make_unique<UnwrappingSource>(*stored_, wrapping, options_.limits.ratio);
}

void Input::refuse_replacement(const std::string& wrapping) const {
    const auto names_input = [&] {
        const Place output = Place::of_output(options_.output);
        return !output.descriptor() && output.is_same_file(Place::of_descriptor(descriptor()));
    };
    if (!options_.in_place && !(options_.writes_archive() && names_input())) return;
    throw Error(ErrorCode::usage,
                "the file is wrapped in " + wrapping +
                    ", and what takes its place would not be; write another file with -f, or unpack it "
                    "first: " +
                    wrapping + " -d FILE")
        .in_file(options_.input);
}

void Input::refuse_empty_standard_input() const {
    if (!options_.input.empty() || !stored_->peek(1).empty()) return;
    throw Error(ErrorCode::usage,
                "no FILE is given, and standard input is empty" +
                    (options_.output.empty()
                         ? std::string(": the program that should have written it probably failed")
                         : "; -f names the output, '" + options_.output + "'"));
}

CheckInput Input::to_check() const {
    if (unwrapped_ || !start_) return {source(), {}};
    return {source(), [input = descriptor(), start = *start_](std::uint64_t begin, std::uint64_t size) {
                return std::make_unique<FileRangeSource>(input, start + begin, size);
            }};
}

}  // namespace pgfilter::cli
