// Rules: what changes a table of contents.
//
// A rule sees the whole Toc before any byte has been written, drops entries or gives their fields new values
// through a RuleContext, and so leaves a record of all that it did and could not do.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pgfilter/archive.hpp"

namespace pgfilter {

/// A key and a value of a rule's arguments, for example a role's old and new name.
struct RuleArgument {
    std::string key;
    std::string value;
};

/// A rule as it is asked for: its name and its arguments.
struct RuleSpec {
    std::string name;
    std::vector<RuleArgument> arguments;
};

/// A place that a rule found but could not rewrite.
struct Unhandled {
    std::size_t entry;     ///< index in the Toc
    std::size_t argument;  ///< index of the rule's argument that it concerns
    std::size_t count;     ///< occurrences in that entry
};

/// What one rule did.
struct RuleReport {
    RuleSpec spec;
    std::size_t dropped = 0;                ///< entries
    std::size_t changed = 0;                ///< fields
    std::vector<std::size_t> per_argument;  ///< places changed for each argument, if the rule has any
    std::vector<Unhandled> unhandled;       ///< only if the job asked for details
};

/// How a rule gets at the archive.  Drops and edits are recorded under the rule's name.
class RuleContext {
public:
    RuleContext(Prologue& prologue, RuleReport& report, EditorId editor, bool details)
        : prologue_(prologue), report_(report), editor_(editor), details_(details) {}

    [[nodiscard]] const Header& header() const noexcept { return prologue_.header; }
    [[nodiscard]] const Toc& toc() const noexcept { return prologue_.toc; }

    /// Calls visit(entry, index) for the entries that no earlier rule has dropped.
    void for_each_entry(const std::function<void(TocEntry&, std::size_t)>& visit);

    void drop(TocEntry& entry);
    /// False, and nothing is recorded, if the field had that value.
    bool set_text(TocEntry& entry, Field field, Text value);
    /// Counts places changed for the sake of one argument.
    void matched_argument(std::size_t argument, std::size_t places) {
        report_.per_argument[argument] += places;
    }

    /// Whether unhandled() is wanted: looking for such places can take longer than the rule itself.
    [[nodiscard]] bool details() const noexcept { return details_; }
    void unhandled(Unhandled place) { report_.unhandled.push_back(place); }

private:
    Prologue& prologue_;
    RuleReport& report_;
    EditorId editor_;
    bool details_;
};

class Rule {
public:
    Rule() = default;
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;
    virtual ~Rule() = default;

    virtual void apply(RuleContext& context) = 0;
};

/// Makes rules by their names.
class RuleRegistry {
public:
    /// Makes a rule from its arguments.  Throws Error (usage) if they make no sense.
    using Factory = std::function<std::unique_ptr<Rule>(const std::vector<RuleArgument>&)>;

    void add(const std::string& name, Factory factory);
    /// Throws Error (usage) if there is no rule of that name, and what its factory throws.
    [[nodiscard]] std::unique_ptr<Rule> make(const RuleSpec& spec) const;

private:
    std::map<std::string, Factory> factories_;
};

}  // namespace pgfilter
