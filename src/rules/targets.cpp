// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/targets.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "bytes/lines.hpp"
#include "pgfilter/name_pattern.hpp"
#include "pgfilter/rules.hpp"
#include "rules/kind_name.hpp"

namespace pgfilter {
namespace {

/// A rule of the user's, and one of a target that makes no sense beside it. A rule that only takes more away
/// (drop-role, exclude-extension) answers none: the target's would have to give back what else it takes.
struct Answer {
    std::string_view asked_for;
    std::string_view of_target;
};

constexpr std::array<Answer, 15> answers{{
    {"keep-roles", "no-privileges"},
    {"keep-roles", "no-grants"},
    {"keep-roles", "drop-role"},
    {"keep-roles", "keep-roles"},
    {"no-privileges", "no-grants"},
    {"no-grants", "no-privileges"},
    {"no-owner", "set-owner"},
    {"set-owner", "no-owner"},
    {"set-owner", "set-owner"},
    {"extension", "extension"},
    {"extension", "exclude-extension"},
    {"language", "language"},
    {"language", "exclude-language"},
    {"keep-extension-data", "no-extension-data"},
    {"keep-extension-data", "no-objects-in-extension-schemas"},
}};

/// Rules of targets that drop entries of one kind, or the others that go with it.
struct RuleOfKind {
    std::string_view rule;
    EntryKinds kinds;
};

using K = EntryKind;
constexpr std::array<RuleOfKind, 13> rules_of_kinds{{
    {"no-event-triggers", K::event_trigger},
    {"no-publications", K::publication},
    {"no-all-tables-publications", K::publication | K::publication_tables_in_schema},
    {"no-subscriptions", K::subscription},
    {"no-policies", K::policy},
    {"no-security-labels", K::security_label},
    {"no-comments", K::comment},
    {"no-large-objects", K::blob | K::blobs | K::blob_metadata},
    {"no-base-types", K::type | K::shell_type},
    {"no-superuser-casts", K::cast},
    {"no-superuser-mappings", K::user_mapping},
    {"no-internal-aggregates", K::aggregate},
    {"no-access-methods", K::access_method},
}};

/// Whether it drops entries of a kind that the user keeps.
bool drops_kept_kind(const RuleSpec& rule, const RuleSpec& asked_for) {
    if (asked_for.name != "keep-kind") return false;
    return std::any_of(asked_for.arguments.begin(), asked_for.arguments.end(), [&](const RuleArgument& kept) {
        const KindName kind(kept.value);
        const auto drops_it = [&](const RuleOfKind& known) {
            return known.rule == rule.name && known.kinds.has(kind.kind());
        };
        const auto is_it = [&](const RuleArgument& dropped) { return kind.matches(Bytes(dropped.value)); };
        return std::any_of(rules_of_kinds.begin(), rules_of_kinds.end(), drops_it) ||
               (rule.name == "no-kind" && std::any_of(rule.arguments.begin(), rule.arguments.end(), is_it));
    });
}

bool is_answered_by(const RuleSpec& rule, const RuleSpec& asked_for) {
    const auto fits = [&](const Answer& answer) {
        return answer.asked_for == asked_for.name && answer.of_target == rule.name;
    };
    if (drops_kept_kind(rule, asked_for)) return true;
    return (asked_for.name == rule.name && rule.arguments.empty() && asked_for.arguments.empty()) ||
           std::any_of(answers.begin(), answers.end(), fits);
}

/// Lines as a comment; a text in quotes can have several.
std::string as_comment(const std::string& lines) {
    std::string comment;
    for_each_line(lines, [&](std::string_view line) { comment.append("# ").append(line).append("\n"); });
    return comment;
}

std::string in_double_quotes(const std::string& name) {
    std::string quoted = "\"";
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    return quoted += '"';
}

bool any_matches(const std::vector<RuleArgument>& patterns, const std::string& name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const RuleArgument& argument) {
        return argument.key != "except" &&
               NamePattern(argument.value, NamePattern::Parts::name).matches(name);
    });
}

