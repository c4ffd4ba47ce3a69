// SPDX-License-Identifier: PostgreSQL
#include "sql/column_expressions.hpp"

#include <algorithm>

#include "sql/names.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

using Kind = ColumnClause::Kind;

/// A table has 1600 columns at most.
constexpr std::size_t most_clauses = 20'000;

class ColumnReader {
public:
    ColumnReader(std::string_view sql, Dialect dialect) : sql_(sql), cursor_(sql, dialect) {}

    /// False if it is not understood.
    bool read(ColumnClauses& all) {
        all_ = &all;
        if (!cursor_.next_statement() || !cursor_.at_words({"create"})) return false;
        cursor_.advance();
        while (at_any({"unlogged", "foreign", "temporary", "temp", "global", "local"})) cursor_.advance();
        if (cursor_.at_words({"domain"})) return read_domain();
        if (cursor_.at_words({"type"})) return read_type();
        return cursor_.at_words({"table"}) && read_table();
    }

private:
    bool at_any(std::initializer_list<std::string_view> words) {
        const Token* const token = cursor_.peek();
        return token != nullptr && is_any(*token, words);
    }
    static bool is_any(const Token& token, std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return token.is_word(w); });
    }
    void skip(int tokens) {
        for (; tokens > 0; --tokens) cursor_.advance();
    }
    /// Moves past a token, or parentheses with all that is in them.
    void skip_balanced() {
        if (cursor_.at_symbol('('))
            skip_parentheses(cursor_);
        else
            cursor_.advance();
    }
    /// Where the next token begins.
    std::size_t here() {
        const Token* const token = cursor_.peek();
        return token == nullptr ? sql_.size() : token->position;
    }
    bool at_end_of_element() {
        return cursor_.peek() == nullptr || cursor_.at_symbol(',') || cursor_.at_symbol(')') ||
               cursor_.at_symbol(';');
    }
    std::string_view take_token() {
        const Token* const token = cursor_.peek();
        if (token == nullptr || !is_identifier(*token)) return {};
        const std::string_view text = token->text;
        cursor_.advance();
        return text;
    }
    bool add(Kind kind, std::size_t begin, std::size_t names, std::string_view column = {},
             std::string_view constraint = {}) {
        const std::size_t end = cursor_.previous().end();
        all_->clauses.push_back(
            {kind, {begin, end}, {std::min(names, end), end}, column, constraint, element_});
        return all_->clauses.size() < most_clauses;
    }

    bool read_domain() {
        skip(1);
        if (!skip_name(cursor_)) return false;
        if (cursor_.at_words({"as"})) skip(1);
        return read_type_and_clauses({});
    }

    bool read_type() {
        skip(1);
        if (!skip_name(cursor_) || !cursor_.at_words({"as"}) || !cursor_.at_symbol('(', 1)) return false;
        skip(1);
        return read_list();
    }

    bool read_table() {
        skip(1);
        if (cursor_.at_words({"if", "not", "exists"})) skip(3);
        if (!skip_name(cursor_)) return false;
        const bool is_partition = cursor_.at_words({"partition", "of"});
        all_->list_may_be_missing = is_partition || cursor_.at_words({"of"});
        if (all_->list_may_be_missing) {
            skip(is_partition ? 2 : 1);
            const std::size_t begin = here();
            if (!skip_name(cursor_) || !add(is_partition ? Kind::relation : Kind::type, begin, begin))
                return false;
        }
        if (cursor_.at_symbol('(') && !read_list()) return false;
        return read_rest();
    }

    /// What follows the columns.  Later statements give the table's settings and attach it to another.
    bool read_rest() {
        while (cursor_.peek() != nullptr) {
            const std::size_t begin = here();
            if (cursor_.at_words({"inherits"}) && cursor_.at_symbol('(', 1)) {
                skip(1);
                skip_parentheses(cursor_);
                if (!add(Kind::relation, begin, begin)) return false;
            } else if (cursor_.at_words({"partition", "by"}) || cursor_.at_words({"for", "values"})) {
                cursor_.skip_statement();
                if (!add(Kind::partitions, begin, begin)) return false;
            } else {
                skip_balanced();
            }
        }
        if (!cursor_.next_statement()) return true;
        const std::size_t begin = here();
        all_->clauses.push_back({Kind::attachment, {begin, sql_.size()}, {begin, sql_.size()}, {}, {}});
        return true;
    }

    bool read_list() {
        all_->list.begin = here();
        skip(1);
        while (cursor_.peek() != nullptr && !cursor_.at_symbol(')')) {
            const std::size_t begin = here();
            if (!read_element()) return false;
            if (!cursor_.at_symbol(',') && !cursor_.at_symbol(')')) return false;
            all_->elements.push_back({begin, cursor_.previous().end()});
            if (cursor_.at_symbol(',')) skip(1);
        }
        if (cursor_.peek() == nullptr) return false;
        skip(1);
        all_->list.end = cursor_.previous().end();
        return true;
    }

    bool read_element() {
        if (at_any({"constraint", "check", "not"})) {
            element_ = all_->elements.size();
            const bool is_read = read_constraint(here(), {});
            element_ = ColumnClause::no_element;
            while (!at_end_of_element()) skip_balanced();
            return is_read;
        }
        if (at_any({"primary", "unique", "foreign", "like"})) {
            while (!at_end_of_element()) skip_balanced();
            return true;
        }
        const std::string_view column = take_token();
        return !column.empty() && read_type_and_clauses(column);
    }

    bool read_type_and_clauses(std::string_view column) {
        if (cursor_.at_words({"with", "options"})) skip(2);
        if (!at_end_of_element() && !at_clause()) {
            const std::size_t begin = here();
            do {
                skip_balanced();
            } while (!at_end_of_element() && !at_clause());
            if (!add(Kind::type, begin, begin, column)) return false;
        }
        while (!at_end_of_element()) {
            if (!read_clause(column)) return false;
        }
        return true;
    }

    bool at_clause() {
        return at_any({"default", "not", "null", "check", "constraint", "collate", "unique", "primary",
                       "references"}) ||
               cursor_.at_words({"generated", "always", "as"});
    }

    bool read_clause(std::string_view column) {
        const std::size_t begin = cursor_.previous().end();
        if (cursor_.at_words({"default"})) {
            skip(1);
            const std::size_t names = here();
            skip_default();
            return add(Kind::default_value, begin, names, column);
        }
        if (cursor_.at_words({"generated", "always", "as"}) && cursor_.at_symbol('(', 3)) {
            skip(3);
            const std::size_t names = here();
            skip_parentheses(cursor_);
            if (at_any({"stored", "virtual"})) skip(1);
            return add(Kind::generated, begin, names, column);
        }
        if (cursor_.at_words({"collate"})) {
            skip(1);
            const std::size_t names = here();
            return skip_name(cursor_) && add(Kind::collation, begin, names, column);
        }
        if (at_any({"constraint", "check", "not"})) return read_constraint(begin, column);
        skip_balanced();
        return true;
    }

    /// One that is of no interest is passed as far as its name.
    bool read_constraint(std::size_t begin, std::string_view column) {
        std::string_view name;
        if (cursor_.at_words({"constraint"})) {
            skip(1);
            name = take_token();
            if (name.empty()) return false;
        }
        if (cursor_.at_words({"check"}) && cursor_.at_symbol('(', 1)) {
            skip(1);
            const std::size_t names = here();
            skip_parentheses(cursor_);
            skip_attributes();
            return add(Kind::check, begin, names, column, name);
        }
        if (cursor_.at_words({"not", "null"})) {
            skip(2);
            if (column.empty() && element_ != ColumnClause::no_element) column = take_token();
            const std::size_t names = cursor_.previous().end();
            skip_attributes();
            return add(Kind::not_null, begin, names, column, name);
        }
        if (name.empty()) cursor_.advance();
        return true;
    }

    void skip_attributes() {
        for (;;) {
            if (cursor_.at_words({"no", "inherit"}) || cursor_.at_words({"not", "valid"}) ||
                cursor_.at_words({"not", "enforced"}))
                skip(2);
            else if (cursor_.at_words({"enforced"}))
                skip(1);
            else
                return;
        }
    }

    /// PostgreSQL writes parentheses around whatever could be taken for what follows the default: NOT NULL,
    /// COLLATE.
    void skip_default() {
        int depth = 0;
        int cases = 0;
        for (bool is_first = true; cursor_.peek() != nullptr; cursor_.advance(), is_first = false) {
            const Token& token = *cursor_.peek();
            if (token.is_symbol('(') || token.is_symbol('[')) ++depth;
            if (depth == 0 && at_end_of_element()) return;
            if (token.is_symbol(')') || token.is_symbol(']')) --depth;
            if (depth > 0 || token.kind != TokenKind::word) continue;
            if (token.is_word("case")) ++cases;
            if (token.is_word("end")) --cases;
            if (cases == 0 && !is_first && at_clause()) return;
        }
    }

    std::string_view sql_;
    StatementCursor cursor_;
    ColumnClauses* all_ = nullptr;
    std::size_t element_ = ColumnClause::no_element;
};

