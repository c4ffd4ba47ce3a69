// SPDX-License-Identifier: PostgreSQL
// What becomes of an entry when pg_restore selects (_tocEntryRequired in pg_backup_archiver.c, 18).
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "rules/selection_options.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

/// Decides entry by entry, in the order of the restore.
class Selector {
public:
    struct Verdict {
        Components components = 0;  ///< what is to be processed
        Components left_out = 0;    ///< what would have been, but for `cause`
        bool has_cause = false;
        EditorId cause = 0;  ///< a spec
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
    /// For SelectedNames::check_any_there().
    void note_names(const TocEntry& entry);
    /// The spec that leaves the whole entry out, if one does.
    std::optional<std::size_t> leave_out(std::size_t index, const TocEntry& entry);
    [[nodiscard]] std::optional<std::size_t> leave_out_attachment(std::size_t place,
                                                                  const TocEntry& entry) const;
    std::optional<std::size_t> leave_out_by_kind(const TocEntry& entry);
    bool is_of_selected_relation(const TocEntry& statistics);
    bool is_selected_trigger(const TocEntry& entry);
    static void blame(Verdict& verdict, std::size_t spec, Components left_out);
    static void mask(Verdict& verdict, Components component, const SelectionOptions::Causes& causes);

    SelectionOptions& options_;
    const Toc& toc_;
    const std::vector<bool>* listed_;
    std::vector<bool> chosen_;  // with their tables; empty if there is no such option
    sql::Dialect dialect_;
    Section section_ = Section::pre_data;
    std::array<std::size_t, 5> found_in_{};
    std::vector<Verdict> verdicts_;  // per entry; empty where none has been reached
};

}  // namespace pgfilter
