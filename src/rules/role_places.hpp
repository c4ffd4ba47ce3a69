// Where in an archive roles are named, and where they are only mentioned.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "pgfilter/rule.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// Entries whose SQL names roles as roles.
bool names_roles(Bytes desc);

/// Entries whose SQL cannot mention a role in a body, an expression or an option: it consists of names alone,
/// of text for people, or of data.
bool has_no_mentions(Bytes desc);

/// Throws Error (usage) if no role can have that name.
void check_role_name(const std::string& name);
/// The same, and if PostgreSQL would cut it.
void check_new_role_name(const std::string& name);

/// The entry has no owner.
void clear_owner(RuleContext& context, TocEntry& entry, std::size_t spec = 0);

/// Counts mentions of many roles, in time that depends on the text and not on how many they are unless their
/// names are odd.
class RoleMentions {
public:
    void add(const std::string& role);

    /// See sql::count_mentions().
    void count_mentions(Bytes sql, bool has_role_names, sql::Dialect dialect,
                        const std::function<void(const std::string&, std::size_t)>& found) const;

private:
    std::unordered_set<std::string> words_;  // names without quotes, blanks and the like
    std::vector<std::string> odd_;
};

}  // namespace pgfilter
