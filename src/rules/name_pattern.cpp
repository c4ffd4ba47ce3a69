// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/name_pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <vector>

#include "pgfilter/error.hpp"
#include "sql/byte_class.hpp"

namespace pgfilter {
namespace {

re2::RE2::Options expression_options(bool utf8) {
    re2::RE2::Options options;
    options.set_encoding(utf8 ? re2::RE2::Options::EncodingUTF8 : re2::RE2::Options::EncodingLatin1);
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_never_capture(true);
    options.set_max_mem(std::int64_t{1} << 20U);  // there can be thousands of patterns
    return options;
}

/// Far more than three names of 63 bytes, and alternatives of them, can be.
constexpr std::size_t longest_pattern = 64U << 10U;

void check_length(const std::string& pattern) {
    if (pattern.size() <= longest_pattern) return;
    throw Error(ErrorCode::usage, "a pattern of " + std::to_string(pattern.size()) +
                                      " bytes is too long; it begins with '" + pattern.substr(0, 40) + "'");
}

/// What is between the dots of a pattern.
struct Part {
    std::string expression;
    std::string name;  ///< if it is no pattern: without quotes, and folded
    /// How every name that matches begins: what is in front of the first wildcard, as far as it is known.
    std::string beginning;
    enum class Rest : std::uint8_t { nothing, anything, other } rest = Rest::nothing;

    void add_literal(char c) {
        expression += re2::RE2::QuoteMeta(re2::StringPiece(&c, 1));
        note(c);
    }
    /// It means itself, but for "-" in brackets.
    void add_plain(char c) {
        expression += c;
        note(c);
    }
    void note(char c) {
        if (rest == Rest::nothing)
            beginning += c;
        else
            rest = Rest::other;
    }
    void add_wildcard(const char* wildcard, Rest matched) {
        expression += wildcard;
        rest = rest == Rest::nothing ? matched : Rest::other;
    }
    /// It can make what is in front of it one of several ("|"), or let it be missing ("{0,1}").
    void add_operator(char c) {
        expression += c;
        beginning.clear();
        rest = Rest::other;
    }
    static bool is_operator(char c) { return Bytes("|()[]{}+^\\").find(c) != Bytes::npos; }

    /// A character outside quotes that ends no name.
    void add_unquoted(char c) {
        if (c == '$')
            add_literal(c);
        else if (c == '*')
            add_wildcard(".*", Rest::anything);
        else if (c == '?')
            add_wildcard(".", Rest::other);
        else if (is_operator(c))
            add_operator(c);
        else
            add_plain(sql::lower(c));
    }
};

std::vector<Part> parts_of(const std::string& pattern) {
    std::vector<Part> parts(1);
    bool quoted = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        Part& part = parts.back();
        if (c != '"' && (quoted || c != '.')) part.name += quoted ? c : sql::lower(c);
        if (c == '"') {
            if (quoted && i + 1 < pattern.size() && pattern[i + 1] == '"') {
                part.add_literal(pattern[++i]);
                part.name += c;
            } else {
                quoted = !quoted;
            }
        } else if (c == '\0') {
            throw Error(ErrorCode::usage, "a pattern cannot contain a zero byte");
        } else if (quoted) {
            part.add_literal(c);
        } else if (c == '.') {
            parts.emplace_back();
        } else if (c == '[' && i + 1 < pattern.size() && pattern[i + 1] == ']') {
            part.add_literal(c);  // an array type's name
            part.add_literal(pattern[++i]);
            part.name += pattern[i];
        } else {
            part.add_unquoted(c);
        }
    }
    if (quoted) throw Error(ErrorCode::usage, "quote without an end in pattern '" + pattern + "'");
    return parts;
}

}  // namespace

