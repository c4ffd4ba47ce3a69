// SPDX-License-Identifier: PostgreSQL
#include "cli/plugin_files.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "pgfilter/error.hpp"
#include "pgfilter/plugins.hpp"

namespace pgfilter::cli {
namespace {

/// Where an installation has its plug-ins: beside the program, wherever that has been moved to.
std::filesystem::path installed_plugin(const std::string& name) {
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
    return (program.parent_path() / PGFILTER_PLUGIN_FOLDER / name).lexically_normal();
}

void load(const std::string& name, PluginTrust trust, RuleRegistry& registry) {
    if (name.find('/') != std::string::npos) return load_plugin(name, trust, registry);
    const std::filesystem::path installed = installed_plugin(name);
    try {
        load_plugin(installed.string(), trust, registry);
    } catch (Error& error) {
        std::error_code ignored;
        if (!std::filesystem::exists(installed, ignored) && std::filesystem::exists(name, ignored))
            error.add_hint("the one in the current folder is ./" + name);
        throw;
    }
}

}  // namespace

void load_plugins(const CommandLine& line, RuleRegistry& registry) {
    const bool is_trusting =
        std::any_of(line.options.begin(), line.options.end(),
                    [](const GivenOption& given) { return given.row->id == OptionId::trust_plugin; });
    for (const GivenOption& given : line.options) {
        if (given.row->id != OptionId::plugin) continue;
        load(given.value, is_trusting ? PluginTrust::any_archive : PluginTrust::written_for, registry);
    }
}

}  // namespace pgfilter::cli
