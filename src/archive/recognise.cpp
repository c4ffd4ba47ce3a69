// SPDX-License-Identifier: PostgreSQL
#include "archive/recognise.hpp"

#include <algorithm>
#include <array>

#include "bytes/harmless.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter {
namespace {

constexpr const char* make_custom = "; make a custom-format dump with 'pg_dump -Fc', which pgfilter reads";

/// What begins with bytes of its own.
struct Magic {
    Bytes bytes;
    const char* message;
};

constexpr std::array<Magic, 21> magics{{
    {Bytes("PK\3\4", 4), "input is wrapped in zip; unpack it first: unzip -p FILE | pgfilter ..."},
    {Bytes("7z\xbc\xaf\x27\x1c", 6), "input is wrapped in 7z; unpack it first: 7z x -so FILE | pgfilter ..."},
    {Bytes("Rar!\x1a\x07", 6), "input is wrapped in rar; unpack it first: unrar p -inul FILE | pgfilter ..."},
    {Bytes("\x1f\x9d", 2),
     "input is wrapped in compress (.Z); unpack it first: gzip -dc FILE | pgfilter ..."},
    {Bytes("LZIP", 4), "input is wrapped in lzip; unpack it first: lzip -dc FILE | pgfilter ..."},
    {Bytes("\x89LZO\0", 5), "input is wrapped in lzop; unpack it first: lzop -dc FILE | pgfilter ..."},
    {Bytes("\x02\x21\x4c\x18", 4),
     "input is wrapped in lz4's legacy format; unpack it first: lz4 -dc FILE | pgfilter ..."},
    {"age-encryption.org/",
     "input is encrypted with age; decrypt it first: age -d -i KEYFILE FILE | pgfilter ..."},
    {"-----BEGIN AGE ENCRYPTED FILE",
     "input is encrypted with age; decrypt it first: age -d -i KEYFILE FILE | pgfilter ..."},
    {"-----BEGIN PGP MESSAGE", "input is encrypted with gpg; decrypt it first: gpg -d FILE | pgfilter ..."},
    {"Salted__",
     "input is encrypted with openssl; decrypt it first: openssl enc -d ... -in FILE | pgfilter ..."},
    // The letters that base64 and hexadecimal digits make of the first bytes of an archive, and of gzip's.
    {"UEdETVA", "input is an archive in base64; decode it first: base64 -d FILE | pgfilter ..."},
    {"H4sI", "input is base64 of something wrapped in gzip; decode it first: base64 -d FILE | pgfilter ..."},
    {"5047444d50",
     "input is an archive in hexadecimal digits; decode it first: xxd -r -p FILE | pgfilter ..."},
    {"\\x5047444d50",
     "input is an archive as a value of bytea; decode it first: cut -c3- FILE | xxd -r -p | pgfilter ..."},
    {"PGCOPY\n\xff\r\n",
     "input is the data of one table (COPY ... WITH (FORMAT binary)), which only COPY reads"},
    {Bytes("SQLite format 3\0", 16), "input is a database of SQLite, not a dump of PostgreSQL"},
    {"-- MySQL dump", "input is a dump of MySQL, not of PostgreSQL"},
    {"-- MariaDB dump", "input is a dump of MariaDB, not of PostgreSQL"},
    {"/*M!999999\\- enable the sandbox mode */", "input is a dump of MariaDB, not of PostgreSQL"},
    {"version https://git-lfs",
     "input is a pointer of Git LFS, not the file itself; fetch that with 'git lfs pull'"},
}};

// An encrypted message of OpenPGP begins with a packet for a key or for a passphrase (RFC 9580, sections 4.2
// and 5).
bool is_gpg(Bytes start) {
    if (start.size() < 4) return false;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(start[i]); };
    const unsigned tag = byte(0);
    std::size_t version_at = 0;
    if (tag == 0xc1 || tag == 0xc3) version_at = byte(1) < 192 ? 2 : 3;
    if (tag == 0x84 || tag == 0x8c) version_at = 2;
    if (tag == 0x85 || tag == 0x8d) version_at = 3;
    return version_at != 0 && byte(version_at) >= 3 && byte(version_at) <= 6;
}

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

std::string describe_tar(Bytes start) {
    if (start.starts_with("toc.dat"))
        return std::string("input is a tar-format dump (pg_dump -Ft)") + make_custom;
    for (const char* const first : {"backup_label", "tablespace_map", "PG_VERSION", "backup_manifest"}) {
        if (start.starts_with(first))
            return "input is a base backup (pg_basebackup -Ft), which is restored by unpacking it and "
                   "starting a "
                   "server in it";
    }
    return "input is a tar file; if a dump is in it, unpack it first with 'tar -x'";
}

bool is_text(Bytes start) {
    return std::none_of(start.begin(), start.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && (byte < '\t' || byte > '\r') && byte != 0x1b) || byte == 0x7f;
    });
}

bool contains(Bytes text, Bytes part) {
    return text.find(part) != Bytes::npos;
}

