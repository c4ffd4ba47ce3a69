// What the options that select ask for, and what they make of one entry (_tocEntryRequired in
// pg_backup_archiver.c).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "pgfilter/rule.hpp"
#include "rules/components.hpp"
#include "rules/selected_names.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// All specs of the family.
struct SelectionOptions {
    /// Throws Error (usage) if they make no sense, or none together.
    explicit SelectionOptions(std::span<const RuleSpec> specs);

    /// Specs that have the same effect; the first counts as its cause.
    using Causes = std::vector<std::size_t>;

    SelectedNames schemas, excluded_schemas, tables, indexes, functions, triggers;
    /// Those to restore, by Section; `section_specs` says whether any are given.
    std::array<bool, 5> sections{};
    Causes section_specs;
    Causes no_schema, no_data, no_statistics;
    std::optional<std::size_t> use_list;
    std::vector<std::size_t> strict_names;

    /// The first spec that selects by kind and name; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> first_of_kinds() const;
    /// Specs that others before them leave nothing to do.
    [[nodiscard]] std::vector<std::size_t> repetitions() const;
    /// The first spec because of which an attachment follows its parent; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> first_selective() const;
};

/// Decides entry by entry, in the order of the restore.
class Selector {
public:
    struct Verdict {
        Components components = 0;  ///< what is to be processed
        Components left_out = 0;    ///< what would have been, but for `cause`
        bool has_cause = false;
        std::uint16_t cause = 0;  ///< a spec
    };

    /// `listed`: per entry, if there is a list.
    Selector(SelectionOptions& options, const Toc& toc, const std::vector<bool>* listed);

    void decide(std::size_t index);
    [[nodiscard]] const Verdict& verdict(std::size_t index) const { return verdicts_[index]; }
    /// How many entries lie in that section, where sections are selected.
    [[nodiscard]] std::size_t found_in(Section section) const {
        return found_in_[static_cast<std::size_t>(section)];
    }

private:
    /// The spec that leaves the whole entry out, if one does.
    std::optional<std::size_t> leave_out(std::size_t index, const TocEntry& entry);
    std::optional<std::size_t> leave_out_attachment(const TocEntry& entry) const;
    std::optional<std::size_t> leave_out_by_kind(const TocEntry& entry);
    bool is_of_selected_relation(const TocEntry& statistics);
    bool is_selected_trigger(const TocEntry& entry);
    static void blame(Verdict& verdict, std::size_t spec, Components left_out);
    static void mask(Verdict& verdict, Components component, const SelectionOptions::Causes& causes);

    SelectionOptions& options_;
    const Toc& toc_;
    const std::vector<bool>* listed_;
    sql::Dialect dialect_;
    Section section_ = Section::pre_data;
    std::array<std::size_t, 5> found_in_{};
    std::vector<Verdict> verdicts_;  // per entry; empty where none has been reached
};

}  // namespace pgfilter
