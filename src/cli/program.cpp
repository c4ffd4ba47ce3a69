#include "cli/program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "bytes/file_status.hpp"
#include "bytes/harmless.hpp"
#include "bytes/owned_descriptor.hpp"
#include "bytes/system_error.hpp"
#include "cli/check_report.hpp"
#include "cli/damage_hint.hpp"
#include "cli/destinations.hpp"
#include "cli/help.hpp"
#include "cli/input.hpp"
#include "cli/json_report.hpp"
#include "cli/listing.hpp"
#include "cli/locale_encoding.hpp"
#include "cli/loss_report.hpp"
#include "cli/messages.hpp"
#include "cli/needs_report.hpp"
#include "cli/origin_hint.hpp"
#include "cli/output.hpp"
#include "cli/output_name.hpp"
#include "cli/plan_report.hpp"
#include "cli/report.hpp"
#include "cli/target_check.hpp"
#include "cli/target_report.hpp"
#include "cli/unhandled_report.hpp"
#include "pgfilter/check.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {
namespace {

// Before opening, which for a FIFO would wait for its other end.
void check_input(const Options& options) {
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
    check_input(options);
    const int descriptor = open_to_read(options.input);
    if (descriptor < 0) throw system_error("cannot open the file").in_file(options.input);
    return descriptor;
}

// A FILE forgotten looks like an input that failed.
void refuse_empty_standard_input(ByteSource& source, const Options& options) {
    if (!options.input.empty() || !source.peek(1).empty()) return;
    throw Error(
        ErrorCode::usage,
        "no FILE is given, and standard input is empty" +
            (options.output.empty() ? std::string(": the program that should have written it probably failed")
                                    : "; -f names the output, '" + options.output + "'"));
}

/// From pipe to pipe the kernel can pass the data on.
std::unique_ptr<ByteSource> open_source(int input, const Options& options) {
    const bool to_standard_output =
        !options.list && !options.in_place && (options.output.empty() || options.output == "-");
    if (to_standard_output && PipeSource::is_pipe(input) && PipeSource::is_pipe(STDOUT_FILENO))
        return std::make_unique<PipeSource>(input);
    return std::make_unique<DescriptorSource>(input);
}

std::optional<ExitStatus> refuse_terminals(const Options& options) {
    if (options.input.empty() && ::isatty(STDIN_FILENO) == 1) {
        print_on_standard_error(short_usage());
        return refused;
    }
    // What is wrong with the input is of more use.
    const bool is_readable = options.reads_standard_input() || ::access(options.input.c_str(), R_OK) == 0;
    if (is_readable && options.output.empty() && !options.in_place && options.writes_archive() &&
        ::isatty(STDOUT_FILENO) == 1) {
        complain(
            "an archive is not written to a terminal; redirect the output, or use -f FILENAME (or -f - if "
            "you really want it here)");
        return refused;
    }
    return std::nullopt;
}

void warn_of_name(const Options& options) {
    if (options.quiet || !options.writes_archive() || options.in_place) return;
    if (const std::string warning = describe_misleading_name(options.output); !warning.empty())
        complain(warning);
}

void complain_in_lines(const std::string& lines) {
    for (std::size_t start = 0; start < lines.size();) {
        const std::size_t end = std::min(lines.find('\n', start), lines.size());
        complain(lines.substr(start, end - start));
        start = end + 1;
    }
}

void warn_of_trailer(const Summary& summary, const Options& options, const std::string& file) {
    const Trailer& trailer = summary.trailer;
    if (options.quiet || trailer.kind != Trailer::Kind::unknown) return;
    complain(file + ": offset " + std::to_string(trailer.position) + ": " + std::to_string(trailer.size) +
             " bytes after the last data block are not part of the archive; " +
             (summary.rewritten ? "they were left out" : "they were copied"));
}

HarmlessSink::Form form_of_texts(const Options& options) {
    return options.json ? HarmlessSink::Form::json : HarmlessSink::Form::text;
}

/// Instead of an archive.  The list goes where pg_restore's would; -f is the archive's to the others.
/// False if what was asked for is found missing.
bool print_plan(const Plan& plan, const Options& options, std::optional<FileTarget> list) {
    Output opened(options.list ? options.output : std::string(), {options.sync, false}, std::move(list));
    HarmlessSink shown(opened.sink(), form_of_texts(options));
    // A list that is edited and read again is what pg_restore would write.
    ByteSink* chosen = &shown;
    if (options.list && !options.json && !opened.is_terminal()) chosen = &opened.sink();
    ByteSink& output = *chosen;
    bool sound = true;
    if (options.check_for) {
        sound = check_target(plan, options, output);
    } else if (options.list) {
        options.json ? write_json_listing(plan, output) : write_listing(plan, options.verbose, output);
    } else if (options.needs) {
        options.json ? write_json_needs(plan, output) : describe_needs(plan, output);
    } else if (options.json) {
        write_json_report(plan, nullptr, output);
    } else {
        const UnhandledTotals unhandled = describe_plan(plan, output, !options.verbose);
        output.write(describe_rules(plan, unhandled));
    }
    output.finish();
    opened.close();
    return sound;
}

/// So that several threads can read a file.  Nothing of it has been read yet.
CheckInput input_to_check(ByteSource& source, int input) {
    if (!S_ISREG(status_of(input, "the input").st_mode)) return {source, {}};
    const off_t start = ::lseek(input, 0, SEEK_CUR);
    if (start < 0) throw system_error("cannot tell the place in the input");
    return {source, [input, start](std::uint64_t begin, std::uint64_t size) {
                return std::make_unique<FileRangeSource>(input, static_cast<std::uint64_t>(start) + begin,
                                                         size);
            }};
}

ExitStatus run_check(const Options& options, int input, std::string& file, ExitStatus& on_error) {
    refuse_harmful_destinations(input, options);
    DescriptorSource stored(input);
    const CheckInput as_stored = input_to_check(stored, input);
    const std::unique_ptr<ByteSource> unwrapped = unwrap(stored, input, options, file);
    refuse_empty_standard_input(stored, options);
    const CheckReport report =
        check_archive(unwrapped ? CheckInput{*unwrapped, {}} : as_stored, {options.limits});
    on_error = failed;
    Output output({}, {});
    HarmlessSink shown(output.sink(), form_of_texts(options));
    options.json ? write_json_check(report, shown)
                 : describe_check(report, {options.verbose, options.quiet}, shown);
    const std::string hint = report.sound() || options.json ? std::string() : damage_hint(options);
    if (!hint.empty()) shown.write("likely cause: " + hint + "\n");
    shown.finish();
    output.close();
    return report.sound() ? done : failed;
}

/// Opened before anything is written, so that a place that cannot be written to is no reason to give up then.
std::optional<Output> open_report(const Options& options) {
    if (options.report.empty()) return std::nullopt;
    return Output(options.report, {false, false});
}

/// After the archive, if there is one: that has taken its place by then, which the exit status alone would
/// not tell.
void write_report(const Plan& plan, const Summary* summary, std::optional<Output>& report) try {
    if (!report) return;
    HarmlessSink shown(report->sink(), HarmlessSink::Form::json);
    write_json_report(plan, summary, shown);
    shown.finish();
    report->close();
} catch (const Error& error) {
    throw Error(ErrorCode::io,
                std::string(summary != nullptr ? "the archive is complete, but its report is not: "
                                               : "cannot write the report: ") +
                    error.message());
}

/// What the user must know before the output can be trusted.  False if it is to be refused for that.
bool warn_of_shortcomings(const Plan& plan, const Options& options) {
    if (options.quiet && !options.strict) return true;
    std::vector<std::string> lines;
    if (!options.check_for) lines = describe_lost_rows(plan, options);  // there they are what is asked for
    const auto add = [&](const std::vector<std::string>& more) {
        lines.insert(lines.end(), more.begin(), more.end());
    };
    add(unmatched_rules(plan));
    add(unhandled_places(plan, !options.strict));
    for (const std::string& line : lines) complain(line);
    for (const std::string& line : describe_lost_clauses(plan)) complain(line);
    for (const std::string& line : describe_cascades(plan)) complain(line);
    if (!options.strict || lines.empty()) return true;
    complain("refused, since --strict is given");
    return false;
}

/// Why the plan must not be carried out, if so.
std::optional<Error> refusal_of(const Plan& plan) try {
    check_plan(plan);
    return std::nullopt;
} catch (const Error& error) {
    return error;
}

/// Reports the error and gives it its exit status.  A broken pipe is not reported but thrown on.
ExitStatus report(Error& error, const std::string& file, ExitStatus status) {
    if (error.code() == ErrorCode::broken_pipe) throw error;
    // Faults of a rule or of the output have no place in the input.
    if (error.code() != ErrorCode::usage && (error.code() != ErrorCode::io || error.offset()))
        error.in_file(file);
    complain(error.what());
    return status;
}

}  // namespace

