// Patterns for names, as pg_dump and psql take them (processSQLNamePattern in string_utils.c).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// "app", "app_*", "app.user?", "\"App\".*": letters are folded to lower case and regular expressions work,
/// unless in double quotes; "*" stands for any text, "?" for any character; a dot parts schema and name.
class NamePattern {
public:
    /// Whether a schema may stand in front of the name.
    enum class Parts { name, schema_and_name };

    /// Throws Error (usage) if the pattern makes no sense.
    NamePattern(const std::string& pattern, Parts parts);
    NamePattern(NamePattern&&) noexcept;
    ~NamePattern();

    /// A pattern without a schema matches names in every schema, for an archive does not know what the
    /// search_path was.
    [[nodiscard]] bool matches(Bytes name) const;
    [[nodiscard]] bool matches(Bytes schema, Bytes name) const;

    /// Whether the pattern names a schema.
    [[nodiscard]] bool has_schema() const noexcept { return schema_ != nullptr; }
    /// The pattern as it was given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    class Expression;

    std::string text_;
    std::unique_ptr<Expression> schema_;  // null: any
    std::unique_ptr<Expression> name_;
};

}  // namespace pgfilter
