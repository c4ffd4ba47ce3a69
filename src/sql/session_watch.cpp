// SPDX-License-Identifier: PostgreSQL
#include "sql/session_watch.hpp"

#include <algorithm>
#include <array>

#include "sql/byte_class.hpp"

namespace pgfilter::sql {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::any_of(words.begin(), words.end(), [&](auto one) { return equal_in_any_case(word, one); });
}

/// Settings by which psql and the server read what follows.  Names of settings have no case, with quotes
/// either.
bool is_reading_setting(std::string_view name) {
    return is_one_of(name, std::array<std::string_view, 2>{"client_encoding", "standard_conforming_strings"});
}

/// What begins or ends a transaction, and so takes back what was set in it; DO, which runs anything; COPY,
/// which takes what follows for rows.
bool changes_session(std::string_view first) {
    return is_one_of(first, std::array<std::string_view, 8>{"rollback", "abort", "commit", "end", "begin",
                                                            "start", "do", "copy"});
}

/// Statements in which a function is only named.
bool calls_nothing(std::string_view first) {
    return is_one_of(first,
                     std::array<std::string_view, 5>{"grant", "revoke", "drop", "comment", "security"});
}

bool is(std::string_view word, std::string_view keyword) {
    return equal_in_any_case(word, keyword);
}

}  // namespace

bool SessionWatch::word(std::string_view text, bool is_quoted) {
    if (argument_ == Argument::type) return expect(Argument::type, Argument::comma);
    if (argument_ == Argument::parenthesis) argument_ = Argument::none;  // no call
    if (argument_ != Argument::none) return true;
    // psql counts words without quotes alone to find the body of a function.
    const bool is_first = !is_quoted && words_++ == 0;
    other_ = other_ || is_quoted;
    has_top_word_ = has_top_word_ || (!is_quoted && depth_ == 0);
    if (is_first ? begin_statement(text) : follow(text, is_quoted)) return true;
    if (!is_quoted) track_body(text);
    if (!only_names_ && (is(text, "set_config") || text == unicode)) argument_ = Argument::parenthesis;
    return false;
}

bool SessionWatch::begin_statement(std::string_view word) {
    if (begins_ > 0 && is(word, "end")) return false;
    if (begins_ == 0) is_routine_ = only_names_ = updates_ = false;
    only_names_ = only_names_ || calls_nothing(word);
    first_ = is(word, "set")       ? First::set
             : is(word, "reset")   ? First::reset
             : is(word, "discard") ? First::discard
             : is(word, "create")  ? First::create
             : is(word, "alter")   ? First::alter
                                   : First::other;
    updates_ = updates_ || is(word, "update") || is(word, "merge");
    return changes_session(word);
}

bool SessionWatch::follow(std::string_view word, bool is_quoted) {
    const bool is_prefix = is(word, "session") || is(word, "local");
    switch (first_) {
        case First::set:
            if (is_prefix && words_ == 2) return false;
            first_ = First::other;
            return is_reading_setting(word) || is(word, "names") || word == unicode;
        case First::reset:
            first_ = First::other;
            return is_reading_setting(word) || is(word, "all") || word == unicode;
        case First::discard:
            return is(word, "all");
        case First::create:
        case First::create_or:
        case First::replace:
            if (!is_quoted) follow_create(word);
            return false;
        case First::alter:
            only_names_ = is(word, "function") || is(word, "procedure") || is(word, "routine");
            first_ = First::definition;
            return false;
        case First::definition:
            return false;
        case First::other:
            updates_ = updates_ || is(word, "update") || is(word, "merge");
            return updates_ && (is(word, "pg_settings") || word == unicode);
    }
    return false;
}

void SessionWatch::follow_create(std::string_view word) {
    if (first_ == First::create && is(word, "or")) {
        first_ = First::create_or;
    } else if (first_ == First::create_or && is(word, "replace")) {
        first_ = First::replace;
    } else {
        const bool may_be_routine = first_ != First::create_or;
        only_names_ = may_be_routine && (is(word, "function") || is(word, "procedure"));
        // psql looks at the first words alone, and not at what follows a semicolon in a body.
        if (begins_ == 0) is_routine_ = only_names_;
        first_ = First::definition;
    }
}

// As psql does from 14 on: semicolons between BEGIN and END, or in parentheses, end nothing.
void SessionWatch::track_body(std::string_view word) {
    if (!is_routine_ || depth_ > 0) return;
    if (is(word, "begin") || (is(word, "case") && begins_ > 0)) {
        ++begins_;
    } else if (is(word, "end") && begins_ > 0) {
        --begins_;
    }
}

bool SessionWatch::string(std::string_view text, bool is_plain) {
    other_ = true;
    if (argument_ == Argument::parenthesis) argument_ = Argument::none;
    if (argument_ == Argument::none) return false;
    if (!is_plain || is_reading_setting(text)) return true;
    return expect(Argument::name, Argument::end);
}

bool SessionWatch::symbol(char c) {
    switch (argument_) {
        case Argument::none:
            break;
        case Argument::parenthesis:
            argument_ = c == '(' ? Argument::name : Argument::none;
            break;
        case Argument::end:
            if (c != ',' && c != ':') return true;
            argument_ = c == ',' ? Argument::none : Argument::type;
            break;
        case Argument::comma:
            if (c != ',') return true;
            argument_ = Argument::none;
            break;
        case Argument::name:
        case Argument::type:
            return true;
    }
    if (c == ';' && depth_ == 0) {
        // psql of 2026 (5c51ae4556f) takes a statement without words for the one before: if that was a COPY
        // and this one fails, it skips all up to the next line "\.".
        const bool is_like_the_one_before = !has_top_word_;
        end_statement();
        return is_like_the_one_before;
    }
    other_ = true;
    if (c == '(') ++depth_;
    if (c == ')' && depth_ > 0) --depth_;
    return false;
}

bool SessionWatch::expect(Argument wanted, Argument next) {
    if (argument_ != wanted) return true;
    argument_ = next;
    return false;
}

void SessionWatch::end_statement() {
    words_ = 0;
    other_ = has_top_word_ = false;
    first_ = First::other;
}

}  // namespace pgfilter::sql
