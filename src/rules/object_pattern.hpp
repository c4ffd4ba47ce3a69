// Patterns for single objects of any kind: what -l shows of an entry, its kind and its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pgfilter/toc.hpp"
#include "rules/kind_name.hpp"
#include "rules/name_pattern.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// A kind of entries and what stands behind it in a text: "event trigger", "watch_*".
struct KindAndRest {
    KindName kind;
    std::string rest;  ///< empty if the text is a kind alone
};

/// Reads "KIND PATTERN", the kind in upper or lower case.  A kind that pg_dump is not known to write is in
/// capital letters.  Nothing if there is no kind in front.
std::optional<KindAndRest> split_kind(std::string_view text);

/// What a pattern is compared with depends on the kind of the entry:
///
///     schema.name, name                        most kinds
///     schema.name(types), schema.name, name    functions, procedures and aggregates; without types, each of
///     them schema.table.name, table.name, name      what is a part of a table: triggers, constraints,
///     policies, rules, defaults SCHEMA name, name                        privileges, comments and labels,
///     which can name the kind of their object its tag                                  what has no name:
///     casts, transforms, user mappings, large objects
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

private:
    enum class Form : std::uint8_t { plain, routine, part, attachment, literal };

    static Form form_of(EntryKind kind);
    ObjectPattern(Form form, EntryKinds kinds, std::optional<KindName> kind, const std::string& pattern);
    [[nodiscard]] bool matches_routine(Bytes schema, Bytes tag) const;
    [[nodiscard]] bool matches_part(const TocEntry& entry, sql::Dialect dialect) const;
    [[nodiscard]] bool matches_attachment(const TocEntry& entry) const;
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
