// SPDX-License-Identifier: PostgreSQL
// Gives roles other names, and keeps what they may do where several become one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "archive/memory_budget.hpp"
#include "pgfilter/rule.hpp"
#include "sql/by_name.hpp"
#include "sql/name_search.hpp"
#include "sql/role_merging.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {

/// A role's new name, and who asks for it.
struct NewRole {
    std::string name;
    std::size_t spec = 0;
    std::size_t argument = 0;
};

/// A step of the family "roles": map-role, and set-owner where SQL names the owner.
class RoleRenaming {
public:
    /// Of all specs of the family.  `new_owner`: of set-owner.  `no_owner`: that nothing will have one.
    RoleRenaming(std::span<const RuleSpec> specs, std::optional<NewRole> new_owner, bool no_owner);

    [[nodiscard]] bool is_mapped(Bytes role) const { return by_old_name_.contains(role); }
    /// The role goes, so that it gets no other name.
    void forget(const std::string& role) { by_old_name_.erase(role); }
    /// The mappings, with the old name in front.
    [[nodiscard]] const std::vector<std::pair<std::string, NewRole>>& mappings() const { return mappings_; }

    void begin(RuleContext& context);
    /// `owner`: of the entry as it was before any step.
    void visit(RuleContext& context, TocEntry& entry, const std::optional<std::string>& owner);
    /// Names in texts that stay as they are.
    void find_unhandled(const TocEntry& entry, const std::function<void(const Unhandled&)>& found) const;
    /// What was lost where roles became one.
    void find_merged(const TocEntry& entry, const std::function<void(const Unhandled&)>& found) const;

private:
    /// The names in one entry: which have new ones, and which become one.
    struct Names {
        std::optional<std::string> heir = {};            // an owner that set-owner replaces
        std::optional<std::string> owner = {};           // whose privileges need no statement
        std::map<std::size_t, std::size_t> places = {};  // of the mappings
        bool gives_owner = false;                        // to the new one
        std::vector<std::string> roles = {};             // of user mappings
        sql::ByName<std::string> first = {};             // by new name, the first that gets it
        std::set<std::string, std::less<>> merged = {};  // new names of several

        [[nodiscard]] bool is_any() const { return gives_owner || !places.empty(); }
    };

    void find_merged_defaults(const Toc& toc);
    void note_lost(DumpId entry, std::size_t spec, std::string what);

    [[nodiscard]] const NewRole* find(const Names& names, const std::string& old) const;
    [[nodiscard]] Bytes new_name(const Names& names, const std::string& old) const;
    void note_name(Names& names, const std::string& old) const;
    void look_at(Bytes sql, Names& names) const;
    [[nodiscard]] std::size_t spec_of(const Names& names) const;
    void count_places(RuleContext& context, const Names& names) const;

    void rename_owner(RuleContext& context, TocEntry& entry);
    void rename_tag(RuleContext& context, TocEntry& entry, const std::string& role);
    [[nodiscard]] Splices rename(Bytes text, const Names& names) const;
    void rename_in(RuleContext& context, TocEntry& entry, Field field, const Names& names);
    void rename_user_mapping(RuleContext& context, TocEntry& entry, const Names& names);
    [[nodiscard]] std::optional<DumpId> other_mapping(const TocEntry& entry, const std::string& role);
    void merge(RuleContext& context, TocEntry& entry, const Names& names);

    std::vector<std::pair<std::string, NewRole>> mappings_;
    sql::NameSearch mentions_;
    sql::ByName<std::size_t> by_old_name_;
    std::set<std::string, std::less<>> targets_;  // new names
    std::optional<NewRole> new_owner_;
    bool no_owner_;
    bool knows_maintain_ = false;
    sql::Dialect dialect_;
    std::set<std::string, std::less<>> merged_defaults_;  // new names with default privileges of several
    sql::ByName<sql::RoleMerger> defaults_;               // and what they have, by new name
    sql::ByName<DumpId> user_mappings_;                   // of new names, by role and server
    std::map<DumpId, std::vector<std::pair<std::size_t, std::string>>>
        lost_;                            // by a merge: due to which spec, what
    std::optional<MemoryBudget> budget_;  // for these
};

}  // namespace pgfilter
