// One statement at a time, without blanks and comments.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

class StatementReader {
public:
    StatementReader(std::string_view text, Dialect dialect) : lexer_(text, dialect) {}

    /// Reads on to a semicolon outside parentheses, which is the last token then, or to the end of the text.
    /// False if there is nothing but blanks and comments left.
    bool next(std::vector<Token>& statement);

private:
    Lexer lexer_;
};

using Words = std::span<const std::string_view>;

/// Whether these keywords stand in the statement from token `at` on.
bool has_words(const std::vector<Token>& statement, std::size_t at, Words words);
inline bool has_words(const std::vector<Token>& statement, std::size_t at,
                      std::initializer_list<std::string_view> words) {
    return has_words(statement, at, Words(words.begin(), words.size()));
}

/// The place of the first of these keywords outside parentheses, from token `at` on; the statement's size if
/// none.
std::size_t find_word(const std::vector<Token>& statement, std::size_t at,
                      std::initializer_list<std::string_view> words);

/// Whether a statement of the text is about an object of that kind, given as keywords: GRANT … ON kind,
/// COMMENT ON kind, and so on.
bool is_on(std::string_view sql, Words kind, Dialect dialect);
inline bool is_on(std::string_view sql, std::initializer_list<std::string_view> kind, Dialect dialect) {
    return is_on(sql, Words(kind.begin(), kind.size()), dialect);
}

}  // namespace pgfilter::sql
