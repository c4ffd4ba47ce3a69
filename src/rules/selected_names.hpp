// SPDX-License-Identifier: PostgreSQL
// The names that an option like --table was given, and which of them an archive has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/rule.hpp"
#include "rules/likely_cause.hpp"

namespace pgfilter {

/// Names are compared as they are, byte by byte: pg_restore knows no patterns.
class SelectedNames {
public:
    /// Takes the arguments of a spec, which is the rule's `spec`th.  Throws Error (usage) if it has none.
    void add(const RuleSpec& from, std::size_t spec);

    [[nodiscard]] bool given() const noexcept { return spec_.has_value(); }
    /// REQUIRES: given().
    [[nodiscard]] std::size_t spec() const { return *spec_; }

    /// Whether it is one of them, which counts as found then.
    bool find(Bytes name);

    /// That the archive has something of that name, whatever else is asked for.
    void note(Bytes name);

    /// Tells the context how often each of them was found.
    void report(RuleContext& context) const;
    /// Throws Error (usage), `schema "x" not found`, at the first that was not.
    void check_all_found(const char* kind) const;
    /// Throws Error (usage), `no matching tables were found for "x"`, if the archive has none of them.
    void check_any_there(const char* kinds) const;

private:
    struct Argument {
        std::size_t spec;
        std::size_t number;
        std::string name;
        std::size_t found = 0;
        bool is_there = false;
    };

    std::string rule_;
    std::optional<std::size_t> spec_;
    std::vector<Argument> arguments_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;
};

/// Throws Error (usage) for values of selecting options that select nothing, as pg_dump does: what remains
/// would be no more than an empty database.  REQUIRES: there are any.
[[noreturn]] void refuse_empty_selection(const char* kinds, const std::string& rule, ArgumentForm form,
                                         const std::vector<std::string>& values);

}  // namespace pgfilter
