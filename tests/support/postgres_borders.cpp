// SPDX-License-Identifier: PostgreSQL
#include "support/postgres_borders.hpp"

#include <algorithm>
#include <optional>

#include "support/postgres.hpp"

namespace pgfilter::test {

using namespace sql;

const char* name_of(TokenKind kind) {
    switch (kind) {
        case TokenKind::blank:
            return "blank";
        case TokenKind::comment:
            return "comment";
        case TokenKind::word:
            return "word";
        case TokenKind::quoted:
            return "quoted";
        case TokenKind::string:
            return "string";
        case TokenKind::dollar:
            return "dollar";
        case TokenKind::number:
            return "number";
        case TokenKind::symbol:
            return "symbol";
        case TokenKind::unfinished:
            return "unfinished";
    }
    return "?";
}

std::vector<Token> tokens_of(std::string_view sql, Dialect dialect) {
    std::vector<Token> tokens;
    Token token{};
    for (Lexer lexer(sql, dialect); lexer.next(token);) tokens.push_back(token);
    return tokens;
}

namespace {

/// A token whose borders matter: a comment, an identifier or a string.
struct Span {
    TokenKind kind;
    std::size_t start;
    std::size_t end;

    bool operator==(const Span&) const = default;
};

std::string show(const std::vector<Span>& spans) {
    std::string text;
    for (const Span& span : spans)
        text += std::string(name_of(span.kind)) + " " + std::to_string(span.start) + "-" +
                std::to_string(span.end) + ", ";
    return text;
}

std::vector<Span> spans_of(const std::string& sql) {
    std::vector<Span> spans;
    for (const Token& token : tokens_of(sql)) {
        const bool matters = token.kind != TokenKind::blank && token.kind != TokenKind::number &&
                             token.kind != TokenKind::symbol;
        if (matters) spans.push_back({token.kind, token.position, token.end()});
    }
    return spans;
}

std::optional<TokenKind> kind_of(const PostgresToken& token, const std::string& sql) {
    using Code = PostgresToken::Code;
    const char first = sql[token.start];
    switch (token.code) {
        case Code::sql_comment:
        case Code::c_comment:
            return TokenKind::comment;
        case Code::ident:
            return first == '"' ? TokenKind::quoted : TokenKind::word;
        case Code::uident:
            return TokenKind::quoted;
        case Code::sconst:
            return first == '$' ? TokenKind::dollar : TokenKind::string;
        case Code::usconst:
        case Code::bconst:
        case Code::xconst:
            return TokenKind::string;
        default:
            break;
    }
    if (token.keyword != PostgresToken::none) return TokenKind::word;
    return std::nullopt;
}

/// Our tokens as PostgreSQL would cut them: 'a' and 'b' on the next line are one string, B'0''1' are two.
std::vector<Span> as_postgres_does(const std::vector<Span>& spans, const std::string& sql) {
    std::vector<Span> result;
    for (const Span& span : spans) {
        const char first = sql[span.start];
        const bool follows = !result.empty() && result.back().kind == TokenKind::string && first == '\'';
        const std::size_t end = follows ? result.back().end : 0;
        const bool is_continued = follows && sql.find_first_not_of(" \t\n\r\f", end) == span.start &&
                                  sql.find_first_of("\n\r", end) < span.start;
        const std::size_t quote = span.kind == TokenKind::string ? sql.find('\'', span.start + 2) : span.end;
        if (is_continued) {
            result.back().end = span.end;
        } else if (std::string("bBxX").find(first) != std::string::npos && quote + 1 < span.end) {
            result.push_back({span.kind, span.start, quote + 1});
            result.push_back({span.kind, quote + 1, span.end});
        } else {
            result.push_back(span);
        }
    }
    return result;
}

/// PostgreSQL's tokens as spans.  `ours` tells where those end of which libpg_query does not know it.
std::vector<Span> spans_of(const std::vector<PostgresToken>& tokens, const std::string& sql,
                           const std::vector<Span>& ours) {
    using Code = PostgresToken::Code;
    std::vector<Span> spans;
    bool after_nchar = false;  // N'…' is the keyword NCHAR and '…'
    for (const PostgresToken& token : tokens) {
        const std::optional<TokenKind> kind = kind_of(token, sql);
        const bool is_covered = !spans.empty() && token.start < spans.back().end;  // joined to U&'…'
        if (!kind || is_covered) continue;
        Span span{*kind, token.start, token.end};
        const auto same =
            std::find_if(ours.begin(), ours.end(), [&](const Span& s) { return s.start == span.start; });
        if ((token.code == Code::uident || token.code == Code::usconst) && same != ours.end())
            span.end = same->end;
        if (token.code == Code::sconst && after_nchar) {
            span.start = spans.back().start;
            spans.pop_back();
        }
        const char first = sql[span.start];
        after_nchar = span.end == span.start + 1 && (first == 'n' || first == 'N') && span.end < sql.size() &&
                      sql[span.end] == '\'';
        spans.push_back(span);
    }
    return spans;
}

/// Whether an E'…', B'…' or X'…' goes on in the next line.  There other rules hold than for '…', which our
/// lexer does not know: neither pg_dump nor the server writes such strings.
bool is_continued_with_prefix(const std::string& sql, const PostgresToken& token) {
    using Code = PostgresToken::Code;
    const bool is_string =
        token.code == Code::sconst || token.code == Code::bconst || token.code == Code::xconst;
    if (!is_string || sql[token.start] == '\'' || sql[token.start] == '$') return false;
    for (std::size_t quote = sql.find('\'', token.start + 2); quote < token.end;
         quote = sql.find('\'', quote + 1)) {
        const std::size_t next = sql.find_first_not_of(" \t\n\r\f", quote + 1);
        if (next != std::string::npos && next > quote + 1 && next < token.end && sql[next] == '\'')
            return true;
    }
    return false;
}

/// Whether a dollar sign follows an exponent, as in 1e5$: our lexer takes both for one word.  Nobody writes
/// that.
bool has_dollar_behind_exponent(const std::string& sql, const PostgresToken& token) {
    return token.code == PostgresToken::fconst && token.end < sql.size() && sql[token.end] == '$';
}

}  // namespace

Borders compare_borders(const std::string& sql, std::string& explanation) {
    const auto tokens = postgres_scan(sql);
    if (!tokens) return Borders::refused;
    for (const PostgresToken& token : *tokens) {
        if (is_continued_with_prefix(sql, token) || has_dollar_behind_exponent(sql, token))
            return Borders::refused;
    }
    std::vector<Span> ours = as_postgres_does(spans_of(sql), sql);
    // For us, the exponent of 1e5 is a word.
    for (const PostgresToken& token : *tokens) {
        if (token.code != PostgresToken::fconst) continue;
        std::erase_if(ours, [&](const Span& s) { return s.start >= token.start && s.end <= token.end; });
    }
    const std::vector<Span> theirs = spans_of(*tokens, sql, ours);
    if (ours == theirs) return Borders::agree;
    explanation = "in: " + sql + "\nours: " + show(ours) + "\nPostgreSQL's: " + show(theirs);
    return Borders::disagree;
}

}  // namespace pgfilter::test
