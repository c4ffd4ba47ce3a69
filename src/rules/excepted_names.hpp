// SPDX-License-Identifier: PostgreSQL
// The patterns of a rule's "except".
#pragma once

#include <vector>

#include "pgfilter/name_pattern.hpp"
#include "pgfilter/rule.hpp"

namespace pgfilter {

class ExceptedNames {
public:
    /// Throws Error (usage) if a pattern makes no sense.
    explicit ExceptedNames(const std::vector<RuleArgument>& arguments) {
        for (const RuleArgument& argument : arguments)
            patterns_.emplace_back(argument.value, NamePattern::Parts::name);
    }

    /// Whether one of them covers the name.  The first that does counts as matched.
    bool cover(RuleContext& context, Bytes name, std::size_t spec = 0) const {
        for (std::size_t i = 0; i < patterns_.size(); ++i) {
            if (!patterns_[i].matches(name)) continue;
            context.matched_argument(i, 1, spec);
            return true;
        }
        return false;
    }

private:
    std::vector<NamePattern> patterns_;
};

}  // namespace pgfilter
