// SPDX-License-Identifier: PostgreSQL
#include "sql/script_reader.hpp"

#include <algorithm>
#include <cstring>

#include "sql/byte_class.hpp"
#include "sql/character_marks.hpp"
#include "sql/psql_variables.hpp"

namespace pgfilter::sql {
namespace {

constexpr const char* command = "has a backslash outside quotes, which psql takes for a command";
constexpr const char* variable = "has a colon that psql takes for one of its variables";
constexpr const char* open = "leaves a quote, comment or statement open, which swallows what follows";
constexpr const char* disputed = "has a quote that versions of psql read in different ways";
constexpr const char* session =
    "changes how what follows is read (a setting like client_encoding, a transaction, COPY)";

/// Longer tags are not written.
constexpr std::size_t longest_tag = 1000;

std::size_t find_or_end(std::string_view text, char c) {
    return std::min(text.find(c), text.size());
}

template <typename Test>
std::size_t run(std::string_view text, Test test) {
    std::size_t size = 0;
    while (size < text.size() && test(text[size])) ++size;
    return size;
}

}  // namespace

const char* ScriptReader::take(std::string_view piece) {
    while (!piece.empty() && danger_ == nullptr) {
        piece.remove_prefix(skip(piece));
        if (piece.empty()) break;
        step(piece.front());
        piece.remove_prefix(1);
    }
    return danger_;
}

const char* ScriptReader::finish() {
    if (danger_ != nullptr) return danger_;
    step('\n');
    if (danger_ == nullptr && (state_ != State::plain || session_.is_open())) fail(open);
    return danger_;
}

// Bytes in the middle of something, taken together: one by one, they cost several times as much.
std::size_t ScriptReader::skip(std::string_view rest) {
    switch (state_) {
        case State::plain:
            return run(rest, [](char c) { return is(byte_class::blank, c); });
        case State::word:
            return is_variable_ ? 0 : keep(rest.substr(0, run(rest, is_identifier_byte)));
        case State::string:
            return backslash_ ? 0 : keep(rest.substr(0, find_or_end(rest, '\'')));
        case State::identifier:
            return keep(rest.substr(0, find_or_end(rest, '"')));
        case State::dollar_body:
            return find_or_end(rest, '$');
        case State::line_comment:
            return std::min(rest.find_first_of("\r\n"), rest.size());
        default:
            return 0;
    }
}

// As much of a word as anybody looks at.  Returns the size of all of it.
std::size_t ScriptReader::keep(std::string_view piece) {
    text_ += piece.substr(0, SessionWatch::longest - std::min(text_.size(), SessionWatch::longest));
    return piece.size();
}

bool ScriptReader::fail(const char* danger) {
    danger_ = danger;
    return false;
}

bool ScriptReader::step(char c) {
    switch (state_) {
        case State::plain:
            return step_plain(c);
        case State::word:
        case State::unicode:
            return step_word(c);
        case State::number:
            return step_number(c);
        case State::colon:
            return step_colon(c);
        case State::dollar:
        case State::tag:
            return step_dollar(c);
        case State::dollar_body:
        case State::dollar_end:
            return step_dollar_body(c);
        case State::string:
        case State::string_quote:
        case State::string_backslash:
            return step_string(c);
        case State::identifier:
        case State::identifier_quote:
            return step_identifier(c);
        case State::minus:
        case State::slash:
        case State::line_comment:
        case State::comment:
        case State::comment_star:
        case State::comment_slash:
            return step_comment(c);
    }
    return true;
}

/// The token before has ended with the byte before.
bool ScriptReader::again(char c) {
    state_ = State::plain;
    return step_plain(c);
}

void ScriptReader::begin_word(State state, char c) {
    state_ = state;
    text_.assign(1, c);
    is_continued_ = is_variable_ = false;
}

bool ScriptReader::step_plain(char c) {
    if (is(byte_class::blank, c)) return true;
    if (is(byte_class::letter, c)) {
        begin_word(State::word, c);
        return true;
    }
    if (c == '-' || c == '/') {
        state_ = c == '-' ? State::minus : State::slash;
        return true;
    }
    if (c == '\'') {
        if (is_continued_) return fail(disputed);
        begin_string(escapes_, true, true);
        return true;
    }
    begin_word(State::plain, c);
    if (c == '\\') return fail(command);
    if (c == '"') {
        state_ = State::identifier;
        text_.clear();
        is_unicode_ = false;
    } else if (c == '$') {
        state_ = State::dollar;
    } else if (c == ':') {
        state_ = State::colon;
    } else if (is(byte_class::digit, c)) {
        state_ = State::number;
        number_ = Number::decimal;
    } else {
        if (c == '[') ++brackets_;
        if (c == ']' && brackets_ > 0) --brackets_;
        if (c == ';') brackets_ = 0;
        if (session_.symbol(c)) return fail(session);
    }
    return true;
}

bool ScriptReader::step_word(char c) {
    if (state_ == State::unicode) {
        if (c == '\'') {
            begin_string(false, false, true);
        } else if (c == '"') {
            state_ = State::identifier;
            text_.clear();
            is_unicode_ = true;
        } else {
            return end_word() && again('&') && step(c);
        }
        return true;
    }
    if (is_identifier_byte(c)) {
        // psql takes a variable's name to end there, and perhaps another quote to begin.
        if (is_variable_ && c == '$') return fail(disputed);
        keep({&c, 1});
        return true;
    }
    const char first = text_.size() == 1 && !is_variable_ ? lower(text_.front()) : ' ';
    if (c == '\'' && (first == 'e' || first == 'b' || first == 'x' || first == 'n')) {
        if (first == 'n') {
            begin_string(escapes_, true, true);
        } else {
            begin_string(first == 'e', false, first == 'e');
        }
        return true;
    }
    if (c == '&' && first == 'u') {
        state_ = State::unicode;
        return true;
    }
    return end_word() && again(c);
}

// What psql does not count as a word, a variable and the letter of "u&", is none here either.
bool ScriptReader::end_word() {
    if (is_variable_ && is_psql_variable(text_)) return fail(variable);
    const bool is_word = !is_variable_ && state_ != State::unicode;
    return !(is_word ? session_.word(text_, false) : session_.symbol(text_.front())) || fail(session);
}

// Up to PostgreSQL 14, letters after digits begin a token of their own: "1e'\'", "1a$b$", "1e--5".  In later
// versions they do not, and not all take 0x1F and 1_000 for one number.  pg_dump writes a whole exponent at
// most.
bool ScriptReader::step_number(char c) {
    if (is(byte_class::digit, c)) {
        if (number_ == Number::exponent_begins || number_ == Number::exponent_sign)
            number_ = Number::exponent;
        return true;
    }
    switch (number_) {
        case Number::decimal:
            if (lower(c) == 'e') number_ = Number::exponent_begins;
            if (c == '.' || lower(c) == 'e') return true;
            break;
        case Number::exponent_begins:
            number_ = Number::exponent_sign;
            return c == '+' || c == '-' || fail(disputed);
        case Number::exponent_sign:
            return fail(disputed);
        case Number::exponent:
            if (c == '.' || c == '\'') return fail(disputed);
            break;
        case Number::parameter:
            break;
    }
    if (is(byte_class::letter, c) || c == '$') return fail(disputed);
    if (session_.symbol('0')) return fail(session);
    return again(c);
}

// Slices of arrays are the only SQL with a colon and a name: [1:n], [1:"N"].  In them a name that psql sets
// itself is refused, and others, which only a user can have set, are not.
bool ScriptReader::step_colon(char c) {
    if (c == ':' || c == '=') {
        state_ = State::plain;
        return !session_.symbol(':') || fail(session);
    }
    if (c == '\'' || c == '{') return fail(variable);
    const bool is_name = is(byte_class::letter, c) || is(byte_class::digit, c) || c == '"';
    if (is_name && brackets_ == 0) return fail(variable);
    if (session_.symbol(':')) return fail(session);
    if (!is(byte_class::letter, c)) return again(c);
    begin_word(State::word, c);
    is_variable_ = true;
    return true;
}

bool ScriptReader::step_dollar(char c) {
    const bool is_tag = state_ == State::tag;
    if (c == '$') {
        text_ += c;
        state_ = State::dollar_body;
        return !session_.string({}, false) || fail(session);
    }
    // psql compares tags with all marks alike.
    if (c == CharacterMarks::mark_byte || text_.size() > longest_tag) return fail(disputed);
    if (is(byte_class::letter, c) || (is_tag && is(byte_class::digit, c))) {
        text_ += c;
        state_ = State::tag;
        return true;
    }
    if (session_.symbol('$')) return fail(session);
    if (is_tag) {
        text_.erase(0, 1);
        state_ = State::word;
        return step_word(c);
    }
    if (!is(byte_class::digit, c)) return again(c);
    state_ = State::number;
    number_ = Number::parameter;
    return true;
}

bool ScriptReader::step_dollar_body(char c) {
    if (state_ == State::dollar_body) {
        if (c == '$') {
            state_ = State::dollar_end;
            matched_ = 1;
        }
    } else if (c == text_[matched_]) {
        if (++matched_ == text_.size()) state_ = State::plain;
    } else if (c == '$') {
        matched_ = 1;
    } else {
        state_ = State::dollar_body;
    }
    return true;
}

void ScriptReader::begin_string(bool backslash, bool is_plain, bool may_double) {
    state_ = State::string;
    text_.clear();
    backslash_ = backslash;
    is_plain_ = is_plain;
    may_double_ = may_double;
}

bool ScriptReader::step_string(char c) {
    switch (state_) {
        case State::string_backslash:
            state_ = State::string;
            return true;
        case State::string_quote:
            if (c != '\'' || !may_double_) return end_string() && again(c);
            state_ = State::string;
            break;
        default:
            if (c == '\'') {
                state_ = State::string_quote;
                return true;
            }
            if (c == '\\' && backslash_) {
                state_ = State::string_backslash;
                is_plain_ = false;
                return true;
            }
    }
    keep({&c, 1});
    return true;
}

bool ScriptReader::end_string() {
    // psql lets another string go on with it, over a carriage return but not over a line feed.
    is_continued_ = backslash_ != escapes_ || !may_double_;
    return !session_.string(text_, is_plain_) || fail(session);
}

bool ScriptReader::step_identifier(char c) {
    if (state_ == State::identifier && c == '"') {
        state_ = State::identifier_quote;
        return true;
    }
    if (state_ == State::identifier_quote && c != '"') {
        if (session_.word(is_unicode_ ? SessionWatch::unicode : text_, true)) return fail(session);
        return again(c);
    }
    state_ = State::identifier;
    keep({&c, 1});
    return true;
}

bool ScriptReader::step_comment(char c) {
    switch (state_) {
        case State::minus:
        case State::slash:
            if (state_ == State::minus ? c == '-' : c == '*') {
                comments_ = 1;
                state_ = c == '-' ? State::line_comment : State::comment;
                return true;
            }
            is_continued_ = false;
            if (session_.symbol(state_ == State::minus ? '-' : '/')) return fail(session);
            return again(c);
        case State::line_comment:
            if (c == '\n' || c == '\r') state_ = State::plain;
            return true;
        case State::comment_star:
            if (c == '/') {
                state_ = --comments_ == 0 ? State::plain : State::comment;
                return true;
            }
            break;
        case State::comment_slash:
            if (c == '*') {
                ++comments_;
                state_ = State::comment;
                return true;
            }
            break;
        default:
            break;
    }
    state_ = c == '*' ? State::comment_star : c == '/' ? State::comment_slash : State::comment;
    return true;
}

}  // namespace pgfilter::sql
