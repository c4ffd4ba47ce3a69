// What follows from dropping entries: what goes with them, and what cannot be restored without them.
#pragma once

#include <cstdint>
#include <vector>

#include "pgfilter/rule.hpp"
#include "rules/dependency_graph.hpp"

namespace pgfilter {

/// Spreads from the entries that are to go to all that hangs on them.
class Exclusion {
public:
    Exclusion(RuleContext& context, const DependencyGraph& graph);

    /// Drops the entry, for the sake of a spec.
    void drop(std::size_t entry, std::size_t spec);
    /// Drops the data of a relation or sequence, with all that holds values of its columns.
    void drop_data(std::size_t relation, std::size_t spec);
    /// Takes what belongs to the dropped entries, and with `cascade` what uses them.
    void spread(bool cascade);

    /// An entry that is kept and cannot be restored, or not completely.
    struct Broken {
        std::uint32_t entry;
        std::uint32_t cause;  ///< the entry that it depends on
        std::uint32_t spec;
        enum class Reason : std::uint8_t { uses, belongs, references, may_belong, may_use } reason;
    };
    /// By entry; each once.
    [[nodiscard]] std::vector<Broken> find_broken() const;

private:
    struct Dropped {
        std::uint32_t entry;
        std::uint32_t spec;
    };
    [[nodiscard]] bool is_missed(std::size_t dropped, Bond bond) const;
    [[nodiscard]] bool is_dropped(std::size_t entry) const { return context_.toc()[entry].dropped(); }
    void drop_values(std::size_t relation, EntryKinds kinds, std::size_t spec);
    void drop_derived_statistics();
    void follow(bool cascade);
    void find_unfounded_references(std::vector<Dropped> lacking,
                                   const std::function<void(std::size_t, Dropped)>& found) const;
    void find_foundlings(const std::function<void(std::size_t, Dropped)>& found) const;

    RuleContext& context_;
    const DependencyGraph& graph_;
    std::vector<bool> seen_;        // is in dropped_
    std::vector<Dropped> dropped_;  // in the order of being found
    std::size_t followed_ = 0;      // how many of them have been
    std::size_t asked_for_ = 0;     // how many of them were so before spread()
    std::vector<Dropped> lacking_;  // tables that are without rows which they had
};

}  // namespace pgfilter
