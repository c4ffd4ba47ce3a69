#include "sql/clauses.hpp"

#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

// With the blanks in front of the clause.
std::string without(std::string_view sql, const Token& before, const Token& last) {
    return std::string(sql.substr(0, before.end())).append(sql.substr(last.end()));
}

}  // namespace

std::optional<std::string> without_tablespace(std::string_view sql, Dialect dialect) {
    StatementReader reader(sql, dialect);
    std::vector<Token> statement;
    while (reader.next(statement)) {
        if (!has_words(statement, 0, {"create", "database"})) continue;
        const std::size_t clause = find_word(statement, 3, {"tablespace"});
        std::size_t name = clause + 1;
        if (name < statement.size() && statement[name].is_symbol('=')) ++name;
        if (name < statement.size()) return without(sql, statement[clause - 1], statement[name]);
    }
    return std::nullopt;
}

std::optional<std::string> without_authorization(std::string_view sql, Dialect dialect) {
    StatementReader reader(sql, dialect);
    std::vector<Token> statement;
    while (reader.next(statement)) {
        if (!has_words(statement, 0, {"create", "schema"})) continue;
        const std::size_t clause = find_word(statement, 3, {"authorization"});
        if (clause + 1 < statement.size()) return without(sql, statement[clause - 1], statement[clause + 1]);
    }
    return std::nullopt;
}

}  // namespace pgfilter::sql
