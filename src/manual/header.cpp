// SPDX-License-Identifier: PostgreSQL
#include "manual/header.hpp"

#include <algorithm>
#include <utility>

#include "bytes/lines.hpp"

namespace pgfilter::manual {
namespace {

/// One blank for any white space.
std::string collapsed(std::string_view text) {
    std::string words;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\n';
        if (!is_space || (!words.empty() && words.back() != ' ')) words += is_space ? ' ' : c;
    }
    if (words.ends_with(' ')) words.pop_back();
    return words;
}

std::string comment_text(std::string_view comment) {
    std::string text;
    bool is_first = true;
    for_each_line(comment, [&](std::string_view line) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!std::exchange(is_first, false) && line.starts_with('*')) line.remove_prefix(1);
        text.append(line).append(" ");
    });
    return collapsed(text);
}

struct Token {
    enum class Kind { comment, code, preprocessor, end } kind;
    std::string text;
    char stop = '\0';        ///< of code: what ended it, ";", ",", "{" or "}"; else the null character
    std::size_t breaks = 0;  ///< line breaks before it
};

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Token next() {
        const std::size_t begin = std::min(text_.find_first_not_of(" \n"), text_.size());
        const std::string_view space = text_.substr(0, begin);
        const auto breaks = static_cast<std::size_t>(std::count(space.begin(), space.end(), '\n'));
        text_.remove_prefix(begin);
        Token token = text_.empty()             ? Token{Token::Kind::end, {}}
                      : text_.starts_with("/*") ? comment()
                      : text_.front() == '#'    ? preprocessor()
                                                : code();
        token.breaks = breaks;
        return token;
    }

private:
    std::string_view take(std::size_t length) {
        const std::string_view taken = text_.substr(0, length);
        text_.remove_prefix(taken.size());
        return taken;
    }

    Token comment() {
        std::string_view text = take(text_.find("*/"));
        take(2);
        text.remove_prefix(2);
        return {Token::Kind::comment, comment_text(text)};
    }

    /// What only C++ sees is left out.
    Token preprocessor() {
        const bool is_for_cxx = text_.starts_with("#ifdef __cplusplus");
        if (is_for_cxx) take(text_.find("#endif"));
        return {Token::Kind::preprocessor, std::string(take(text_.find('\n')))};
    }

    Token code() {
        std::size_t depth = 0;
        std::size_t at = 0;
        for (; at < text_.size(); ++at) {
            if (text_[at] == '(') ++depth;
            if (text_[at] == ')') --depth;
            const bool is_stop = std::string_view(";,{}").find(text_[at]) != std::string_view::npos;
            if (depth == 0 && (is_stop || text_.substr(at).starts_with("/*"))) break;
        }
        Token token{Token::Kind::code, collapsed(take(at))};
        if (!text_.empty() && text_.front() != '/') token.stop = take(1).front();
        return token;
    }

    std::string_view text_;
};

/// What stands between the braces.
std::vector<Members> read_members(Scanner& scanner) {
    std::vector<Members> all;
    bool goes_on = false;  // whether the last comment is about what follows, too
    while (true) {
        const Token token = scanner.next();
        if (token.kind == Token::Kind::comment && token.breaks == 0 && !all.empty()) {
            all.back().comment = token.text;
        } else if (token.kind == Token::Kind::comment) {
            all.push_back({{}, token.text});
            goes_on = true;
        } else if (token.kind == Token::Kind::code) {
            goes_on = goes_on && token.breaks < 2;
            if (!token.text.empty() && goes_on) all.back().declarations.push_back(token.text);
            if (!token.text.empty() && !goes_on) all.push_back({{token.text}, {}});
        }
        if (token.stop == '}' || token.kind == Token::Kind::end) return all;
    }
}

}  // namespace

std::vector<Declaration> read_header(std::string_view text) {
    constexpr std::string_view structure = "typedef struct ";
    constexpr std::string_view exported = "PGFILTER_PLUGIN_EXPORT ";
    Scanner scanner(text);
    std::vector<Declaration> all;
    std::string comment;
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::code) {
            Declaration found{Declaration::Kind::other, token.text, std::move(comment)};
            if (found.name.starts_with(exported)) found.name.erase(0, exported.size());
            if (token.stop == '{') {
                found.kind = Declaration::Kind::enumeration;
                found.members = read_members(scanner);
                scanner.next();  // the name again, of a struct
            }
            if (token.stop == '{' && found.name.starts_with(structure)) {
                found.kind = Declaration::Kind::structure;
                found.name.erase(0, structure.size());
            }
            all.push_back(std::move(found));
        }
        comment = token.kind == Token::Kind::comment ? token.text : std::string();
    }
    return all;
}

}  // namespace pgfilter::manual