/// Lets the target's rule leave alone what the user has a name for.
class Exceptions {
public:
    explicit Exceptions(const std::vector<RuleSpec>& asked_for) {
        for (const RuleSpec& rule : asked_for) {
            for (const RuleArgument& argument : rule.arguments) {
                if (rule.name == "map-tablespace") tablespaces_.push_back(argument.value);
                if (rule.name == "keep-roles") kept_roles_.push_back(argument.value);
                // Both are there: what the archive has is spoken of by the old name, what there is already by
                // the new.
                if (rule.name == "map-role") roles_.insert(roles_.end(), {argument.key, argument.value});
            }
        }
    }

    void add_to(RuleSpec& rule) const {
        if (rule.name == "no-tablespaces") {
            for (const std::string& name : tablespaces_) rule.arguments.push_back({"except", name});
        }
        if (rule.name == "no-system-privileges") {
            for (const std::string& pattern : kept_roles_) rule.arguments.push_back({"except", pattern});
        }
        const bool keeps = rule.name == "keep-roles";
        if (!keeps && rule.name != "drop-role") return;
        const std::vector<RuleArgument> patterns = rule.arguments;
        for (const std::string& role : roles_) {
            if (any_matches(patterns, role) != keeps)
                rule.arguments.push_back({keeps ? "" : "except", in_double_quotes(role)});
        }
    }

private:
    std::vector<std::string> roles_;
    std::vector<std::string> tablespaces_;
    std::vector<std::string> kept_roles_;  // patterns
};

}  // namespace

std::vector<std::string> kinds_dropped_by(const RuleSpec& rule) {
    std::vector<std::string> kinds;
    if (rule.name == "no-kind") {
        for (const RuleArgument& argument : rule.arguments) kinds.push_back(KindName(argument.value).text());
    }
    for (const RuleOfKind& known : rules_of_kinds) {
        for (std::size_t i = 0; known.rule == rule.name && i < entry_kinds; ++i) {
            const auto kind = static_cast<EntryKind>(i);
            if (known.kinds.has(kind)) kinds.emplace_back(desc_of(kind));
        }
    }
    return kinds;
}

std::string_view target_summary(std::string_view text) {
    text = text.substr(0, text.find_first_of("\r\n"));
    if (!text.starts_with('#')) return {};
    text.remove_prefix(std::min(text.find_first_not_of("# \t"), text.size()));
    return text;
}

std::vector<RuleSpec> parse_target(std::string_view text, const std::string& origin,
                                   const RuleRegistry& registry) {
    std::vector<RuleSpec> rules = parse_rules(text, origin, registry);
    const bool marked =
        std::any_of(rules.begin(), rules.end(), [](const RuleSpec& r) { return r.of_target; });
    for (RuleSpec& rule : rules) rule.of_target = rule.of_target || !marked;
    return rules;
}

CombinedRules combine_rules(std::vector<RuleSpec> asked_for, std::vector<RuleSpec> of_targets,
                            const RuleRegistry& registry) {
    CombinedRules combined;
    const Exceptions exceptions(asked_for);
    std::vector<RuleSpec> kept;
    std::string comment;
    for (RuleSpec& rule : of_targets) {
        comment += rule.comment;
        const auto answers_it = [&](const RuleSpec& other) { return is_answered_by(rule, other); };
        const auto answer = std::find_if(asked_for.begin(), asked_for.end(), answers_it);
        if (answer != asked_for.end()) {
            comment +=
                "# left out, since " + answer->name + " is given:\n" + as_comment(write_rule(rule, registry));
            combined.answered.push_back({std::move(rule), answer->name});
            continue;
        }
        exceptions.add_to(rule);
        rule.comment = std::exchange(comment, {});
        kept.push_back(std::move(rule));
    }
    combined.last_comment = std::move(comment);
    combined.rules = std::move(asked_for);
    combined.rules.insert(combined.rules.end(), std::make_move_iterator(kept.begin()),
                          std::make_move_iterator(kept.end()));
    return combined;
}

}  // namespace pgfilter
