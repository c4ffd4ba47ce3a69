// SPDX-License-Identifier: PostgreSQL
// What rules there are, what they take, and how they are asked for.
//
//     RuleRegistry registry;
//     add_builtin_rules(registry);                                     // pgfilter/rules.hpp
//     registry.add({.name = "drop-logs", .summary = "drop tables whose names begin with log_", .keys = {},
//                   .reach = Reach::dependents},
//                  [](std::span<const RuleSpec>) { return std::make_unique<DropLogs>(); });
//     job.rules = {{"drop-logs", {}}, {"no-owner", {}}};               // pgfilter/job.hpp
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pgfilter/export.hpp"

namespace pgfilter {

class Rule;

/// A key and a value of a rule's arguments.
struct RuleArgument {
    std::string key;  ///< empty: the rule's first key
    std::string value;
};

/// A rule as it is asked for.
struct RuleSpec {
    std::string name;
    std::vector<RuleArgument> arguments;
    std::string origin = {};   ///< where it was asked for, "clean.rules, line 3"; empty: the command line
    std::string because = {};  ///< why, in plain words; reports repeat it
    /// Whether it is a line of a target file, which the user may not know.  Finding nothing to do is not
    /// reported then, what it drops is, and a cascade among such rules serves them alone.
    bool of_target = false;
    /// The lines above it in a rule file that begin with "#" or are blank.
    std::string comment = {};
};

/// A key that a rule takes.
struct RuleKey {
    std::string name;   ///< "pattern"; empty: the keys are names of the user's, as the roles of map-role
    std::string value;  ///< what stands for the value in help: "PATTERN"
    bool is_required = false;  ///< of the first key: whether values must have it in front
    /// What the values are, which decides how they are written in an archive's encoding.
    enum class Takes : std::uint8_t {
        name,      ///< compared with what the archive has
        pattern,   ///< the same with wildcards
        new_name,  ///< written into the archive
    } takes = Takes::name;
};

/// What becomes of that which depends on the entries that a rule drops.
enum class Reach : std::uint8_t {
    /// Nothing: the rule itself drops everything that depends on them, or their objects exist anyway.
    none,
    /// It is kept and reported, unless a cascade takes it.
    selection,
    /// What belongs to them is dropped with them.  What uses them is kept and reported, unless a cascade
    /// takes it.
    object,
    /// What belongs to them and what uses them is dropped with them: nothing that is kept refers to them.
    dependents,
};

/// When a rule is applied.  Within a turn, rules are applied in the order in which they are given.
enum class Turn : std::uint8_t {
    objects,   ///< what is chosen by names that the archive has, roles among them
    roles,     ///< what roles become
    grantors,  ///< who grants
    grants,
    version,  ///< how all that is left is written
};

/// What a rule does and takes, for people.
struct RuleInfo {
    std::string name;
    std::string summary;  ///< one line
    std::vector<RuleKey> keys = {};
    /// Rules of one family are one Rule, made of all their specs and applied at the place of the first: the
    /// options that select, for example, mean something only together.  Empty: a rule by itself.
    std::string family = {};
    std::vector<std::string> aliases = {};  ///< other names that mean the same
    Reach reach = Reach::selection;         ///< of what it drops
    /// Whether what it changes could mostly be restored as it was, so that the change is not reported as a
    /// loss.
    bool is_precaution = false;
    Turn turn = Turn::objects;
};

/// Makes rules by their names.
///
/// Threads: several may read one and make rules while none adds any; a factory is called by all of them.
/// Lifetime: a rule that has been made does not need it any more; what find() and all() give lives until it
/// is destroyed.
class PGFILTER_API RuleRegistry {
public:
    /// Makes a rule from its spec, or from all specs of its family, whose arguments all have a key that the
    /// rule takes.  Throws Error (usage) if they make no sense.
    using Factory = std::function<std::unique_ptr<Rule>(std::span<const RuleSpec> specs)>;

    /// Rules of a family must have equal factories.  Throws ContractError if there is a rule of that name or
    /// alias already, or the factory is empty.
    void add(RuleInfo info, Factory factory);

    /// Null if there is no rule of that name or alias.
    [[nodiscard]] const RuleInfo* find(const std::string& name) const;
    /// By name.
    [[nodiscard]] std::vector<const RuleInfo*> all() const;
    /// That there is no such rule, and which name is nearest.
    [[nodiscard]] std::string unknown(const std::string& name) const;

    /// Throws Error (usage) if there is no rule of such a name, naming the nearest that there is, if it takes
    /// no such key, and what its factory throws.  REQUIRES: one spec, or specs of one family.
    [[nodiscard]] std::unique_ptr<Rule> make(std::vector<RuleSpec> specs) const;

private:
    struct Known {
        RuleInfo info;
        Factory factory;
    };
    [[nodiscard]] const Known& known(const RuleSpec& spec) const;

    std::map<std::string, Known> rules_;
    std::map<std::string, std::string> aliases_;
};

/// The one of `names` that is most like `name`: one or two letters differ, or it has all the words of `name`
/// and others.  Empty if there is none, for a suggestion that is far from what was meant is worse than none.
PGFILTER_API std::string nearest_name(const std::string& name, const std::vector<std::string>& names);

}  // namespace pgfilter
