// SPDX-License-Identifier: PostgreSQL
// The process: its signals and streams, and what an exception that ends it means.
#include <new>

#include "cli/interruption.hpp"
#include "cli/messages.hpp"
#include "cli/options.hpp"
#include "cli/program.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

int main(int argc, char** argv) {
    using namespace pgfilter;
    cli::occupy_closed_streams();
    cli::handle_signals();
    try {
        RuleRegistry registry;
        add_builtin_rules(registry);
        const cli::Options options = cli::parse_command_line(argc, argv, registry);
        return cli::run_program(options, registry);
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
    return cli::refused;
}
