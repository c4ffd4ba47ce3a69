// SPDX-License-Identifier: PostgreSQL
#include "psql_model.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace psql_model {
namespace {

using View = std::string_view;

bool is_high(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_ident_start(char c) {
    return is_high(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ident_cont(char c) {
    return is_ident_start(c) || is_digit(c) || c == '$';
}
bool is_variable_char(char c) {
    return is_ident_start(c) || is_digit(c);
}
bool is_operator_char(char c) {
    return c != '\0' && View("~!@#^&|`?+-*/%<>=").find(c) != View::npos;
}
char small(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// pg_encoding_mblen().
std::size_t mblen(View rest, Session session) {
    const auto first = static_cast<unsigned char>(rest[0]);
    const auto second = static_cast<unsigned char>(rest.size() > 1 ? rest[1] : '\0');
    if (first < 0x80) return 1;
    switch (session.encoding) {
        case Encoding::single:
            return 1;
        case Encoding::sjis:
            return first >= 0xa1 && first <= 0xdf ? 1 : 2;
        case Encoding::big5:
        case Encoding::gbk:
        case Encoding::uhc:
            return 2;
        case Encoding::gb18030:
            return second >= 0x30 && second <= 0x39 ? 4 : 2;
        case Encoding::johab:
            return first == 0x8f ? 3 : 2;
    }
    return 1;
}

/// psqlscan_prepare_buffer().
std::string prepared(View line, Session session) {
    std::string text(line);
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(at + mblen(line.substr(at), session), line.size());
        for (++at; at < end; ++at) text[at] = '\xff';
    }
    return text;
}

/// SetVariable() with names of psql's own (startup.c, common.c, command.c).
bool is_set_by_psql(View name) {
    constexpr std::array<View, 30> names{"AUTOCOMMIT",
                                         "COMP_KEYWORD_CASE",
                                         "DBNAME",
                                         "ECHO",
                                         "ECHO_HIDDEN",
                                         "ENCODING",
                                         "ERROR",
                                         "FETCH_COUNT",
                                         "HIDE_TABLEAM",
                                         "HISTCONTROL",
                                         "HISTSIZE",
                                         "HOST",
                                         "IGNOREEOF",
                                         "LASTOID",
                                         "LAST_ERROR_MESSAGE",
                                         "LAST_ERROR_SQLSTATE",
                                         "ON_ERROR_ROLLBACK",
                                         "ON_ERROR_STOP",
                                         "PORT",
                                         "PROMPT1",
                                         "QUIET",
                                         "ROW_COUNT",
                                         "SERVER_VERSION_NAME",
                                         "SHOW_CONTEXT",
                                         "SINGLELINE",
                                         "SQLSTATE",
                                         "USER",
                                         "VERBOSITY",
                                         "VERSION",
                                         "VERSION_NUM"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

enum class State : std::uint8_t { initial, xb, xc, xd, xe, xq, xqs, xdolq };

class Scanner {
public:
    explicit Scanner(Session session) : session_(session) {}

    Outcome read(View script) {
        while (!script.empty()) {
            const std::size_t size = std::min(script.find('\n'), script.size());
            const std::string line = prepared(script.substr(0, size), session_);
            line_ = line;
            at_ = 0;
            while (at_ < line_.size()) {
                step();
                if (outcome_ != Outcome::harmless) return outcome_;
            }
            script.remove_prefix(std::min(size + 1, script.size()));
        }
        const bool is_done =
            (state_ == State::initial || state_ == State::xqs) && parens_ == 0 && begins_ == 0;
        return is_done ? Outcome::harmless : Outcome::open;
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool is_at(View text) const { return line_.substr(at_).starts_with(text); }
    template <class Test>
    [[nodiscard]] std::size_t run(std::size_t from, Test test) const {
        while (from < line_.size() && test(line_[from])) ++from;
        return from;
    }

    void step() {
        switch (state_) {
            case State::initial:
                return initial();
            case State::xb:
                if (peek() == '\'') return end_quote();
                ++at_;
                return;
            case State::xq:
                return quoted('\'');
            case State::xd:
                return quoted('"');
            case State::xe:
                if (peek() == '\\') {
                    at_ = std::min(at_ + 2, line_.size());
                    return;
                }
                return quoted('\'');
            case State::xqs:
                return quote_stop();
            case State::xc:
                return comment();
            case State::xdolq:
                return dollar_quoted();
        }
    }

    void quoted(char quote) {
        if (peek() != quote) {
            ++at_;
        } else if (peek(1) == quote) {
            at_ += 2;
        } else if (quote == '"') {
            ++at_;
            state_ = State::initial;
        } else {
            end_quote();
        }
    }
    void end_quote() {
        before_ = state_;
        state_ = State::xqs;
        ++at_;
    }
    // {quotecontinue} or back to the beginning.
    void quote_stop() {
        std::size_t at = at_;
        bool has_newline = false;
        for (;;) {
            const std::size_t begin = at;
            at = run(at, [&](char c) {
                has_newline = has_newline || c == '\r';
                return c == ' ' || c == '\t' || c == '\f' || c == '\r' ||
                       (c == '\v' && session_.version >= Version::v16);
            });
            if (line_.substr(at).starts_with("--")) at = run(at, [](char c) { return c != '\r'; });
            if (at == begin) break;
        }
        const bool goes_on = has_newline && at < line_.size() && line_[at] == '\'';
        state_ = goes_on ? before_ : State::initial;
        if (goes_on) at_ = at + 1;
    }
    void comment() {
        if (is_at("/*")) {
            ++comments_;
            at_ += 2;
        } else if (is_at("*/")) {
            if (comments_-- == 0) {
                comments_ = 0;
                state_ = State::initial;
            }
            at_ += 2;
        } else {
            ++at_;
        }
    }

    /// What {dolqdelim} takes here; empty if nothing.
    [[nodiscard]] View dollar_tag() const {
        if (peek() != '$') return {};
        std::size_t end = at_ + 1;
        if (is_ident_start(peek(1))) end = run(end, is_variable_char);
        if (end == line_.size() || line_[end] != '$') return {};
        return line_.substr(at_, end + 1 - at_);
    }
    void dollar_quoted() {
        const View tag = dollar_tag();
        if (tag.empty()) {
            ++at_;
        } else if (tag == tag_) {
            at_ += tag.size();
            state_ = State::initial;
        } else {
            at_ += tag.size() - 1;
        }
    }

    void initial() {
        const char c = peek();
        const char first = small(c);
        if (is_at("--")) {
            at_ = run(at_, [](char d) { return d != '\r'; });
        } else if (is_at("/*")) {
            comments_ = 0;
            begin(State::xc, 2);
        } else if ((first == 'b' || first == 'x') && peek(1) == '\'') {
            begin(State::xb, 2);
        } else if (first == 'e' && peek(1) == '\'') {
            begin(State::xe, 2);
        } else if (first == 'n' && peek(1) == '\'') {
            ++at_;
        } else if (first == 'u' && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"')) {
            begin(peek(2) == '"' ? State::xd : State::xq, 3);
        } else if (c == '\'') {
            begin(session_.standard_conforming_strings ? State::xq : State::xe, 1);
        } else if (c == '"') {
            begin(State::xd, 1);
        } else if (c == '$') {
            dollar();
        } else if (c == ':') {
            colon();
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            number();
        } else if (is_ident_start(c)) {
            identifier();
        } else {
            other(c);
        }
    }
    void begin(State state, std::size_t size) {
        state_ = state;
        at_ += size;
    }
    void other(char c) {
        if (c == '\\') outcome_ = Outcome::command;
        if (c == '(') ++parens_;
        if (c == ')' && parens_ > 0) --parens_;
        if (c == ';' && parens_ == 0 && begins_ == 0) end_statement();
        if (is_operator_char(c)) return operators();
        ++at_;
    }
    void end_statement() {
        if (top_identifiers_ == 0) outcome_ = Outcome::rows;
        identifiers_.clear();
        top_identifiers_ = 0;
    }
    void operators() {
        View token = line_.substr(at_, run(at_, is_operator_char) - at_);
        token = token.substr(0, std::min(token.find("/*"), token.find("--")));
        at_ += std::max<std::size_t>(token.size(), 1);
    }
    void dollar() {
        if (const View tag = dollar_tag(); !tag.empty()) {
            tag_ = tag;
            return begin(State::xdolq, tag.size());
        }
        if (!is_digit(peek(1))) {
            ++at_;
            return;
        }
        at_ = run(at_ + 1, is_digit);
        junk();
    }
    void junk() {
        if (session_.version < Version::v15 || !is_ident_start(peek())) return;
        at_ = session_.version < Version::v18 ? at_ + 1 : run(at_, is_ident_cont);
    }
    void colon() {
        if (peek(1) == ':' || peek(1) == '=') {
            at_ += 2;
            return;
        }
        const std::size_t quote = peek(1) == '\'' || peek(1) == '"' ? 1 : is_at(":{?") ? 2 : 0;
        const std::size_t front = at_ + 1 + quote;
        const std::size_t end = run(front, is_variable_char);
        const View name = line_.substr(std::min(front, line_.size()), end - std::min(front, end));
        const char close = quote == 2 ? '}' : peek(1);
        if (name.empty() || (quote > 0 && (end == line_.size() || line_[end] != close))) {
            ++at_;
            return;
        }
        // A name in quotes stays a name in quotes.
        if (quote == 2 || (close != '"' && is_set_by_psql(name))) outcome_ = Outcome::variable;
        at_ = quote > 0 ? end + 1 : end;
    }
    void number() {
        const auto is_part = [&](char c) {
            return is_digit(c) || (c == '_' && session_.version >= Version::v16);
        };
        if (session_.version >= Version::v16 && peek() == '0' && small(peek(1)) == 'x' &&
            std::isxdigit(static_cast<unsigned char>(peek(2))) != 0) {
            at_ = run(at_ + 2, [&](char c) {
                return std::isxdigit(static_cast<unsigned char>(c)) != 0 || is_part(c);
            });
            return junk();
        }
        at_ = run(at_, is_part);
        if (peek() == '.' && peek(1) != '.') at_ = run(at_ + 1, is_part);
        if (small(peek()) == 'e') {
            const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
            if (is_digit(peek(1 + sign))) {
                at_ = run(at_ + 1 + sign, is_part);
            } else if (sign == 1 && session_.version >= Version::v15) {
                at_ += 2;
                return;
            }
        }
        junk();
    }
    void identifier() {
        const std::size_t end = run(at_, is_ident_cont);
        std::string word(line_.substr(at_, end - at_));
        at_ = end;
        std::transform(word.begin(), word.end(), word.begin(), small);
        if (parens_ == 0 && top_identifiers_++ == 0 && word == "copy") outcome_ = Outcome::rows;
        constexpr std::size_t looked_at = 4;
        if (identifiers_.size() < looked_at) {
            const bool counts = word == "create" || word == "function" || word == "procedure" ||
                                word == "or" || word == "replace";
            identifiers_ += counts ? word[0] : ' ';
        }
        const View front = identifiers_;
        const bool is_routine =
            front.starts_with("cf") || front.starts_with("cp") || front == "corf" || front == "corp";
        if (session_.version < Version::v14 || !is_routine || parens_ > 0) return;
        if (word == "begin" || (word == "case" && begins_ > 0)) ++begins_;
        if (word == "end" && begins_ > 0) --begins_;
    }

    Session session_;
    View line_;
    std::size_t at_ = 0;
    State state_ = State::initial;
    State before_ = State::initial;
    Outcome outcome_ = Outcome::harmless;
    std::string tag_;
    std::string identifiers_;
    std::size_t top_identifiers_ = 0;
    std::size_t comments_ = 0;
    std::size_t parens_ = 0;
    std::size_t begins_ = 0;
};

}  // namespace

Outcome read(View script, Session session) {
    return Scanner(session).read(script);
}

}  // namespace psql_model
