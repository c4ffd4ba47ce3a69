#include "cli/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "bytes/file_status.hpp"
#include "bytes/retry.hpp"
#include "cli/interruption.hpp"

namespace pgfilter::cli {
namespace {

bool is_special(const std::string& name) {
    const auto status = status_of(name);
    return status && !S_ISREG(status->st_mode);
}

/// The name that leads past links and dots, as far as there are files.
std::filesystem::path canonical_name(const std::string& name) {
    std::error_code error;
    std::filesystem::path full;
    do {
        full = std::filesystem::absolute(name, error);
        if (!error) full = std::filesystem::weakly_canonical(full, error);
    } while (error == std::errc::interrupted);
    errno = error.value();
    if (error) throw system_error("cannot tell where '" + name + "' leads");
    return full;
}

}  // namespace

Output::Output(const std::string& name, OutputFileOptions options) {
    // What is open already is perhaps open to append; it must not be opened again or replaced.
    if (const auto open_already = own_descriptor(name)) {
        is_standard_output_ = *open_already == STDOUT_FILENO;
        sink_ = std::make_unique<DescriptorSink>(*open_already);
    } else if (is_special(name)) {
        open_special(name);
    } else {
        create_file(name, options);
    }
}

void Output::open_special(const std::string& name) {
    const int descriptor = uninterrupted([&] { return ::open(name.c_str(), O_WRONLY | O_CLOEXEC); });
    if (descriptor < 0) throw system_error("cannot open output file '" + name + "'");
    special_ = std::make_unique<Descriptor>(descriptor);
    sink_ = std::make_unique<DescriptorSink>(descriptor);
}

void Output::close() {
    const bool closed = special_ ? special_->close() : !is_standard_output_ || ::close(STDOUT_FILENO) == 0;
    if (!closed) throw system_error("cannot write the output");
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
    const auto of_one = status_of(one);
    const auto of_other = status_of(other);
    if (of_one && !S_ISREG(of_one->st_mode)) return false;
    if (of_one && of_other) return of_one->st_dev == of_other->st_dev && of_one->st_ino == of_other->st_ino;
    return !of_one && !of_other && canonical_name(one) == canonical_name(other);
}

bool same_file(const std::string& name, int descriptor) {
    const auto named = status_of(name);
    if (!named) return false;
    const struct stat open = status_of(descriptor, "an open file");
    return S_ISREG(open.st_mode) && named->st_dev == open.st_dev && named->st_ino == open.st_ino;
}

}  // namespace pgfilter::cli
