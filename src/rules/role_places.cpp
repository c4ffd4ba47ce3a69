// SPDX-License-Identifier: PostgreSQL
#include "rules/role_places.hpp"

#include <charconv>

#include "archive/kind_facts.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"

namespace pgfilter {

bool names_roles(EntryKind kind) {
    return (facts_of(kind).traits & trait::role_names) != 0;
}

bool has_no_mentions(EntryKind kind) {
    return (facts_of(kind).traits & trait::no_mentions) != 0;
}

bool knows_maintain(const Header& header) {
    constexpr int first = 17;
    const std::string version = header.server_version.value_or("");
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    return major >= first;
}

void check_role_name(const std::string& name) {
    if (name.empty()) throw Error(ErrorCode::usage, "a role's name cannot be empty");
    if (name == "public" || name == "none")
        throw Error(ErrorCode::usage, "\"" + name + "\" is not a role: PostgreSQL reserves the name");
    if (name.find('\0') != std::string::npos)
        throw Error(ErrorCode::usage, "a role's name cannot contain a zero byte");
}

void check_new_role_name(const std::string& name) {
    constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1 (pg_config_manual.h)
    check_role_name(name);
    if (name.size() > longest_name)
        throw Error(ErrorCode::usage, "role name \"" + name + "\" is longer than " +
                                          std::to_string(longest_name) + " bytes: PostgreSQL would cut it");
}

// pg_restore uses an entry's owner for ALTER … OWNER, SET SESSION AUTHORIZATION and its comments only, so
// that no entry needs one.
void clear_owner(RuleContext& context, TocEntry& entry, std::size_t spec) {
    if (entry.owner()) context.set_text(entry, Field::owner, nothing(context), spec);
}

}  // namespace pgfilter
