// SPDX-License-Identifier: PostgreSQL
// Rule files for where an archive goes and where it is from.
//
// A target file says what cannot be restored on a platform, and why: rules as parse_rules() reads them, with
// the platform's facts as comments above them.  Its first line, a comment, says what the file is for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/export.hpp"
#include "pgfilter/rule.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// A target file that is part of the program.
struct BuiltinTarget {
    std::string_view name;  ///< "neon"
    std::string_view text;
};

/// What is in share/targets, by name: for restoring on a platform.
PGFILTER_API std::span<const BuiltinTarget> builtin_targets();
/// What is in share/targets/from, by name: for leaving a platform.
PGFILTER_API std::span<const BuiltinTarget> builtin_sources();

/// The comment in the first line of a target file; empty if there is none.
PGFILTER_API std::string_view target_summary(std::string_view text);

/// What dumps of a platform have and no others: a role that owns or is granted something, an extension or a
/// schema.
struct PlatformSign {
    enum class Kind : std::uint8_t { role, extension, schema } kind;
    std::string_view name;
    bool is_beginning = false;  ///< whether names that begin like that are meant: "azure_*"
};

/// From the line "# signs: role NAME, extension NAME, schema NAME" of a target file.
PGFILTER_API std::vector<PlatformSign> platform_signs(std::string_view text);

/// Which of builtin_sources() the archive seems to be from, and a sign that it has, as it was read.
struct LikelySource {
    const BuiltinTarget* source = nullptr;
    PlatformSign sign;
};
PGFILTER_API std::vector<LikelySource> likely_sources(const Toc& toc);

/// The rules of a target file, which may match nothing (RuleSpec::of_target).  Throws what parse_rules()
/// throws.
PGFILTER_API std::vector<RuleSpec> parse_target(std::string_view text, const std::string& origin,
                                                const RuleRegistry& registry);

/// A rule of a target file that is left out, since the user has said something else about its subject.
struct AnsweredRule {
    RuleSpec rule;
    std::string by;  ///< the name of the rule that answers it
};

/// The kinds of which keep-kind has to name one so that it answers the rule; none if it never does.
PGFILTER_API std::vector<std::string> kinds_dropped_by(const RuleSpec& rule);

struct CombinedRules {
    std::vector<RuleSpec> rules;
    std::string last_comment;  ///< after the last rule
    std::vector<AnsweredRule> answered;
};

/// What the user asked for, and after it the rules of target files, except where the former says something
/// else:
///
///   keep-roles                     answers no-privileges, no-grants, drop-role and keep-roles,
///   drop-role                      answers no-privileges, no-grants and keep-roles,
///   no-privileges, no-grants       answer both of them,
///   no-owner, set-owner            answer both of them,
///   extension                      answers extension and exclude-extension,
///   exclude-extension              answers extension;
///   language, exclude-language     in the same way;
///   keep-kind                      answers rules that drop such entries: no-event-triggers, no-kind ...;
///   any rule without arguments     answers itself.
///
/// Roles that the user's map-role names are kept by the target's drop-role and keep-roles; the new names of
/// map-tablespace are kept by its no-tablespaces, and default privileges of the roles of keep-roles by its
/// no-system-privileges.  Answered rules stay visible in the comments of what
/// follows them.
PGFILTER_API CombinedRules combine_rules(std::vector<RuleSpec> asked_for, std::vector<RuleSpec> of_targets,
                                         const RuleRegistry& registry);

}  // namespace pgfilter
