// SPDX-License-Identifier: PostgreSQL
// What columns and domains can be made without: defaults, generation expressions, checks, collations.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sql/clauses.hpp"
#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// A clause of a column, domain or table.
struct ColumnClause {
    enum class Kind : std::uint8_t {
        default_value,
        generated,  ///< GENERATED ALWAYS AS (…), STORED or VIRTUAL
        check,      ///< with the constraint's name, if it has one
        not_null,   ///< the same
        collation,
        type,        ///< of a column, a domain or, with OF, of all columns
        relation,    ///< the table that it is made a child or a partition of
        attachment,  ///< what follows the first statement, where it is attached to a table
        partitions,  ///< how it is partitioned, or which part of another table it is
    };
    /// Those that can be cut out, so that a definition remains.
    [[nodiscard]] bool is_cuttable() const { return kind <= Kind::collation; }
    /// Those that ALTER TABLE … DROP CONSTRAINT would take.
    [[nodiscard]] bool is_named_constraint() const {
        return (kind == Kind::check || kind == Kind::not_null) && !constraint.empty();
    }
    /// Those that something is calculated in.
    [[nodiscard]] bool is_expression() const { return kind <= Kind::check; }

    Kind kind;
    Clause clause;                ///< what is cut out; no comma is part of it
    Clause names;                 ///< where the names stand that it depends on
    std::string_view column;      ///< as it is written; empty: none, or a domain
    std::string_view constraint;  ///< as it is written; empty: none
    /// Which element of the list of columns it is, for a constraint that is one by itself.
    std::size_t element = no_element;

    static constexpr std::size_t no_element = ~std::size_t{0};
};

/// The clauses of a definition, in the order of the text.
struct ColumnClauses {
    std::vector<ColumnClause> clauses;
    std::vector<Clause> elements;      ///< of the list of columns and constraints
    Clause list;                       ///< with its parentheses
    bool list_may_be_missing = false;  ///< must be, where it would be empty: of a typed table, of a partition
};

/// Those of CREATE TABLE, FOREIGN TABLE, DOMAIN and of CREATE TYPE … AS (…), as pg_dump of 8.0 to 19 writes
/// them.  None if it is another statement, is not understood, or has far more columns than a table can.
ColumnClauses find_column_clauses(std::string_view sql, Dialect dialect);

/// What to take out of the text so that these clauses are gone, in the order of the text.
/// REQUIRES: `chosen` has one for each clause, true for cuttable ones only.
std::vector<Clause> splices_without(const ColumnClauses& all, const std::vector<bool>& chosen);

}  // namespace pgfilter::sql
