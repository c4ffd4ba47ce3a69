// SPDX-License-Identifier: PostgreSQL
// Which clauses of a definition use what is dropped.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pgfilter/toc.hpp"
#include "rules/dependency_graph.hpp"
#include "sql/column_expressions.hpp"
#include "sql/expression_names.hpp"

namespace pgfilter {

/// The clauses that a definition can lose so that it needs some dropped entries no more.
struct CutDecision {
    bool is_possible = false;
    sql::ColumnClauses all;
    std::vector<bool> chosen;          ///< one for each clause
    std::vector<std::string> emptied;  ///< columns that were generated, and have no values in the archive
    std::vector<std::string> unbound;  ///< names of constraints that are chosen
};

/// Decides from the names in a definition, and where they say too little, so that what is left can be
/// restored for certain.
class CutDecider {
public:
    using Index = std::uint32_t;

    /// What clauses can be cut out of.
    static constexpr EntryKinds kinds =
        EntryKind::table | EntryKind::foreign_table | EntryKind::domain | EntryKind::type;

    CutDecider(const Toc& toc, const DependencyGraph& graph);

    /// Larger definitions, which are none of pg_dump's, are left alone.
    static constexpr std::size_t largest_definition = std::size_t{1} << 20U;

    /// `causes`: the dropped entries, all of them dependencies of this one.  `emptied`: columns that lose
    /// their generation expression in any case.  `unbound`: constraints that go in any case.
    [[nodiscard]] CutDecision decide(Index entry, std::span<const Index> causes,
                                     std::span<const std::string> emptied,
                                     std::span<const std::string> unbound);

private:
    struct Use {
        std::size_t clause = 0;
        sql::NameUse name;
        std::uint32_t makers = 0;  // a bit for each extension that can have made what is named
    };
    struct Maker {
        Index entry = 0;
        bool is_dropped = false;
    };
    struct Question;

    [[nodiscard]] static std::string key_of(Bytes schema, Bytes name);
    [[nodiscard]] std::string schema_named(const Question& question, const sql::NameUse& name) const;
    void collect_uses(Question& question) const;
    [[nodiscard]] bool choose_named(Question& question) const;
    [[nodiscard]] bool is_inherited(const Question& question, Index cause) const;
    [[nodiscard]] static bool choose_all_expressions(Question& question);
    [[nodiscard]] bool choose_of_extensions(Question& question);
    [[nodiscard]] bool collect_makers(Question& question) const;
    static void settle_kept_makers(Question& question);
    [[nodiscard]] bool choose_of_maker(Question& question, std::size_t maker);
    [[nodiscard]] std::uint32_t makers_of(const Question& question, const Use& use);
    [[nodiscard]] bool is_candidate(const Question& question, const Use& use, Index extension);
    [[nodiscard]] bool may_be_there_for_extension(const Question& question, Index extension) const;
    static void choose_unbound(CutDecision& decision, std::span<const std::string> unbound);
    static void choose_with_columns(Question& question);
    const std::string& schema_of_extension(Index extension);

    const Toc& toc_;
    const DependencyGraph& graph_;
    sql::Dialect dialect_;
    bool qualifies_ = false;  // whether names without a schema are PostgreSQL's own
    std::set<Bytes> schemas_;
    std::unordered_map<Index, std::string> extension_schemas_;
};

}  // namespace pgfilter
