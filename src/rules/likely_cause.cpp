// SPDX-License-Identifier: PostgreSQL
#include "rules/likely_cause.hpp"

#include <algorithm>

#include "pgfilter/name_pattern.hpp"

namespace pgfilter {
namespace {

/// Outside double quotes.
bool has_capital(const std::string& pattern) {
    bool quoted = false;
    return std::any_of(pattern.begin(), pattern.end(), [&](char c) {
        quoted = quoted != (c == '"');
        return !quoted && c >= 'A' && c <= 'Z';
    });
}

/// The pattern as it would match the name as it was typed, for the shell.
std::string pattern_in_quotes(const std::string& pattern) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    const bool is_name = std::all_of(pattern.begin(), pattern.end(), is_letter);
    return std::string("'\"").append(is_name ? pattern : "Name").append("\"'");
}

}  // namespace

std::string likely_cause(const std::string& rule, ArgumentForm form, const RuleArgument& argument) {
    const std::string& value = argument.value;
    if (form == ArgumentForm::mapping && NamePattern::looks_like_list(argument.key))
        return ": this is one name, commas do not part names";
    if (rule == "map-role") return ": nothing that is kept names such a role (upper and lower case differ)";
    if (NamePattern::looks_like_list(value))
        return ": this is one name, commas do not part names; give each name by itself";
    // pg_dump's options of that name take patterns, pg_restore's do not.
    if (rule == "table" && value.find_first_of("*?.") != std::string::npos)
        return ": it takes a plain name, as pg_restore does; include-table takes patterns";
    if ((rule == "schema" || rule == "exclude-schema") && value.find_first_of("*?") != std::string::npos)
        return rule == "schema" ? ": it takes a plain name, as pg_restore does; include-schema takes patterns"
                                : ": it takes a plain name, as pg_restore does";
    if (form == ArgumentForm::pattern && has_capital(value))
        return ": capital letters outside double quotes are folded to lower case; write " +
               pattern_in_quotes(value);
    if (rule == "drop-role" || rule == "keep-roles")
        return ": nothing that is kept names such a role, by the name that the archive has";
    return "";
}

}  // namespace pgfilter