/// An element is cut with the comma before it, or, if nothing before it stays, with that after it.
void add_splice_of_element(const ColumnClauses& all, std::size_t element, bool follows_kept,
                           std::vector<Clause>& splices) {
    const Clause& extent = all.elements[element];
    if (follows_kept)
        splices.push_back({all.elements[element - 1].end, extent.end});
    else if (element + 1 < all.elements.size())
        splices.push_back({extent.begin, all.elements[element + 1].begin});
    else
        splices.push_back(extent);
}

}  // namespace

ColumnClauses find_column_clauses(std::string_view sql, Dialect dialect) {
    ColumnClauses all;
    if (!ColumnReader(sql, dialect).read(all)) return {};
    return all;
}

std::vector<Clause> splices_without(const ColumnClauses& all, const std::vector<bool>& chosen) {
    std::vector<Clause> splices;
    std::size_t kept = 0;  // elements before the one at hand
    std::size_t next = 0;  // element
    for (std::size_t i = 0; i < all.clauses.size(); ++i) {
        const ColumnClause& clause = all.clauses[i];
        if (!chosen[i]) continue;
        if (clause.element == ColumnClause::no_element) {
            splices.push_back(clause.clause);
            continue;
        }
        kept += clause.element - next;
        next = clause.element + 1;
        add_splice_of_element(all, clause.element, kept > 0, splices);
    }
    kept += all.elements.size() - next;
    if (kept == 0 && !all.elements.empty() && all.list_may_be_missing) return {all.list};
    return splices;
}

}  // namespace pgfilter::sql
