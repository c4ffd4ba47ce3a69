// SPDX-License-Identifier: PostgreSQL
#include "cli/program.hpp"

#include <unistd.h>

#include <new>
#include <optional>
#include <utility>

#include "cli/damage_hint.hpp"
#include "cli/destinations.hpp"
#include "cli/help.hpp"
#include "cli/input.hpp"
#include "cli/locale_encoding.hpp"
#include "cli/messages.hpp"
#include "cli/output.hpp"
#include "cli/printing.hpp"
#include "cli/warnings.hpp"
#include "pgfilter/check.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter::cli {
namespace {

bool refuse_terminals(const Options& options) {
    if (options.input.empty() && ::isatty(STDIN_FILENO) == 1) {
        print_on_standard_error(short_usage());
        return true;
    }
    // What is wrong with the input is of more use.
    const bool is_readable = options.reads_standard_input() || ::access(options.input.c_str(), R_OK) == 0;
    if (is_readable && options.output.empty() && !options.in_place && options.writes_archive() &&
        ::isatty(STDOUT_FILENO) == 1) {
        complain(
            "an archive is not written to a terminal; redirect the output, or use -f FILENAME (or -f - if "
            "you really want it here)");
        return true;
    }
    return false;
}

/// Why the plan must not be carried out, if so.
std::optional<Error> refusal_of(const Plan& plan) try {
    check_plan(plan);
    return std::nullopt;
} catch (const Error& error) {
    return error;
}

class Run {
public:
    Run(const Options& options, const RuleRegistry& registry)
        : options_(options), registry_(registry), input_(options) {}

    ExitStatus run() try { return attempt(); } catch (const std::bad_alloc&) {
        input_.is_open() ? complain(input_.name(), "out of memory") : complain("out of memory");
        return status();
    }

private:
    /// What an error means by now.
    [[nodiscard]] ExitStatus status() const { return output_ ? failed : refused; }

    ExitStatus attempt() try {
        if (options_.prints_text()) return print_text();
        if (refuse_terminals(options_)) return refused;
        input_.open();
        if (auto target = claim_target(input_.descriptor(), options_)) target_.emplace(std::move(*target));
        input_.unwrap();
        refuse_harmful_destinations(input_.descriptor(), options_);
        input_.refuse_empty_standard_input();
        return options_.action == Action::check ? run_check() : run_plan();
    } catch (const Error& error) {
        report(with_damage_hint(error, options_));
        return status();
    }

    ExitStatus print_text() {
        const std::string text = text_asked_for(options_, registry_);
        output_.emplace("", OutputFileOptions{});
        cli::print_text(text, *output_);
        return done;
    }

    ExitStatus run_check() {
        const CheckReport report = check_archive(input_.to_check(), {options_.limits});
        output_.emplace("", OutputFileOptions{});
        print_check(report, options_, *output_);
        return report.sound() ? done : failed;
    }

    ExitStatus run_plan() {
        warn_of_name(options_);
        const Plan plan =
            make_plan({options_.rules, options_.limits, locale_encoding()}, registry_, input_.source());
        const std::optional<Error> refusal = refusal_of(plan);
        // A selection of nothing is refused alone: that nothing is left would be all there is to report.
        if (refusal && refusal->code() == ErrorCode::usage) throw Error(*refusal);
        const bool is_wanted = warn_of_plan(plan, options_);
        // A dry run reports everything first.
        if (refusal && options_.action != Action::dry_run) throw Error(*refusal);
        if (options_.writes_archive()) return is_wanted ? filter(plan) : refused;
        const bool is_sound = print(plan);
        if (refusal) throw Error(*refusal);
        return !is_wanted ? refused : is_sound ? done : failed;
    }

    /// The list goes where pg_restore's would; -f is the archive's to the others.
    bool print(const Plan& plan) {
        open_report();
        output_.emplace(options_.action == Action::list ? options_.output : std::string(),
                        OutputFileOptions{options_.sync, false}, std::move(target_));
        const bool is_sound = print_plan(plan, options_, *output_);
        if (report_) print_report(plan, nullptr, *report_);
        output_.reset();  // it is complete, whatever is wrong with the plan
        return is_sound;
    }

    ExitStatus filter(const Plan& plan) {
        open_report();
        output_.emplace(options_.output, OutputFileOptions{options_.sync, options_.in_place},
                        std::move(target_));
        const Summary summary = execute_checked(plan, input_.source(), output_->sink());
        output_->close();
        tell_of_run(plan, summary, options_, input_.name());
        // The archive has taken its place by now, which the exit status alone would not tell.
        if (report_) print_report(plan, &summary, *report_);
        return done;
    }

    /// Before anything else is written: a report that cannot be written is refused, and leaves no archive.
    void open_report() {
        if (!options_.report.empty()) report_.emplace(options_.report, OutputFileOptions{false, false});
    }

    /// A broken pipe is not reported but thrown on.
    void report(Error error) const {
        if (error.code() == ErrorCode::broken_pipe) throw error;
        // Faults of a rule or of the output have no place in the input.
        if (error.code() != ErrorCode::usage && (error.code() != ErrorCode::io || error.offset()))
            error.in_file(input_.name());
        complain(error.what());
    }

    const Options& options_;
    const RuleRegistry& registry_;
    Input input_;
    std::optional<FileTarget> target_;
    std::optional<Output> report_;
    std::optional<Output> output_;  // there from the moment on when output begins
};

}  // namespace

ExitStatus run_program(const Options& options, const RuleRegistry& registry) {
    return Run(options, registry).run();
}

}  // namespace pgfilter::cli
