// SPDX-License-Identifier: PostgreSQL
// What follows from dropping entries: what is dropped with them, and what cannot be restored without them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/consequences.hpp"
#include "pgfilter/rule.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/expression_cuts.hpp"
#include "rules/missing_rows.hpp"

namespace pgfilter {

/// Collects what the rules of a job drop, and drops what depends on that when the last of them has been
/// applied.
class Closure {
public:
    Closure(Prologue& prologue, std::vector<RuleReport>& reports) : prologue_(prologue), reports_(reports) {}

    /// A rule drops the entry, for the sake of a spec.  REQUIRES: `reach` is not none.
    void choose(const TocEntry& entry, std::size_t spec, Reach reach);
    /// See RuleContext.
    void lose_rows(std::size_t relation, std::size_t spec);
    /// See RuleContext.
    void drop_constraint(std::size_t entry, const std::string& constraint, std::size_t spec);
    /// Drops what uses dropped entries too: all such, or those that a target's rules drop if the spec
    /// is one of a target.
    void cascade(std::size_t spec);
    const DependencyGraph& graph();
    /// Something has changed that it is made from.
    void forget_graph() { graph_.reset(); }

    /// Drops what follows.  To be called once, when all rules have been applied.
    [[nodiscard]] Consequences complete();

private:
    using Route = Consequence::Route;
    /// `Route` is that of a Consequence; what a rule chose has none.
    struct Dropped {
        std::uint32_t entry;
        std::uint32_t cause;
        EditorId spec : 22;
        std::uint32_t route : 8;
        std::uint32_t reach : 2;  // a Reach: of what a rule chose, and of all that follows from it
    };
    static constexpr std::uint8_t by_rule = 255;
    /// What a rule drops by itself.
    static Dropped chosen(std::size_t entry, std::size_t spec, Reach reach) {
        return {static_cast<std::uint32_t>(entry), 0, static_cast<EditorId>(spec) & last_editor, by_rule,
                static_cast<std::uint32_t>(reach) & 3U};
    }
    /// A constraint that its table loses.
    struct Unbound {
        std::size_t entry;
        std::string constraint;
        std::size_t spec;
    };

    [[nodiscard]] const Toc& toc() const { return prologue_.toc; }
    [[nodiscard]] bool is_gone(std::size_t entry) const;
    [[nodiscard]] bool is_cascading(const Dropped& dropped) const;
    [[nodiscard]] static bool takes_parts(const Dropped& dropped);
    [[nodiscard]] bool takes_users(const Dropped& dropped) const;
    [[nodiscard]] bool is_missed(const Dropped& dropped, Bond bond) const;
    void drop(std::size_t entry, const Dropped& cause, Route route);
    void find_lacking();
    void note_partition(std::size_t entry, std::size_t spec);
    void follow();
    void follow_dropped();
    void cut(Consequences& consequences);
    void drop_derived_statistics();
    void drop_values(const Dropped& relation);
    /// By their entries.
    [[nodiscard]] std::map<std::size_t, Dropped> dropped_extensions() const;
    void drop_foundlings();
    [[nodiscard]] std::vector<BrokenEntry> find_broken();
    void find_foundlings(const std::function<void(std::size_t, const Dropped&)>& found) const;

    Prologue& prologue_;
    std::vector<RuleReport>& reports_;
    std::optional<DependencyGraph> graph_;
    std::optional<ExpressionCuts> cuts_;
    std::vector<bool> seen_;         // is in dropped_
    std::vector<Dropped> dropped_;   // in the order of being found
    std::vector<Dropped> left_out_;  // what selections dropped, until complete()
    std::size_t followed_ = 0;       // how many of them have been
    std::vector<Unbound> unbound_;
    std::vector<Lacking> lacking_;  // tables that are without rows which they had
    bool lacks_data_ = false;       // whether data was chosen
    bool cascades_ = false;
    bool cascades_of_targets_ = false;
    bool cascades_alone_ = false;  // a rule that takes dependents has dropped something
};

}  // namespace pgfilter
