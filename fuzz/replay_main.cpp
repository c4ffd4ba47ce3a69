// SPDX-License-Identifier: PostgreSQL
// Runs a fuzz target over files, in any build.
//
//     NAME_fuzzer replay MIN_FILES MIN_ACCEPTED FOLDER...
//     NAME_fuzzer mutate COUNT SEED MIN_PERCENT FOLDER...
//
// The first fails if there are fewer files, or fewer accepted ones, than it was told: a corpus must not
// vanish, nor stop exercising the invariant.  The second tries mutants of the files, the same ones every
// time, and fails if too few are accepted: a mutator must not stop making inputs that test something.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "fuzz_target.hpp"

namespace {

constexpr std::size_t longest = 9000;

struct File {
    std::string name;
    std::string bytes;
};

std::vector<File> read_files(char** folders) {
    std::vector<std::filesystem::path> paths;
    for (; *folders != nullptr; ++folders) {
        for (const auto& file : std::filesystem::recursive_directory_iterator(*folders)) {
            if (file.is_regular_file() && !file.path().filename().string().starts_with("."))
                paths.push_back(file.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<File> files;
    for (const auto& path : paths) {
        std::ifstream stream(path, std::ios::binary);
        files.push_back({path.filename().string(), std::string(std::istreambuf_iterator<char>(stream), {})});
    }
    return files;
}

bool replay(const std::vector<File>& files, long min_files, long min_accepted) {
    long accepted = 0;
    for (const File& file : files) {
        std::cout << file.name << std::flush;
        const bool was_accepted = fuzz_one(file.bytes);
        std::cout << (was_accepted ? " accepted\n" : " refused\n");
        accepted += was_accepted ? 1 : 0;
    }
    std::cout << files.size() << " files, " << accepted << " accepted\n";
    return static_cast<long>(files.size()) >= min_files && accepted >= min_accepted;
}

std::string present;  // the mutant that is tried

extern "C" void keep_present(int signal) {
    std::ofstream("failing-mutant", std::ios::binary) << present;
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

bool mutate(std::vector<File> files, long count, unsigned seed, long min_percent) {
    std::signal(SIGABRT, keep_present);
    std::erase_if(files, [](const File& file) { return file.bytes.size() > longest; });
    if (files.empty()) return false;
    Random random(seed);
    long accepted = 0;
    for (long i = 0; i < count; ++i) {
        File& file = random.pick(files);
        present = file.bytes;
        for (std::size_t steps = 1 + random.below(4); steps > 0; --steps)
            present = fuzz_mutate(present, longest, random);
        const bool was_accepted = fuzz_one(present);
        accepted += was_accepted ? 1 : 0;
        if (was_accepted && random.one_in(4)) file.bytes = present;
    }
    std::cout << count << " mutants of " << files.size() << " files with seed " << seed << ", " << accepted
              << " accepted\n";
    const std::string untried = fuzz_untried();
    if (!untried.empty()) std::cout << "not tried: " << untried << "\n";
    return accepted * 100 >= count * min_percent && untried.empty();
}

}  // namespace

std::string mutate_bytes(pgfilter::Bytes text, std::size_t most, Random& random) {
    std::string bytes(text.substr(0, most));
    const std::size_t at = random.below(bytes.size() + 1);
    const std::size_t size = std::min(random.below(8), bytes.size() - at);
    const std::string run = bytes.substr(at, size);
    switch (random.below(5)) {
        case 0:
            bytes.erase(at, size);
            break;
        case 1:
            bytes.insert(random.below(bytes.size() + 1), run);
            break;
        case 2:
            bytes.insert(at, 1, static_cast<char>(random.below(256)));
            break;
        case 3:
            bytes.insert(at, 1, random.pick("\"'$;,.()-/*\\\n =#EU&aA0\x81"));
            break;
        default:
            if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
    }
    return bytes.substr(0, most);
}

int main(int argc, char** argv) {
    const std::string mode = argc < 2 ? "" : argv[1];
    if (mode == "replay" && argc >= 5)
        return replay(read_files(argv + 4), std::atol(argv[2]), std::atol(argv[3])) ? 0 : 1;
    if (mode == "mutate" && argc >= 6)
        return mutate(read_files(argv + 5), std::atol(argv[2]), static_cast<unsigned>(std::atol(argv[3])),
                      std::atol(argv[4]))
                   ? 0
                   : 1;
    std::cerr << "usage: " << argv[0] << " replay MIN_FILES MIN_ACCEPTED FOLDER...\n"
              << "       " << argv[0] << " mutate COUNT SEED MIN_PERCENT FOLDER...\n";
    return 2;
}
