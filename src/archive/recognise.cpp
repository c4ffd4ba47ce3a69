#include "archive/recognise.hpp"

#include <algorithm>
#include <array>

#include "archive/harmless.hpp"

namespace pgfilter {
namespace {

struct Wrapper {
    Bytes magic;
    const char* name;
    const char* unpack;
};

constexpr std::array<Wrapper, 6> wrappers{{
    {Bytes("\x1f\x8b", 2), "gzip", "gzip -dc"},
    {Bytes("\x28\xb5\x2f\xfd", 4), "zstd", "zstd -dc"},
    {Bytes("\x04\x22\x4d\x18", 4), "lz4", "lz4 -dc"},
    {Bytes("\xfd"
           "7zXZ\0",
           6),
     "xz", "xz -dc"},
    {Bytes("BZh", 3), "bzip2", "bzip2 -dc"},
    {Bytes("PK\3\4", 4), "zip", "unzip -p"},
}};

constexpr const char* make_custom = "; make a custom-format dump with 'pg_dump -Fc', which pgfilter reads";

// The checksum of a tar header: the sum of its bytes, with the checksum's own field (octal, at 148) taken as
// blanks.
bool is_tar_header(Bytes start) {
    if (start.size() < 512) return false;
    unsigned expected = 0;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) {
        const bool in_field = i >= 148 && i < 156;
        sum += in_field ? unsigned{' '} : static_cast<unsigned char>(start[i]);
        if (in_field && start[i] >= '0' && start[i] <= '7')
            expected = expected * 8 + static_cast<unsigned>(start[i] - '0');
    }
    return sum == expected;
}

bool is_text(Bytes start) {
    return std::none_of(start.begin(), start.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && (byte < '\t' || byte > '\r') && byte != 0x1b) || byte == 0x7f;
    });
}

std::string first_line(Bytes start) {
    return harmless(std::string(start.substr(0, std::min<std::size_t>(start.find('\n'), 60))));
}

std::string in_hex(Bytes bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string hex;
    for (const char c : bytes) {
        if (!hex.empty()) hex += ' ';
        hex += digits[static_cast<unsigned char>(c) >> 4];
        hex += digits[static_cast<unsigned char>(c) & 15];
    }
    return hex;
}

}  // namespace

std::string describe_foreign_input(Bytes start) {
    if (start.empty()) return "input is empty: the program that should have written it probably failed";
    for (const Wrapper& wrapper : wrappers) {
        if (start.starts_with(wrapper.magic))
            return std::string("input is wrapped in ") + wrapper.name +
                   "; unpack it first: " + wrapper.unpack + " FILE | pgfilter …";
    }
    if (is_tar_header(start)) {
        return start.starts_with("toc.dat")
                   ? std::string("input is a tar-format dump (pg_dump -Ft)") + make_custom
                   : std::string("input is a tar file; if a dump is in it, unpack it first with 'tar -x'");
    }
    if (start.find("PostgreSQL database") != Bytes::npos && is_text(start))
        return std::string("input is a plain SQL dump, which psql restores") + make_custom;
    if (start.find("PGDMP") != Bytes::npos)
        return "something has printed in front of the archive: '" + first_line(start) +
               "'; keep it out of the pipe (a banner of ssh, docker exec -t, a script's echo)";
    if (start.size() < 5 && Bytes("PGDMP").starts_with(start)) return "archive ends inside magic string";
    if (is_text(start)) return std::string("input is text, not a pg_dump archive") + make_custom;
    return "input is not a pg_dump archive (it starts with the bytes " + in_hex(start.substr(0, 8)) + ")" +
           make_custom;
}

std::string refuse_version(int major, int minor, int revision) {
    const std::string version = std::to_string(major) + "." + std::to_string(minor);
    if (major < 1 || (major == 1 && minor < 10))
        return "archive version " + version +
               " is older than PostgreSQL 8.0; restore it with an old pg_restore and dump the database again";
    if (major > 1 || minor > 16)
        return "archive version " + version +
               " is newer than this pgfilter knows (1.16, PostgreSQL 19); get a newer pgfilter";
    // PostgreSQL's readers take the revision for a signed char and misread such an archive.
    if (revision > 127)
        return "archive version " + version + "-" + std::to_string(revision) + " was never written";
    return {};
}

}  // namespace pgfilter