/// Matches characters where a name is UTF-8, and bytes where it is not.
class NamePattern::Expression {
public:
    Expression(const Part& part, const std::string& pattern) : beginning_(part.beginning), rest_(part.rest) {
        // Most patterns are names, or begin like one, and need no machine that takes kilobytes.
        if (rest_ != Part::Rest::other) return;
        characters_.emplace(part.expression, expression_options(true));
        bytes_.emplace(part.expression, expression_options(false));
        if (bytes_->error_code() == re2::RE2::ErrorPatternTooLarge ||
            characters_->error_code() == re2::RE2::ErrorPatternTooLarge)
            throw Error(ErrorCode::usage, "pattern '" + pattern + "' is too large");
        if (!bytes_->ok())
            throw Error(ErrorCode::usage, "pattern '" + pattern + "' makes no sense: " + bytes_->error());
    }

    [[nodiscard]] bool matches(Bytes name) const {
        if (!name.starts_with(beginning_)) return false;
        if (rest_ == Part::Rest::nothing) return name.size() == beginning_.size();
        if (rest_ == Part::Rest::anything) return true;
        const re2::StringPiece text(name.data(), name.size());
        return (characters_->ok() && re2::RE2::FullMatch(text, *characters_)) ||
               ((!characters_->ok() || !is_utf8(text)) && re2::RE2::FullMatch(text, *bytes_));
    }

    [[nodiscard]] std::optional<std::string> exact_name() const {
        return rest_ == Part::Rest::nothing ? std::optional(beginning_) : std::nullopt;
    }

private:
    static bool is_utf8(re2::StringPiece text) {
        static const re2::RE2 any(".*", expression_options(true));
        return re2::RE2::FullMatch(text, any);
    }

    std::string beginning_;
    Part::Rest rest_;
    std::optional<re2::RE2> characters_;
    std::optional<re2::RE2> bytes_;
};

bool NamePattern::looks_like_list(const std::string& pattern) {
    bool quoted = false;
    return std::any_of(pattern.begin(), pattern.end(), [&](char c) {
        quoted = quoted != (c == '"');
        return c == ',' && !quoted;
    });
}

NamePattern::NamePattern(const std::string& pattern, Parts parts) : text_(pattern) {
    check_length(pattern);
    const std::vector<Part> all = parts_of(pattern);
    const std::size_t most = parts == Parts::name ? 1 : 3;
    if (all.size() > most)
        throw Error(ErrorCode::usage,
                    "pattern '" + pattern + "' has too many names in it; " +
                        (looks_like_list(pattern) ? "commas do not part names, give each name by itself"
                                                  : "put a name with a dot in it in double quotes"));
    for (const Part& part : all) {
        if (part.expression.empty())
            throw Error(ErrorCode::usage, "pattern '" + pattern + "' has an empty name in it");
    }
    if (parts == Parts::relation_and_name) {
        if (all.size() > 1) relation_ = std::make_unique<Expression>(all[all.size() - 2], pattern);
        if (all.size() == 3) schema_ = std::make_unique<Expression>(all.front(), pattern);
    } else {
        if (all.size() == 3) database_ = all.front().name;
        if (all.size() > 1) schema_ = std::make_unique<Expression>(all[all.size() - 2], pattern);
    }
    name_ = std::make_unique<Expression>(all.back(), pattern);
}

NamePattern::NamePattern(NamePattern&&) noexcept = default;
NamePattern::~NamePattern() = default;

void NamePattern::check_database(const Header& header) const {
    if (database_ && database_ != header.database)
        throw Error(
            ErrorCode::usage,
            "pattern '" + text_ + "' names another database than the archive's, \"" +
                header.database.value_or("") + "\"" +
                (looks_like_list(text_) ? "; commas do not part names, give each name by itself" : ""));
}

std::optional<std::string> NamePattern::exact_name() const {
    return name_->exact_name();
}

bool NamePattern::matches(Bytes name) const {
    return name_->matches(name);
}

bool NamePattern::matches(Bytes schema, Bytes name) const {
    return (schema_ == nullptr || schema_->matches(schema)) && name_->matches(name);
}

bool NamePattern::matches(Bytes schema, Bytes relation, Bytes name) const {
    return (relation_ == nullptr || relation_->matches(relation)) && matches(schema, name);
}

}  // namespace pgfilter
