// SPDX-License-Identifier: PostgreSQL
// PostgreSQL's own scanner and parser (libpg_query, of PostgreSQL 15), to compare with.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgfilter::test {

struct PostgresToken {
    /// Those of libpg_query that tests ask for; single characters are their own codes.
    enum Code {
        ident = 258,
        uident,
        fconst,
        sconst,
        usconst,
        bconst,
        xconst,
        iconst = 266,
        sql_comment = 275,
        c_comment = 276
    };
    enum Keyword { none, unreserved, column_name, type_or_function_name, reserved };

    std::size_t start = 0;
    std::size_t end = 0;  ///< wrong for uident and usconst
    int code = 0;
    int keyword = none;
};

/// Nothing if the scanner reports an error.  standard_conforming_strings is on.
std::optional<std::vector<PostgresToken>> postgres_scan(const std::string& sql);

/// The parse tree as JSON; nothing if the grammar refuses the text.
std::optional<std::string> postgres_parse(const std::string& sql);

/// The text cut at semicolons, for texts that cannot be parsed as a whole; nothing if the scanner reports an
/// error.
std::optional<std::vector<std::string>> postgres_split(const std::string& sql);

/// The roles that a parse tree names as roles, each as often as it does.  PUBLIC and CURRENT_USER are none.
std::vector<std::string> roles_in(const std::string& tree);

/// The parse tree with other names for these roles.
std::string with_roles_renamed(const std::string& tree, const std::map<std::string, std::string>& new_names);

/// The parse tree without the places of its nodes in the text, to compare with that of another text.
std::string without_locations(const std::string& tree);

/// All keywords of the scanner.
std::vector<std::string> postgres_keywords();

/// The text as a string in the JSON that the parser writes, and back.
std::string to_json(std::string_view text);
std::string from_json(std::string_view json);

}  // namespace pgfilter::test
