// The tables that --table-and-children asks for, and what pg_dump would dump with them.
#pragma once

#include <optional>
#include <vector>

#include "pgfilter/rule.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/name_pattern.hpp"

namespace pgfilter {

/// Patterns as pg_dump takes them.  What they match is selected with its partitions and inheriting tables,
/// and each of these with its data, indexes, constraints, triggers and so on, but without what it uses.
class SelectedTables {
public:
    /// Takes the arguments of a spec, which is the rule's `spec`th.  Throws Error (usage) if it has none or
    /// one makes no sense.
    void add(const RuleSpec& from, std::size_t spec);

    [[nodiscard]] bool given() const noexcept { return spec_.has_value(); }
    /// REQUIRES: given().
    [[nodiscard]] std::size_t spec() const { return *spec_; }

    /// Throws Error (usage) if a pattern names another database than that of the archive.
    void check_database(const Header& header) const;
    /// Which entries of the archive that is.  What has been dropped leads nowhere.
    [[nodiscard]] std::vector<bool> find(const Toc& toc);

    /// Tells the context how often each pattern matched.
    void report(RuleContext& context) const;
    /// Throws Error (usage) at the first that did not.
    void check_all_found() const;

private:
    struct Wanted {
        std::size_t spec;
        std::size_t number;
        NamePattern pattern;
        std::size_t found = 0;
    };
    bool match(Bytes schema, Bytes name);

    std::optional<std::size_t> spec_;
    std::vector<Wanted> wanted_;
};

}  // namespace pgfilter
