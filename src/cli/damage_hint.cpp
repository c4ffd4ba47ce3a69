#include "cli/damage_hint.hpp"

#include <sys/stat.h>

#include "archive/recognise.hpp"
#include "bytes/file_status.hpp"
#include "bytes/owned_descriptor.hpp"
#include "cli/text_file.hpp"

namespace pgfilter::cli {

std::string damage_hint(const Options& options) try {
    constexpr std::size_t enough = 1024 * 1024;
    if (options.reads_standard_input()) return {};
    const auto status = status_of(options.input);
    if (!status || !S_ISREG(status->st_mode)) return {};
    const Descriptor file(open_to_read(options.input));
    if (file.number() < 0) return {};
    const std::string bytes = read_all(file.number(), enough);
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
    return Error(error).add_hint(hint);
}

}  // namespace pgfilter::cli
