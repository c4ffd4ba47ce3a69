// SPDX-License-Identifier: PostgreSQL
// What is asked for by the rules that select as pg_dump does, by pattern.
#pragma once

#include <optional>
#include <vector>

#include "pgfilter/name_pattern.hpp"
#include "pgfilter/rule.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/selected_names.hpp"

namespace pgfilter {

/// Tables and schemas, and what pg_dump -t and -n would dump with them (18): a table with its data, indexes,
/// constraints, triggers, policies, owned sequences, privileges and so on, but without what it uses; a schema
/// with all that is in it.  As there, schemas make no difference where tables are asked for.
class DumpedObjects {
public:
    /// Takes the arguments of a spec of include-table, table-and-children or include-schema, which is the
    /// rule's `spec`th.  Throws Error (usage) if it has none or one makes no sense.
    void add(const RuleSpec& from, std::size_t spec);

    [[nodiscard]] bool given() const noexcept { return has_tables() || has_schemas(); }
    /// The first of those that make a difference.  REQUIRES: given().
    [[nodiscard]] std::size_t spec() const { return wanted_by_pg_dump().front().spec; }

    /// Throws Error (usage) if a pattern names another database than that of the archive.
    void check_database(const Header& header) const;
    /// Which entries of the archive that is.  What has been dropped leads nowhere.  `excluded`: schemas that
    /// are left out although their names match.
    [[nodiscard]] std::vector<bool> find(const Toc& toc, SelectedNames& excluded);

    /// Tells the context how often each pattern matched.
    void report(RuleContext& context) const;
    /// Throws Error (usage) at the first that did not.
    void check_all_found() const;
    /// Throws Error (usage) if none did.
    void check_any_found() const;

private:
    struct Wanted {
        std::size_t spec;
        std::size_t number;
        NamePattern pattern;
        bool with_children;
        std::size_t found = 0;
    };
    enum class Match : std::uint8_t { no, alone, with_children };

    [[nodiscard]] bool has_tables() const noexcept { return !tables_.empty(); }
    [[nodiscard]] bool has_schemas() const noexcept { return !schemas_.empty(); }
    [[nodiscard]] const std::vector<Wanted>& wanted_by_pg_dump() const {
        return has_tables() ? tables_ : schemas_;
    }
    Match match_table(Bytes schema, Bytes name);
    bool match_schema(Bytes name, SelectedNames& excluded);
    [[nodiscard]] std::vector<bool> find_tables(const Toc& toc);
    [[nodiscard]] std::vector<bool> find_schemas(const Toc& toc, SelectedNames& excluded);

    std::vector<Wanted> tables_;
    std::vector<Wanted> schemas_;
};

}  // namespace pgfilter
