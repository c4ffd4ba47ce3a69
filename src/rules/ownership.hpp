// SPDX-License-Identifier: PostgreSQL
// The owners of objects.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pgfilter/rule.hpp"
#include "rules/role_renaming.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// What no-owner and set-owner ask for.  An explicit owner outranks none.
class OwnerRules {
public:
    /// Of all specs of the family.
    explicit OwnerRules(std::span<const RuleSpec> specs);

    [[nodiscard]] const std::optional<NewRole>& new_owner() const { return new_owner_; }
    [[nodiscard]] bool no_owner() const { return no_owner_.has_value(); }

    void begin(RuleContext& context);
    /// Takes the owner away, if there shall be none.
    void visit(RuleContext& context, TocEntry& entry) const;

private:
    void set_owner(const RuleSpec& spec, std::size_t number);

    std::optional<NewRole> new_owner_;
    std::optional<std::size_t> no_owner_;  // the spec that it is due to
    std::vector<std::size_t> idle_;        // specs that say it once more, or in vain
    sql::Dialect dialect_;
};

}  // namespace pgfilter
