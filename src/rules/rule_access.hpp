// SPDX-License-Identifier: PostgreSQL
// What the rules that pgfilter brings along can do beyond what RuleContext offers to all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "archive/kind_facts.hpp"
#include "archive/toc_access.hpp"
#include "pgfilter/rule.hpp"
#include "rules/closure.hpp"

namespace pgfilter {

class RuleAccess {
public:
    /// `reports`: of all specs of the job.  `specs`: those of the rule, as places in `reports`, which are the
    /// EditorIds too.  `closure`: hears of what is dropped.
    static RuleContext context(Prologue& prologue, std::vector<RuleReport>& reports,
                               std::span<const std::size_t> specs, Closure& closure) {
        return {prologue, reports, specs, closure};
    }

    /// Says that a relation is without the rows that it had, or some of them: statistics of them must go.
    static void lose_rows(RuleContext& context, std::size_t relation, std::size_t spec) {
        context.closure_.lose_rows(relation, context.specs_[spec]);
    }
    /// A table or domain loses a constraint that stands in its definition, and what hangs on that is dropped.
    static void drop_constraint(RuleContext& context, std::size_t entry, const std::string& constraint,
                                std::size_t spec) {
        context.closure_.drop_constraint(entry, constraint, context.specs_[spec]);
    }
    /// What uses dropped entries is dropped with them: all such, or what targets' rules drop if the spec is
    /// of one.
    static void cascade(RuleContext& context, std::size_t spec) {
        context.matches_nothing_by_itself(spec);
        context.closure_.cascade(context.specs_[spec]);
    }
    /// What depends on what, in all entries, as they are now.  Valid until the next edit.
    static const DependencyGraph& graph(RuleContext& context) { return context.closure_.graph(); }

    /// See TocAccess.  References to entries stay valid.
    static std::size_t add_copy(RuleContext& context, std::size_t index, std::size_t spec = 0,
                                std::size_t more = 0) {
        ++context.report(spec).changed;
        context.closure_.forget_graph();
        return TocAccess::add_copy(context.prologue_.toc, index, context.editor(spec), more);
    }
    static void place_copies(RuleContext& context) { TocAccess::place_copies(context.prologue_.toc); }
    /// A change if it is another.
    static void set_written_minor(RuleContext& context, std::uint8_t minor, std::size_t spec = 0) {
        if (minor != context.toc().written_minor()) ++context.report(spec).changed;
        TocAccess::set_written_minor(context.prologue_.toc, minor);
    }
    static void set_section(RuleContext& context, TocEntry& entry, Section section, std::size_t spec = 0) {
        context.prologue_.toc.set_number(entry, Field::section, static_cast<std::int32_t>(section),
                                         context.editor(spec));
        context.closure_.forget_graph();
    }

    /// Says that another rule has done something else with what the argument is about.
    static void outdo_argument(RuleContext& context, std::size_t argument, std::string by,
                               std::size_t spec = 0) {
        context.report(spec).outdone.emplace(argument, std::move(by));
    }
};

}  // namespace pgfilter
