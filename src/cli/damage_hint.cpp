#include "cli/damage_hint.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "archive/recognise.hpp"
#include "bytes/file_status.hpp"
#include "bytes/retry.hpp"
#include "cli/descriptor.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {
namespace {

std::string beginning_of(int descriptor, std::size_t most) {
    DescriptorSource source(descriptor);
    std::string beginning;
    while (beginning.size() < most) {
        const Bytes run = source.peek(1);
        if (run.empty()) break;
        beginning += run.substr(0, most - beginning.size());
        source.skip(run.size());
    }
    return beginning;
}

}  // namespace

std::string damage_hint(const Options& options) try {
    constexpr std::size_t enough = 1024 * 1024;
    if (options.reads_standard_input()) return {};
    const auto status = status_of(options.input);
    if (!status || !S_ISREG(status->st_mode)) return {};
    const Descriptor file(uninterrupted([&] { return ::open(options.input.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (file.number() < 0) return {};
    const std::string bytes = beginning_of(file.number(), enough);
    if (!bytes.starts_with("PGDMP")) return {};
    const std::string damage = describe_text_damage(bytes);
    return damage.empty() ? describe_lost_line_ends(bytes) : damage;
} catch (const Error&) {
    return {};  // it is only a help, and with less of the archive it could mislead
}

Error with_damage_hint(const Error& error, const Options& options) {
    if (error.code() != ErrorCode::damaged && error.code() != ErrorCode::limit &&
        error.code() != ErrorCode::unsupported)
        return error;
    const std::string hint = damage_hint(options);
    if (hint.empty() || error.message().find(hint) != std::string::npos) return error;
    Error longer(error.code(), error.message() + "; " + hint);
    if (error.offset()) longer.at(*error.offset());
    if (!error.entry().empty()) longer.in_entry(error.entry());
    if (!error.file().empty()) longer.in_file(error.file());
    return longer;
}

}  // namespace pgfilter::cli
