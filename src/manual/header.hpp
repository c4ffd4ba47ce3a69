// SPDX-License-Identifier: PostgreSQL
// A C header and its comments, read for the manual.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgfilter::manual {

/// Names of a struct or an enum that a comment is about.
struct Members {
    std::vector<std::string> declarations;  ///< "int (*fail)(pgfilter_call* call, pgfilter_text message)"
    std::string comment;                    ///< without declarations: about those that follow
};

struct Declaration {
    enum class Kind { enumeration, structure, other } kind;
    std::string name;     ///< of a struct, else the whole
    std::string comment;  ///< before it
    std::vector<Members> members = {};
};

/// What a header declares, in its order.  It is read as pgfilter/plugin.h is written: clang-format's style, a
/// comment before what it is about, until a blank line, or at the end of its line.
std::vector<Declaration> read_header(std::string_view text);

}  // namespace pgfilter::manual
