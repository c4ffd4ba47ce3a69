// SPDX-License-Identifier: PostgreSQL
// Patterns for names, as pg_dump and psql take them (processSQLNamePattern in string_utils.c).
//
//     const NamePattern pattern("audit.log_*", NamePattern::Parts::schema_and_name);
//     pattern.matches("audit", "log_2024")                                     // true
//     pattern.matches("public", "log_2024")                                    // false
//     NamePattern("log_*", NamePattern::Parts::schema_and_name).matches("public", "log_2024")  // true
//     NamePattern("a.b.c.d", NamePattern::Parts::schema_and_name)              // throws Error (usage)
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pgfilter/bytes.hpp"
#include "pgfilter/export.hpp"
#include "pgfilter/header.hpp"

namespace pgfilter {

/// "app", "app_*", "app.user?", "\"App\".*": letters are folded to lower case and regular expressions work,
/// unless in double quotes; "*" stands for any text, "?" for any character; a dot parts schema and name, and
/// a database in front of them.
///
/// Names and patterns are compared as bytes in the archive's encoding; where both are UTF-8, "?" is a
/// character.
///
/// Threads: several may match with one.  Lifetime: borrows nothing.
class PGFILTER_API NamePattern {
public:
    /// What may stand in front of the name: nothing; a schema, and a database; a relation, and its schema.
    enum class Parts { name, schema_and_name, relation_and_name };

    /// Throws Error (usage) if the pattern makes no sense.
    NamePattern(const std::string& pattern, Parts parts);
    NamePattern(NamePattern&&) noexcept;
    ~NamePattern();

    /// A pattern without a schema matches names in every schema, for an archive does not know what the
    /// search_path was.
    [[nodiscard]] bool matches(Bytes name) const;
    [[nodiscard]] bool matches(Bytes schema, Bytes name) const;
    [[nodiscard]] bool matches(Bytes schema, Bytes relation, Bytes name) const;

    /// The only name that it matches, in some schema or any; nothing if there can be others.
    [[nodiscard]] std::optional<std::string> exact_name() const;

    /// Throws Error (usage) if the pattern names another database than that of the archive.
    void check_database(const Header& header) const;

    /// Whether it looks like several patterns, with commas that part nothing.
    static bool looks_like_list(const std::string& pattern);

    /// The pattern as it was given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    class PGFILTER_HIDDEN Expression;

    std::string text_;
    std::optional<std::string> database_;   // no pattern, but a name; nothing: any
    std::unique_ptr<Expression> schema_;    // null: any
    std::unique_ptr<Expression> relation_;  // the same
    std::unique_ptr<Expression> name_;
};

}  // namespace pgfilter
