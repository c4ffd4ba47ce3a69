// SPDX-License-Identifier: PostgreSQL
// The rules that fuzz targets try.
#pragma once

#include "pgfilter/rules.hpp"

inline const pgfilter::RuleRegistry& builtin_rules() {
    static const pgfilter::RuleRegistry registry = [] {
        pgfilter::RuleRegistry rules;
        pgfilter::add_builtin_rules(rules);
        return rules;
    }();
    return registry;
}
