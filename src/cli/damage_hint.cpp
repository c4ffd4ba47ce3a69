#include "cli/damage_hint.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "archive/recognise.hpp"
#include "bytes/file_status.hpp"
#include "bytes/retry.hpp"
#include "cli/descriptor.hpp"

namespace pgfilter::cli {

std::string damage_hint(const Options& options) {
    constexpr std::size_t enough = 1024 * 1024;
    if (options.reads_standard_input()) return {};
    const auto status = status_of(options.input);
    if (!status || !S_ISREG(status->st_mode)) return {};
    const Descriptor file(uninterrupted([&] { return ::open(options.input.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (file.number() < 0) return {};
    std::string bytes(enough, '\0');
    std::size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < bytes.size();
         size += static_cast<std::size_t>(std::max<ssize_t>(got, 0)))
        got = uninterrupted([&] { return ::read(file.number(), bytes.data() + size, bytes.size() - size); });
    bytes.resize(size);
    if (!bytes.starts_with("PGDMP")) return {};
    const std::string damage = describe_text_damage(bytes);
    return damage.empty() ? describe_lost_line_ends(bytes) : damage;
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
