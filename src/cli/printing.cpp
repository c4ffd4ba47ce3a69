// SPDX-License-Identifier: PostgreSQL
#include "cli/printing.hpp"

#include "bytes/harmless.hpp"
#include "cli/check_report.hpp"
#include "cli/damage_hint.hpp"
#include "cli/help.hpp"
#include "cli/json_report.hpp"
#include "cli/listing.hpp"
#include "cli/needs_report.hpp"
#include "cli/plan_report.hpp"
#include "cli/report.hpp"
#include "cli/target_check.hpp"
#include "cli/target_options.hpp"

namespace pgfilter::cli {
namespace {

HarmlessSink::Form form_of_texts(const Options& options) {
    return options.json ? HarmlessSink::Form::json : HarmlessSink::Form::text;
}

void print_dry_run(const Plan& plan, const Options& options, ByteSink& output) {
    if (options.json) return write_json_report(plan, nullptr, output);
    const UnhandledTotals unhandled = describe_plan(plan, output, !options.verbose);
    output.write(describe_rules(plan, unhandled));
}

}  // namespace

std::string text_asked_for(const Options& options, const RuleRegistry& registry) {
    switch (options.action) {
        case Action::help:
            return help_text(options.help_topic);
        case Action::version:
            return version_text();
        case Action::list_rules:
            return options.json ? json_list_of_rules(registry) : list_of_rules(registry);
        case Action::list_targets:
            return options.json ? json_list_of_targets() : list_of_targets();
        case Action::print_rules:
            return rules_as_text(options, registry);
        default:
            return {};
    }
}

void print_text(const std::string& text, Output& output) {
    output.sink().write(text);
    output.sink().finish();
    output.close();
}

void print_check(const CheckReport& report, const Options& options, Output& output) {
    HarmlessSink shown(output.sink(), form_of_texts(options));
    options.json ? write_json_check(report, shown)
                 : describe_check(report, {options.verbose, options.quiet}, shown);
    const std::string hint = report.sound() || options.json ? std::string() : damage_hint(options);
    if (!hint.empty()) shown.write("likely cause: " + hint + "\n");
    shown.finish();
    output.close();
}

bool print_plan(const Plan& plan, const Options& options, Output& output) {
    HarmlessSink harmless(output.sink(), form_of_texts(options));
    const bool is_list = options.action == Action::list;
    ByteSink* chosen = &harmless;
    // A list that is edited and read again is what pg_restore would write.
    if (is_list && !options.json && !output.is_terminal()) chosen = &output.sink();
    ByteSink& shown = *chosen;
    bool is_sound = true;
    if (is_list) {
        options.json ? write_json_listing(plan, shown) : write_listing(plan, options.verbose, shown);
    } else if (options.action == Action::needs) {
        options.json ? write_json_needs(plan, shown) : describe_needs(plan, shown);
    } else if (options.action == Action::check_for) {
        is_sound = check_target(plan, options, shown);
    } else {
        print_dry_run(plan, options, shown);
    }
    shown.finish();
    output.close();
    return is_sound;
}

void print_report(const Plan& plan, const Summary* summary, Output& output) try {
    HarmlessSink shown(output.sink(), HarmlessSink::Form::json);
    write_json_report(plan, summary, shown);
    shown.finish();
    output.close();
} catch (const Error& error) {
    throw Error(ErrorCode::io,
                std::string(summary != nullptr ? "the archive is complete, but its report is not: "
                                               : "cannot write the report: ") +
                    error.message());
}

}  // namespace pgfilter::cli
