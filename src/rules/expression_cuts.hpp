// SPDX-License-Identifier: PostgreSQL
// Keeping a table whose expressions alone use what is dropped: the expressions go instead.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/cut_decision.hpp"
#include "rules/dependency_graph.hpp"

namespace pgfilter {

/// Hears which entries use what is dropped, and finds out which of them can do without.
class ExpressionCuts {
public:
    using Index = CutDecider::Index;

    ExpressionCuts(const Toc& toc, const DependencyGraph& graph) : toc_(toc), graph_(graph) {}

    /// That an entry uses one that is dropped for the sake of a spec.  False if nothing can be cut out of it.
    bool note(std::size_t entry, std::size_t cause, std::size_t spec);

    /// That a constraint in the entry's definition goes for the sake of a spec, which names it.
    void unbind(std::size_t entry, const std::string& constraint, std::size_t spec);

    struct Note {
        Index entry;
        Index cause;
        Index spec;
        friend bool operator<(const Note& a, const Note& b) {
            return std::pair(a.entry, a.cause) < std::pair(b.entry, b.cause);
        }
    };
    using Drop = std::function<void(std::size_t entry, const Note& use)>;
    /// Calls drop(entry, use) for the entries noted since the last call that cannot be kept after all, and
    /// for those that hang on what is cut out of others.  `use`: the one that it is dropped for.  `is_gone`:
    /// whether the closure has dropped an entry by now.
    void resolve(const Drop& drop, const std::function<bool(std::size_t)>& is_gone);

    /// Whether the entry is kept and will not use the cause.
    [[nodiscard]] bool frees(std::size_t entry, std::size_t cause) const;
    /// Whether it uses the cause in constraints alone that unbind() has named.
    [[nodiscard]] bool is_unbound_from(std::size_t entry, std::size_t cause);

    /// What an entry becomes.
    struct Cut {
        std::size_t entry;
        std::size_t spec;
        std::vector<sql::Clause> splices;  ///< what is taken out of its definition
        std::vector<DumpId> dependencies;  ///< those that it has still
        std::vector<std::string>
            losses;  ///< "public.orgs.id loses its DEFAULT extensions.uuid_generate_v4()"
    };
    /// REQUIRES: resolve() has been called since the last note().
    void for_each_cut(const std::function<void(const Cut&)>& found);

private:
    using Name = std::pair<Index, std::string>;  // of a part of an entry

    static std::vector<std::string> names_in(const std::set<Name>& names, Index entry);
    CutDecider& decider();
    [[nodiscard]] std::pair<std::size_t, std::size_t> notes_of(std::size_t entry) const;
    [[nodiscard]] CutDecision decide(Index entry);
    void resolve(Index entry, const Note& first, const Drop& drop, std::vector<Note>& waiting);
    void drop_dependents(Index entry, const CutDecision& decision,
                         const std::function<void(std::size_t)>& drop);
    void empty_relatives(Index entry, const Note& first, const std::string& column,
                         std::vector<Note>& waiting);
    [[nodiscard]] std::vector<std::string> losses_of(Index entry, const CutDecision& decision) const;

    const Toc& toc_;
    const DependencyGraph& graph_;
    std::optional<CutDecider> decider_;
    std::vector<Note> notes_;   // sorted, as far as they are resolved
    std::size_t resolved_ = 0;  // how many of them
    std::size_t rounds_ = 0;
    std::vector<Note> relatives_;  // without a cause of their own; sorted
    std::vector<Note> unbinding_;  // of them, those that are not resolved yet
    std::set<Name> emptied_;       // columns of tables that relatives empty
    std::set<Name> unbound_;       // constraints that rules have named
};

}  // namespace pgfilter
