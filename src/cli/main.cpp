#include <unistd.h>

#include "cli/help.hpp"
#include "cli/interruption.hpp"
#include "cli/options.hpp"
#include "cli/program.hpp"
#include "cli/target_options.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/rules.hpp"
#include "pgfilter/version.hpp"

namespace {

using namespace pgfilter;

cli::ExitStatus print(const std::string& text) {
    DescriptorSink output(STDOUT_FILENO);
    output.write(text);
    output.finish();
    return cli::done;
}

cli::ExitStatus run(int argc, const char* const* argv) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    const cli::Options options = cli::parse_command_line(argc, argv, registry);
    if (options.help) return print(cli::help_text());
    if (options.version) return print(std::string("pgfilter ") + version + "\n");
    if (options.list_rules) return print(cli::list_of_rules(registry));
    if (options.list_targets) return print(cli::list_of_targets());
    if (options.print_rules) return print(cli::rules_as_text(options, registry));
    return cli::run_program(options, registry);
}

}  // namespace

int main(int argc, char** argv) {
    cli::occupy_closed_streams();
    cli::handle_signals();
    try {
        return run(argc, argv);
    } catch (const cli::UsageError& error) {
        cli::complain(error.message);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::broken_pipe) cli::die_of_broken_pipe();
        cli::complain(error.what());
    } catch (const std::exception& error) {
        cli::complain(std::string("unexpected error: ") + error.what());
        return cli::failed;
    }
    return cli::refused;
}
