// SPDX-License-Identifier: PostgreSQL
// Which roles go, by the patterns of drop-role and keep-roles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "archive/memory_budget.hpp"
#include "pgfilter/name_pattern.hpp"
#include "pgfilter/rule.hpp"
#include "sql/by_name.hpp"
#include "sql/privileges.hpp"

namespace pgfilter {

/// Which argument of which spec decides about a role.
struct RoleVerdict {
    bool goes = false;
    EditorId spec = 0;
    std::optional<std::uint32_t> argument = {};  // nothing: the role matches no argument of keep-roles
    sql::RoleNumber number = 0;                  // of the role, from about()
};

/// What the patterns say of each role, by the name that the archive has.
class RolePatterns {
public:
    /// Of all specs of the family.  `is_mapped`: whether a role gets another name, so that keep-roles, which
    /// is about all that are not spoken of, leaves it alone.
    RolePatterns(std::span<const RuleSpec> specs, std::function<bool(Bytes role)> is_mapped);

    [[nodiscard]] bool empty() const { return dropping_.empty() && keeping_.empty(); }
    /// Before about().
    void begin(const Toc& toc) { budget_.emplace(toc, "roles"); }
    /// Remembers the verdict.  Throws Error (limit) if there are too many.
    RoleVerdict about(Bytes role);
    [[nodiscard]] RoleVerdict judge(Bytes role) const;
    /// About the roles that were asked for, but for names that no server can have.
    [[nodiscard]] const sql::ByName<RoleVerdict>& verdicts() const { return verdicts_; }

private:
    struct Pattern {
        NamePattern pattern;
        RoleVerdict verdict;
    };

    void add(const RuleSpec& spec, EditorId number);

    std::vector<Pattern> dropping_;
    std::vector<Pattern> excepting_;  // from what the same spec drops
    std::vector<Pattern> keeping_;
    EditorId keep_spec_ = 0;
    std::function<bool(Bytes role)> is_mapped_;
    std::optional<MemoryBudget> budget_;
    sql::ByName<RoleVerdict> verdicts_;
    const std::pair<const std::string, RoleVerdict>* latest_ = nullptr;  // of them, asked about
};

}  // namespace pgfilter
