// SPDX-License-Identifier: PostgreSQL
#include "sql/privilege_list.hpp"

#include "pgfilter/error.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

/// SELECT(a), UPDATE(a,b), ALL PRIVILEGES
class PrivilegeReader {
public:
    PrivilegeReader(std::string_view sql, std::string_view object, Dialect dialect)
        : sql_(sql), object_(object), at_(sql, dialect) {}

    std::vector<PrivilegeText> read() {
        if (!at_.next_statement()) return {};
        do {
            if (!read_name() || !read_columns()) return {};
        } while (passes(','));
        return at_.peek() == nullptr ? std::move(list_) : std::vector<PrivilegeText>();
    }

private:
    // A table's columns, each with all privileges that columns have, are far fewer.
    static constexpr std::size_t most = 20'000;

    bool passes(char symbol) {
        if (!at_.at_symbol(symbol)) return false;
        at_.advance();
        return true;
    }

    // ALTER SYSTEM is two words, with one blank or more.
    bool read_name() {
        name_.clear();
        const Token* const first = at_.peek();
        const std::size_t begin = first == nullptr ? 0 : first->position;
        for (; at_.peek() != nullptr && at_.peek()->kind == TokenKind::word; at_.advance()) {
            if (!name_.empty()) name_ += ' ';
            name_ += at_.peek()->text;
        }
        if (name_.empty()) return false;
        text_ = sql_.substr(begin, at_.previous().end() - begin);
        return true;
    }

    bool read_columns() {
        if (!passes('(')) return add({});
        do {
            const Token* const column = at_.peek();
            if (column == nullptr || (column->kind != TokenKind::word && column->kind != TokenKind::quoted))
                return false;
            add(column->text);
            at_.advance();
        } while (passes(','));
        return passes(')');
    }

    bool add(std::string_view column) {
        if (list_.size() == most)
            throw Error(ErrorCode::limit, "a statement is about more than " + std::to_string(most) +
                                              " privileges; it is not one of pg_dump's");
        const bool is_all = equal_in_any_case(name_, "all") || equal_in_any_case(name_, "all privileges");
        list_.push_back(
            {is_all ? all_privileges(object_, !column.empty()) : privilege_of(name_), text_, column, is_all});
        return true;
    }

    std::string_view sql_;
    std::string_view object_;
    StatementCursor at_;
    std::vector<PrivilegeText> list_;
    std::string name_;       // its words
    std::string_view text_;  // the same, as it stands there
};

}  // namespace

std::vector<PrivilegeText> read_privileges(std::string_view sql, std::string_view object, Dialect dialect) {
    return PrivilegeReader(sql, object, dialect).read();
}

void add_privileges(std::string& list, const PrivilegeText& one, PrivilegeSet privileges,
                    bool knows_maintain) {
    if ((privileges & one.privileges) == 0) return;
    std::string column;
    if (!one.column.empty()) column.append(1, '(').append(one.column).append(1, ')');
    std::string names;
    if ((one.privileges & ~privileges) == 0) {
        names.append(one.name).append(column);
    } else {
        names = privilege_names(knows_maintain ? privileges : privileges & ~maintain_privilege, column);
    }
    if (!list.empty() && !names.empty()) list += ',';
    list += names;
}

void add_statement(std::string& statements, const GrantText& original, std::string_view privileges,
                   std::string_view grantees, bool with_grant_option) {
    if (privileges.empty()) return;
    const StatementFacts& facts = original.facts;
    const auto add = [&](std::size_t begin, std::size_t end) {
        statements.append(original.sql.substr(begin, end - begin));
    };
    if (!statements.empty()) statements += '\n';
    add(original.statement.begin, facts.privileges.begin);
    statements.append(privileges);
    add(facts.privileges.end, facts.grantees.begin);
    statements.append(grantees);
    if (with_grant_option) add(facts.option.begin, facts.option.end);
    add(facts.option.end, original.statement.end);
    if (!statements.ends_with(';')) statements += ';';
}

}  // namespace pgfilter::sql