ExitStatus run_program(const Options& options, const RuleRegistry& registry, ExitStatus& on_error) {
    if (const auto refusal = refuse_terminals(options)) return *refusal;
    std::string file = options.reads_standard_input() ? "standard input" : options.input;
    try {
        const Descriptor input(open_input(options));
        std::optional<FileTarget> target = claim_target(input.number(), options);
        if (options.check) return run_check(options, input.number(), file, on_error);
        const std::unique_ptr<ByteSource> stored = open_source(input.number(), options);
        const std::unique_ptr<ByteSource> unwrapped = unwrap(*stored, input.number(), options, file);
        ByteSource& source = unwrapped ? *unwrapped : *stored;
        refuse_harmful_destinations(input.number(), options);
        refuse_empty_standard_input(*stored, options);
        warn_of_name(options);
        const Plan plan = make_plan({options.rules, options.limits, locale_encoding()}, registry, source);
        const std::optional<Error> refusal = refusal_of(plan);
        // All that could be told of what selects nothing is that nothing is left.
        if (refusal && refusal->code() == ErrorCode::usage) throw Error(*refusal);
        if (const std::string hint = origin_hint(plan, options); !hint.empty() && !options.quiet)
            complain(hint);
        const bool wanted = warn_of_shortcomings(plan, options);
        // Of a dry run, all is told before.
        if (refusal && !options.dry_run) throw Error(*refusal);
        if (!options.writes_archive()) {
            std::optional<Output> report = open_report(options);
            on_error = failed;
            const bool sound = print_plan(plan, options, std::move(target));
            write_report(plan, nullptr, report);
            on_error = refused;
            if (refusal) throw Error(*refusal);
            return !wanted ? refused : sound ? done : failed;
        }
        if (!wanted) return refused;
        std::optional<Output> report = open_report(options);
        Output output(options.output, {options.sync, options.in_place}, std::move(target));
        on_error = failed;
        const Summary summary = execute_checked(plan, source, output.sink());
        output.close();
        if (!options.quiet)
            tell_losses(plan, options, options.verbose, [](const std::string& line) { complain(line); });
        if (options.verbose) complain_in_lines(describe_rules(plan));
        warn_of_trailer(summary, options, file);
        if (options.verbose) complain_in_lines(describe_summary(summary));
        write_report(plan, &summary, report);
        return done;
    } catch (const Error& plain) {
        Error error = with_damage_hint(plain, options);
        return report(error, file, on_error);
    } catch (const std::bad_alloc&) {
        complain(file, "out of memory");
        return on_error;
    }
}

}  // namespace pgfilter::cli
