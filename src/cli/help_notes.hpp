// SPDX-License-Identifier: PostgreSQL
// What --help says beside the options; the manual is made of it, too.
#pragma once

#include <array>
#include <string_view>

namespace pgfilter::cli {

/// What an argument of some options means.
struct ArgumentNote {
    std::string_view argument;  ///< a part of OptionRow::argument
    std::string_view note;
};

inline constexpr auto argument_notes = std::to_array<ArgumentNote>({
    {"OLD=NEW",
     "In OLD=NEW, a name that contains \"=\" or starts with a double quote is written as an SQL identifier: "
     "'\"odd=name\"=new'. Repeat the option for more; all of them apply at once, so a=b and b=a swap."},
    {"PATTERN",
     "A PATTERN is one name, as in psql and pg_dump: * stands for any text, ? for one character, and the "
     "letters A to Z are folded to lower case unless in double quotes. Repeat the option for more."},
    {"KIND", "A KIND is a name that -l shows, such as 'EVENT TRIGGER'. Repeat the option for more."},
    {"TARGET",
     "TARGET and SOURCE are names that --list-targets shows, or files: ./my.rules. --from can be repeated."},
    {"FILENAME", "A FILENAME that is read can be -, standard input, if the archive is not there."},
});

/// Whatever the options are.
inline constexpr auto general_notes = std::to_array<std::string_view>({
    "Reads FILE or standard input, writes standard output or the file given with -f.",
    "An archive inside gzip, bzip2, xz, zstd or lz4 is unpacked on the way.",
    "Without any rule, the output is the input, byte for byte.",
    "A long option can be shortened as long as no other one begins like that.",
});

struct ExitStatusNote {
    std::string_view status;
    std::string_view meaning;
};

inline constexpr auto exit_status_notes = std::to_array<ExitStatusNote>({
    {"0", "done"},
    {"1", "failed on the way: discard the output, or --check or --check-for found something"},
    {"2", "refused, nothing was written"},
    {"128 + N", "ended by signal N: discard the output"},
});

}  // namespace pgfilter::cli
