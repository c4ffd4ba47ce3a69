// SPDX-License-Identifier: PostgreSQL
#include "cli/damage_hint.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "archive/recognise.hpp"
#include "bytes/file_status.hpp"
#include "bytes/owned_descriptor.hpp"
#include "cli/text_file.hpp"
#include "pgfilter/files.hpp"

namespace pgfilter::cli {

namespace {

/// The start of the file, once more; empty if the input is none.
std::string start_of_file(int descriptor) {
    constexpr std::size_t enough = 1024 * 1024;
    if (!S_ISREG(status_of(descriptor, "the input").st_mode)) return {};
    FileRangeSource source(descriptor, 0, enough);
    return read_all(source);
}

std::string start_of_input(const Options& options) {
    if (options.reads_standard_input()) return start_of_file(STDIN_FILENO);
    const Descriptor file(open_to_read(options.input));
    return file.number() < 0 ? std::string() : start_of_file(file.number());
}

}  // namespace

std::string damage_hint(const Options& options) try {
    const std::string bytes = start_of_input(options);
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
