// Runs a fuzz target over files, in any build.
//
//     NAME_fuzzer MIN_FILES MIN_ACCEPTED FOLDER...
//
// Fails if there are fewer files, or fewer accepted ones, than it was told: a corpus must not vanish, nor
// stop exercising the invariant.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "fuzz_target.hpp"

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: " << argv[0] << " MIN_FILES MIN_ACCEPTED FOLDER...\n";
        return 2;
    }
    long files = 0;
    long accepted = 0;
    for (int i = 3; i < argc; ++i) {
        for (const auto& file : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (!file.is_regular_file() || file.path().filename().string().starts_with(".")) continue;
            std::ifstream stream(file.path(), std::ios::binary);
            const std::string input(std::istreambuf_iterator<char>(stream), {});
            std::cout << file.path().filename().string() << std::flush;
            const bool was_accepted = fuzz_one(input);
            std::cout << (was_accepted ? " accepted\n" : " refused\n");
            ++files;
            accepted += was_accepted ? 1 : 0;
        }
    }
    std::cout << files << " files, " << accepted << " accepted\n";
    return files >= std::atol(argv[1]) && accepted >= std::atol(argv[2]) ? 0 : 1;
}
