// SPDX-License-Identifier: PostgreSQL
// Patterns for single objects of any kind: what -l shows of an entry, its kind and its name.
#pragma once

#include <optional>
#include <string>

#include "pgfilter/name_pattern.hpp"
#include "pgfilter/tag_parts.hpp"
#include "rules/kind_name.hpp"

namespace pgfilter {

/// What a pattern is compared with depends on the kind of the entry:
///
///     most kinds                             schema.name, name
///     functions, procedures, aggregates      schema.name(types), schema.name, name: all of that name
///     triggers, constraints, policies,       schema.table.name, table.name, name
///       rules, defaults
///     privileges, comments, labels           SCHEMA name, name: with the kind of their object or without
///     casts, transforms, user mappings,      the whole tag
///       large objects, default privileges
///     default privileges                     schema.* as well
///
/// Names are patterns (NamePattern).  Types are compared with those in the tag, as pg_restore -P does, but
/// for blanks and the case of letters outside double quotes.
class ObjectPattern {
public:
    /// Entries of these kinds.  Throws Error (usage) if the pattern makes no sense.
    ObjectPattern(EntryKinds kinds, const std::string& pattern);
    /// Entries of a kind.
    ObjectPattern(const KindName& kind, const std::string& pattern);

    /// That entries which match can be of.
    [[nodiscard]] EntryKinds kinds() const { return kinds_; }
    [[nodiscard]] bool matches(const TocEntry& entry, sql::Dialect dialect) const;
    /// Of a part of a table: whether one of that name, which has no entry, matches.
    [[nodiscard]] bool matches_part(Bytes schema, Bytes relation, Bytes name) const {
        return form_ == Form::part && name_->matches(schema, relation, name);
    }

private:
    enum class Form : std::uint8_t { plain, routine, part, attachment, literal };

    static Form form_of(EntryKind kind);
    ObjectPattern(Form form, EntryKinds kinds, std::optional<KindName> kind, const std::string& pattern);
    [[nodiscard]] bool matches_routine(Bytes schema, const TagParts& parts) const;
    [[nodiscard]] bool matches_attachment(const TocEntry& entry, const TagParts& parts) const;
    [[nodiscard]] bool matches_literally(Bytes desc, Bytes tag) const;

    EntryKinds kinds_;
    std::optional<KindName> kind_;
    Form form_;
    std::string text_;
    std::optional<KindName> object_;    // what an attachment says of its object
    std::optional<std::string> types_;  // of a routine, in parentheses
    std::optional<NamePattern> name_;   // nothing: compared literally
};

}  // namespace pgfilter