std::string quoted_line(Bytes start) {
    constexpr std::size_t longest = 60;
    start = start.substr(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
    const std::string line(start.substr(0, std::min(start.find_first_of("\r\n"), longest)));
    return std::string("'").append(harmless(line)).append("'");
}

std::string lower_case(Bytes text) {
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// What is between <title> and </title>, or else the first line.
std::string title(Bytes page) {
    constexpr Bytes open = "<title>";
    const std::string lower = lower_case(page);
    const std::size_t begin = lower.find(open);
    const std::size_t end = lower.find("</title>");
    if (begin == std::string::npos || end == std::string::npos || end < begin) return quoted_line(page);
    return quoted_line(page.substr(begin + open.size(), end - begin - open.size()));
}

std::string describe_sql(Bytes start) {
    if (contains(start, "PostgreSQL database cluster dump"))
        return "input is the plain SQL of pg_dumpall, which psql restores; dump each database with 'pg_dump "
               "-Fc', "
               "which pgfilter reads, and the roles with 'pg_dumpall --globals-only'";
    return std::string("input is a plain SQL dump, which psql restores") + make_custom;
}

std::string describe_text(Bytes start) {
    constexpr const char* failed = ", not a dump: what should have fetched the dump has failed";
    const std::string lower =
        lower_case(start.substr(std::min(start.find_first_not_of(" \t\r\n"), start.size())));
    if (lower.starts_with("<!doctype html") || lower.starts_with("<html"))
        return "input is a web page, " + title(start) + failed;
    if (lower.starts_with("<?xml") || lower.starts_with("<error>"))
        return "input is XML, " + quoted_line(start) + failed;
    if (lower.starts_with("{\"")) return "input is JSON, " + quoted_line(start) + failed;
    if (start.starts_with("pg_dump: ") || contains(start, "\npg_dump: "))
        return "input is what pg_dump complains of, " + quoted_line(start) +
               ": it has failed, and its standard error must not go into the pipe (2>&1)";
    return "input is text, not a pg_dump archive, " + quoted_line(start) + make_custom;
}

/// What a program has made of an archive that took it for text; empty if it is none.
std::string describe_mangled(Bytes start) {
    constexpr const char* redirected =
        ", so it is damaged: the > of Windows PowerShell does that; write it with 'pg_dump -f FILE'";
    if (start.starts_with(Bytes("\xff\xfeP\0G\0D\0M\0P\0", 12)) ||
        start.starts_with(Bytes("\xfe\xff\0P\0G\0D\0M\0P", 12)))
        return std::string("input is an archive that was converted to UTF-16") + redirected;
    if (start.starts_with("\xef\xbb\xbfPGDMP"))
        return std::string("input is an archive that was converted to UTF-8") + redirected;
    if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff"))
        return std::string("input is text in UTF-16, not a pg_dump archive") + make_custom;
    return {};
}

struct LineEnds {
    std::size_t line_feeds = 0;
    std::size_t pairs = 0;  ///< CR LF
};

LineEnds count_line_ends(Bytes bytes) {
    LineEnds ends;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != '\n') continue;
        ++ends.line_feeds;
        ends.pairs += i > 0 && bytes[i - 1] == '\r' ? 1U : 0U;
    }
    return ends;
}

/// Whether bytes above 127 occur as UTF-8 of U+0080 to U+00FF alone, and control characters are among them,
/// which no text has.
bool is_latin1_made_utf8(Bytes bytes) {
    bool has_controls = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (byte < 0x80) continue;
        if (byte != 0xc2 && byte != 0xc3) return false;
        if (i + 1 == bytes.size()) break;
        const auto next = static_cast<unsigned char>(bytes[++i]);
        if (next < 0x80 || next > 0xbf) return false;
        has_controls = has_controls || (byte == 0xc2 && next < 0xa0);
    }
    return has_controls;
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
    if (const Wrapping wrapping = recognise_wrapping(start); wrapping != Wrapping::none) {
        const std::string name = wrapping_name(wrapping);
        return "input is wrapped in " + name + "; unpack it first: " + name + " -dc FILE | pgfilter ...";
    }
    for (const Magic& magic : magics) {
        if (start.starts_with(magic.bytes)) return magic.message;
    }
    if (std::string mangled = describe_mangled(start); !mangled.empty()) return mangled;
    if (is_tar_header(start)) return describe_tar(start);
    if (contains(start, "PostgreSQL database") && is_text(start)) return describe_sql(start);
    if (contains(start, "PGDMP"))
        return "something has printed in front of the archive: " + quoted_line(start) +
               "; keep it out of the pipe (a banner of ssh, docker exec -t, a script's echo)";
    if (start.size() < 5 && Bytes("PGDMP").starts_with(start)) return "archive ends inside magic string";
    if (is_gpg(start)) return "input is encrypted with gpg; decrypt it first: gpg -d FILE | pgfilter ...";
    if (is_text(start)) return describe_text(start);
    return "input is not a pg_dump archive (it starts with the bytes " + in_hex(start.substr(0, 8)) + ")" +
           make_custom;
}

std::string describe_text_damage(Bytes start) {
    constexpr const char* as_binary =
        "; transfer it as binary (FTP in binary mode, docker exec without -t, no text attribute in git)";
    if (contains(start, "\xef\xbf\xbd"))
        return "a program that took the archive for text has replaced bytes of it, as PowerShell's > does; "
               "write it with 'pg_dump -f FILE'";
    if (is_latin1_made_utf8(start))
        return "every byte above 127 in it has become two, as happens to text that is converted from Latin-1 "
               "to "
               "UTF-8; write it with 'pg_dump -f FILE', or transfer it as binary";
    const LineEnds ends = count_line_ends(start);
    // The first entry of every archive ends in a line feed.
    if (ends.line_feeds > 0 && ends.pairs == ends.line_feeds)
        return std::string("every line feed in it has become CR LF, as happens to text").append(as_binary);
    return {};
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
