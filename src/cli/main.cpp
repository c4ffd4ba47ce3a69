#include <new>

#include "cli/help.hpp"
#include "cli/interruption.hpp"
#include "cli/messages.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/program.hpp"
#include "cli/target_options.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace {

using namespace pgfilter;

void print(const std::string& text) {
    cli::Output output("", {});
    output.sink().write(text);
    output.sink().finish();
    output.close();
}

/// What is to be printed instead of doing anything; nothing if something is to be done.
std::string text_asked_for(const cli::Options& options, const RuleRegistry& registry) {
    if (options.help) return cli::help_text(options.help_topic);
    if (options.version) return cli::version_text();
    if (options.list_rules)
        return options.json ? cli::json_list_of_rules(registry) : cli::list_of_rules(registry);
    if (options.list_targets) return options.json ? cli::json_list_of_targets() : cli::list_of_targets();
    if (options.print_rules) return cli::rules_as_text(options, registry);
    return {};
}

cli::ExitStatus run(int argc, const char* const* argv, cli::ExitStatus& on_error) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    const cli::Options options = cli::parse_command_line(argc, argv, registry);
    const std::string text = text_asked_for(options, registry);
    if (text.empty() && !options.print_rules) return cli::run_program(options, registry, on_error);
    on_error = cli::failed;
    print(text);
    return cli::done;
}

}  // namespace

int main(int argc, char** argv) {
    cli::occupy_closed_streams();
    cli::handle_signals();
    cli::ExitStatus on_error = cli::refused;
    try {
        return run(argc, argv, on_error);
    } catch (const cli::UsageError& error) {
        cli::complain(error.message);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::broken_pipe) cli::die_of_broken_pipe();
        cli::complain(error.what());
    } catch (const std::bad_alloc&) {
        cli::complain("out of memory");
    } catch (const std::exception& error) {
        cli::complain("unexpected error", error.what());
        return cli::failed;
    }
    return on_error;
}
