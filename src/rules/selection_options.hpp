// SPDX-License-Identifier: PostgreSQL
// What the rules of the family "select" ask for, taken together.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "archive/components.hpp"
#include "pgfilter/rule.hpp"
#include "rules/dumped_objects.hpp"
#include "rules/selected_names.hpp"

namespace pgfilter {

struct SelectionOptions {
    /// Throws Error (usage) if they make no sense, or none together.
    explicit SelectionOptions(std::span<const RuleSpec> specs);

    /// Specs that have the same effect; the first counts as its cause.
    using Causes = std::vector<std::size_t>;

    struct SectionArgument {
        std::size_t spec;
        std::size_t number;  ///< among the spec's arguments
        Section section;
    };

    SelectedNames schemas, excluded_schemas, tables, indexes, functions, triggers;
    DumpedObjects dumped;                   ///< as pg_dump would
    std::vector<SectionArgument> sections;  ///< none: all
    Causes no_schema, no_data, no_statistics;
    std::optional<std::size_t> use_list;  ///< the spec
    std::vector<DumpId> list;             ///< its arguments; 0 for what is no dump ID
    std::vector<std::size_t> strict_names;

    /// The spec that leaves the section out, if one does.
    [[nodiscard]] std::optional<std::size_t> leave_out(Section section) const;
    /// The spec that counts as the cause where kind and name leave something out; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> first_of_kinds() const;
    /// The same for an attachment that follows its parent.
    [[nodiscard]] std::optional<std::size_t> first_selective() const;
    /// Specs that may find nothing left to do, because others before them have the same effect.
    [[nodiscard]] std::vector<std::size_t> repetitions() const;

private:
    void add(const RuleSpec& spec, std::size_t number);
    void add_sections(const RuleSpec& spec, std::size_t number);
    void add_list(const RuleSpec& spec, std::size_t number);
};

}  // namespace pgfilter
