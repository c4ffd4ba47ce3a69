// The names that an option like --table was given, and which of them an archive has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/rule.hpp"

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

    /// Tells the context how often each of them was found.
    void report(RuleContext& context) const;
    /// Throws Error (usage), `schema "x" not found`, at the first that was not.
    void check_all_found(const char* kind) const;

private:
    struct Argument {
        std::size_t spec;
        std::size_t number;
        std::string name;
        std::size_t found = 0;
    };

    std::optional<std::size_t> spec_;
    std::vector<Argument> arguments_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;
};

}  // namespace pgfilter
