#include "cli/plugin_files.hpp"

#include <algorithm>
#include <filesystem>

#include "pgfilter/plugins.hpp"

namespace pgfilter::cli {
namespace {

/// Where an installation has its plug-ins: beside the program, wherever that has been moved to.
std::filesystem::path installed_plugin(const std::string& name) {
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
    return (program.parent_path() / PGFILTER_PLUGIN_FOLDER / name).lexically_normal();
}

}  // namespace

void load_plugins(const CommandLine& line, RuleRegistry& registry) {
    const bool is_trusting =
        std::any_of(line.options.begin(), line.options.end(),
                    [](const GivenOption& given) { return given.row->id == OptionId::trust_plugin; });
    for (const GivenOption& given : line.options) {
        if (given.row->id != OptionId::plugin) continue;
        const std::string file =
            given.value.find('/') == std::string::npos ? installed_plugin(given.value).string() : given.value;
        load_plugin(file, is_trusting ? PluginTrust::any_archive : PluginTrust::written_for, registry);
    }
}

}  // namespace pgfilter::cli
