// SPDX-License-Identifier: PostgreSQL
// Reads a script as psql does, and finds what makes psql do more than send it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sql/lexer.hpp"
#include "sql/session_watch.hpp"

namespace pgfilter::sql {

/// Takes a script in pieces, so that data of any size costs no memory.  Bytes that continue a character are
/// marked already (CharacterMarks).
///
/// psqlscan.l is the model, of PostgreSQL 9.6 to 18.  Where versions of it part, as in "1e'\'", which is an
/// escaping string for some only, the text is a danger: pg_dump writes none of these.
class ScriptReader {
public:
    /// `escapes`: backslashes escape in '…' too (standard_conforming_strings is off).
    explicit ScriptReader(bool escapes) noexcept : escapes_(escapes) {}

    /// What is dangerous in the script so far.  Null if nothing is; the same again once there is something.
    const char* take(std::string_view piece);
    /// The same for its end, which leaves nothing open.
    const char* finish();

private:
    enum class State : std::uint8_t {
        plain,
        word,
        number,
        minus,
        slash,
        colon,
        dollar,
        tag,
        unicode,
        string,
        string_quote,
        string_backslash,
        identifier,
        identifier_quote,
        dollar_body,
        dollar_end,
        line_comment,
        comment,
        comment_star,
        comment_slash,
    };

    enum class Number : std::uint8_t { decimal, exponent_begins, exponent_sign, exponent, parameter };

    std::size_t skip(std::string_view rest);
    bool step(char c);
    bool step_plain(char c);
    bool step_word(char c);
    bool step_number(char c);
    bool step_colon(char c);
    bool step_dollar(char c);
    bool step_string(char c);
    bool step_identifier(char c);
    bool step_dollar_body(char c);
    bool step_comment(char c);
    bool again(char c);
    void begin_word(State state, char c);
    void begin_string(bool backslash, bool is_plain, bool may_double);
    bool end_word();
    bool end_string();
    std::size_t keep(std::string_view piece);
    bool fail(const char* danger);

    bool escapes_;
    State state_ = State::plain;
    const char* danger_ = nullptr;
    SessionWatch session_;

    std::string text_;  // the word, number, tag or front of what is quoted
    Number number_ = Number::decimal;
    std::size_t brackets_ = 0;   // that are open
    std::size_t matched_ = 0;    // bytes of the tag
    std::size_t comments_ = 0;   // that are open
    bool is_variable_ = false;   // the word follows a colon
    bool backslash_ = false;     // escapes in the string
    bool may_double_ = false;    // a quote stands for itself if doubled
    bool is_plain_ = false;      // the string has no letter in front of it
    bool is_unicode_ = false;    // the identifier has Unicode escapes
    bool is_continued_ = false;  // a string that ended just now would read another one its own way
};

}  // namespace pgfilter::sql
