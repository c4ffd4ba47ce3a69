// SPDX-License-Identifier: PostgreSQL
// What an expression or a type names.
#pragma once

#include <functional>
#include <string_view>

#include "sql/lexer.hpp"
#include "sql/names.hpp"

namespace pgfilter::sql {

/// A name of something that is not a column, or may be none.
struct NameUse : QualifiedName {
    enum class Kind : std::uint8_t {
        plain,      ///< a type, a collation, a column
        call,       ///< with an opening parenthesis after it: a function, but also a type, or a keyword
        operator_,  ///< OPERATOR(schema.+)
        object,     ///< in a literal: 'app.s'::regclass
    };
    Kind kind = Kind::plain;
};

/// Calls found() for the names in an expression or list as PostgreSQL writes them (pg_get_expr()), keywords
/// among them.  Not for fields, as in (x).y.
void find_name_uses(std::string_view sql, Dialect dialect, const std::function<void(const NameUse&)>& found);

}  // namespace pgfilter::sql
