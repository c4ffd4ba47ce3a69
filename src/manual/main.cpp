// SPDX-License-Identifier: PostgreSQL
// pgfilter-manual: the manual and the completions of shells, as files, for the build.
//
//   pgfilter-manual SOURCES VERSION DATE FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "manual/pages.hpp"
#include "manual/values.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter::manual {
namespace {

namespace fs = std::filesystem;

std::string read_source(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path.string());
}

void write_all(const fs::path& sources, const Edition& edition, const fs::path& folder) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    const ReadSource read = [&](const std::string& path) { return read_source(sources / path); };
    write_file(folder / "man/man1/pgfilter.1", program_page(read, edition));
    write_file(folder / "man/man5/pgfilter-rules.5", rules_page(read, edition, registry));
    write_file(folder / "man/man3/pgfilter-plugin.3", plugin_page(read, edition));
    const Values values(registry);
    write_file(folder / "bash-completion/completions/pgfilter", bash_completion(values));
    write_file(folder / "zsh/site-functions/_pgfilter", zsh_completion(values));
    write_file(folder / "fish/vendor_completions.d/pgfilter.fish", fish_completion(values));
}

}  // namespace
}  // namespace pgfilter::manual

int main(int argc, char** argv) try {
    if (argc != 5) {
        std::cerr << "usage: pgfilter-manual SOURCES VERSION DATE FOLDER\n";
        return 2;
    }
    pgfilter::manual::write_all(argv[1], {argv[2], argv[3]}, argv[4]);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "pgfilter-manual: " << error.what() << "\n";
    return 1;
}
