// SPDX-License-Identifier: PostgreSQL
// Statements that change how the statements after them are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgfilter::sql {

/// Looks at the tokens of a script, one by one, for statements that set client_encoding or
/// standard_conforming_strings, or take back what set them, and for those that make psql read or skip rows.
/// It finds those that say so.  A function can set the same when it is called.
class SessionWatch {
public:
    /// Bytes of a word or string that are looked at.
    static constexpr std::size_t longest = 64;
    /// Given for an identifier with Unicode escapes, which can be any name.
    static constexpr std::string_view unicode = "U&";

    /// Each returns whether such a statement is found.  Words come in any case; quotes are taken off.
    bool word(std::string_view text, bool is_quoted);
    bool string(std::string_view text, bool is_plain);
    /// A byte of anything else, ':' for "::" too.
    bool symbol(char c);

    /// Whether a statement has begun and not ended, or waits for its END or a parenthesis.
    [[nodiscard]] bool is_open() const noexcept { return words_ > 0 || other_ || begins_ > 0 || depth_ > 0; }

private:
    enum class First : std::uint8_t {
        other,
        set,
        reset,
        discard,
        create,
        create_or,
        replace,
        alter,
        definition
    };
    enum class Argument : std::uint8_t { none, parenthesis, name, end, type, comma };

    bool begin_statement(std::string_view word);
    bool follow(std::string_view word, bool is_quoted);
    void follow_create(std::string_view word);
    void track_body(std::string_view word);
    bool expect(Argument wanted, Argument next);
    void end_statement();

    First first_ = First::other;
    std::size_t words_ = 0;      // without quotes
    std::size_t depth_ = 0;      // of parentheses
    std::size_t begins_ = 0;     // without END, in the body of a function
    bool has_top_word_ = false;  // without quotes, outside parentheses
    bool other_ = false;         // anything else than words in the statement
    bool is_routine_ = false;    // CREATE FUNCTION or PROCEDURE
    bool only_names_ = false;    // functions, and calls none
    bool updates_ = false;
    Argument argument_ = Argument::none;  // what set_config() must have next
};

}  // namespace pgfilter::sql
