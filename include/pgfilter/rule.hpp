// SPDX-License-Identifier: PostgreSQL
// Rules: what changes a table of contents.
//
// A rule sees the whole Toc before any byte has been written, drops entries or gives their fields new values
// through a RuleContext, and so leaves a record of all that it did.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pgfilter/archive.hpp"
#include "pgfilter/export.hpp"
#include "pgfilter/rule_registry.hpp"

namespace pgfilter {

/// Something that a rule could not do, in an entry that is kept.
struct Unhandled {
    std::size_t spec = 0;                 ///< which of the rule's specs is concerned
    std::optional<std::size_t> argument;  ///< which of its arguments, if one is
    std::size_t count = 1;                ///< occurrences in that entry
    std::string reason;                   ///< "uses TABLE app users, which is dropped"
    std::string name = {};                ///< what occurs, if the argument is a pattern or there is none
    bool fails = true;                    ///< whether restoring the entry would; else what uses it might
    /// What can be done about it.
    enum class Remedy : std::uint8_t {
        none,
        cascade,             ///< that rule drops the entry, too
        exclude_table_data,  ///< that rule leaves the rows out
        schema_beforehand,   ///< to make the schema, which pg_restore does not select either
        include_schema,      ///< the same, or that rule in place of the rule schema
    } remedy = Remedy::none;
};

/// What was done for the sake of one spec.
struct PGFILTER_API RuleReport {
    RuleSpec spec;
    std::size_t dropped = 0;  ///< entries
    std::size_t changed = 0;  ///< fields
    /// Per argument, the places that it was found in.
    std::vector<std::size_t> per_argument;
    /// Whether it is reported if nothing was dropped, changed or found.
    bool expected_to_match = true;
    /// Of arguments that found nothing to do because of another rule: which does what.
    std::map<std::size_t, std::string> outdone;
    bool maps_names = false;         ///< whether the arguments are OLD = NEW
    bool takes_patterns = false;     ///< whether they are patterns for names
    Reach reach = Reach::selection;  ///< of what it drops
    bool is_precaution = false;      ///< see RuleInfo

    /// Whether it came to nothing: no argument was found, or for a rule without any, nothing was done.
    [[nodiscard]] bool matched_nothing() const;
};

class Closure;     // internal
class RuleAccess;  // internal

/// How a rule gets at the archive.  Drops and edits are recorded under the spec that they are due to: where
/// a function takes `spec`, it is the place among the specs that the rule was made from.
///
/// Threads: the one that applies the rule.  Lifetime: it is good during the call that is given it, and
/// cannot be kept.
class PGFILTER_API RuleContext {
public:
    [[nodiscard]] const Header& header() const noexcept { return prologue_.header; }
    [[nodiscard]] const Toc& toc() const noexcept { return prologue_.toc; }

    /// Calls visit(entry, index) for the entries that no earlier rule has dropped, or those of some kinds.
    void for_each_entry(const std::function<void(TocEntry&, std::size_t)>& visit);
    void for_each_entry(EntryKinds kinds, const std::function<void(TocEntry&, std::size_t)>& visit);
    [[nodiscard]] TocEntry& entry(std::size_t index) { return prologue_.toc[index]; }

    /// What depends on it follows when all rules have been applied, as far as RuleInfo::reach says.
    void drop(TocEntry& entry, std::size_t spec = 0);
    /// The same for a rule that takes more with one entry than with another.
    void drop(TocEntry& entry, Reach reach, std::size_t spec = 0);
    /// Drops the data alone; the definition stays.  Throws ContractError if the entry has none.
    void drop_data(TocEntry& entry, std::size_t spec = 0);
    /// As Toc::set_text().  False, and nothing is recorded, if the field had that value.
    bool set_text(TocEntry& entry, Field field, Text value, std::size_t spec = 0);
    /// As Toc::edit_text(), with the same result.
    bool edit_text(TocEntry& entry, Field field, const Splices& splices, std::size_t spec = 0);
    /// Use when an edit removes a dependency.  Not counted as a change of its own.
    void set_dependencies(TocEntry& entry, const std::vector<DumpId>& ids, std::size_t spec = 0);
    /// As Toc::set_order().
    void set_order(std::vector<std::uint32_t> order) { prologue_.toc.set_order(std::move(order)); }
    /// Counts places where an argument was found.
    void matched_argument(std::size_t argument, std::size_t places, std::size_t spec = 0) {
        report(spec).per_argument[argument] += places;
    }
    /// The spec only changes how others work, so that there is nothing for it to match.
    void matches_nothing_by_itself(std::size_t spec) { report(spec).expected_to_match = false; }

private:
    friend class RuleAccess;

    RuleContext(Prologue& prologue, std::vector<RuleReport>& reports, std::span<const std::size_t> specs,
                Closure& closure)
        : prologue_(prologue), reports_(reports), specs_(specs), closure_(closure) {}
    RuleReport& report(std::size_t spec) { return reports_[specs_[spec]]; }
    bool count(bool changed, Field field, std::size_t spec);
    [[nodiscard]] EditorId editor(std::size_t spec) const { return static_cast<EditorId>(specs_[spec]); }

    Prologue& prologue_;
    std::vector<RuleReport>& reports_;
    std::span<const std::size_t> specs_;
    Closure& closure_;
};

/// What a factory makes: one rule for one run.
///
/// Threads: called by one at a time, which need not be the one that made it.  Lifetime: it lives as long as
/// its Plan, and is asked about entries after apply() has returned.
class PGFILTER_API Rule {
public:
    Rule() = default;
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;
    virtual ~Rule();

    virtual void apply(RuleContext& context) = 0;

    /// Calls found() for what the rule should have done in this entry and could not.  Asked after all rules
    /// have been applied, about entries that are kept.
    virtual void find_unhandled(const Toc& toc, const TocEntry& entry,
                                const std::function<void(const Unhandled&)>& found) const;
    /// The same for what every run must report, and is known without a look at the entry's texts.
    virtual void find_unhandled_quickly(const Toc& toc, const TocEntry& entry,
                                        const std::function<void(const Unhandled&)>& found) const;
    /// Calls found() with the names of what the rule has replaced in this entry because nobody may see it.
    /// A report about the entry must not show its definition as it was read.
    virtual void find_redacted(const Toc& toc, const TocEntry& entry,
                               const std::function<void(const std::string&)>& found) const;
    /// Throws Error (refused) if what all rules have left must not be passed on.
    virtual void refuse(const Prologue& prologue) const;
};

/// A rule that looks at one entry at a time, so that several of them need to go through the entries only
/// once.
///
/// Threads and lifetime are those of a Rule.
class PGFILTER_API EntryRule : public Rule {
public:
    /// Of the entries that it wants to see.
    [[nodiscard]] virtual EntryKinds kinds() const { return EntryKinds::all(); }

    /// Before the first entry.
    virtual void begin(RuleContext& /*context*/) {}
    /// Called for the entries, in their order, that no earlier rule has dropped.  All earlier rules have
    /// already run on this entry.  They may not have seen later entries yet, and later rules may have run on
    /// earlier entries.  Must not add entries, nor look at what rules change in others.
    virtual void visit(RuleContext& context, TocEntry& entry) = 0;
    /// After the last entry, and before later rules see any if waits_for_end().
    virtual void end(RuleContext& /*context*/) {}
    [[nodiscard]] virtual bool waits_for_end() const { return false; }

    /// By itself.
    void apply(RuleContext& context) final;
};

}  // namespace pgfilter
