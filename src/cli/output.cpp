#include "cli/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "bytes/system_error.hpp"
#include "cli/interruption.hpp"

namespace pgfilter::cli {
namespace {

bool is_special(const std::string& name) {
    struct stat status {};
    return ::stat(name.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

}  // namespace

Output::Output(const std::string& name, OutputFileOptions options) {
    // What is open already is perhaps open to append; it must not be opened again or replaced.
    if (const auto open_already = own_descriptor(name)) {
        sink_ = std::make_unique<DescriptorSink>(*open_already);
    } else if (is_special(name)) {
        open_special(name);
    } else {
        create_file(name, options);
    }
}

void Output::open_special(const std::string& name) {
    const int descriptor = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) throw system_error("cannot open output file '" + name + "'");
    special_ = std::make_unique<Descriptor>(descriptor);
    sink_ = std::make_unique<DescriptorSink>(descriptor);
}

void Output::create_file(const std::string& name, OutputFileOptions options) {
    remove_when_interrupted([&] {
        auto file = std::make_unique<OutputFile>(name, options);
        std::string temporary = file->temporary_name();
        sink_ = std::move(file);
        return temporary;
    });
}

std::optional<int> own_descriptor(const std::string& name) {
    if (name.empty() || name == "-" || name == "/dev/stdout") return STDOUT_FILENO;
    if (name == "/dev/stderr") return STDERR_FILENO;
    for (const std::string folder : {"/dev/fd/", "/proc/self/fd/"}) {
        int number = 0;
        const char* const end = name.data() + name.size();
        if (!name.starts_with(folder)) continue;
        const auto parsed = std::from_chars(name.data() + folder.size(), end, number);
        if (parsed.ec == std::errc() && parsed.ptr == end) return number;
    }
    return std::nullopt;
}

bool same_file(const std::string& one, const std::string& other) {
    if (is_special(one)) return false;
    std::error_code missing;
    if (std::filesystem::equivalent(one, other, missing)) return true;
    const auto full = std::filesystem::weakly_canonical(std::filesystem::absolute(one, missing), missing);
    return !missing &&
           full == std::filesystem::weakly_canonical(std::filesystem::absolute(other, missing), missing) &&
           !missing;
}

bool same_file(const std::string& name, int descriptor) {
    struct stat named {};
    struct stat open {};
    return ::stat(name.c_str(), &named) == 0 && ::fstat(descriptor, &open) == 0 && S_ISREG(open.st_mode) &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

}  // namespace pgfilter::cli
