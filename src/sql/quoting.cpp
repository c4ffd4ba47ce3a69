// SPDX-License-Identifier: PostgreSQL
#include "sql/quoting.hpp"

#include <algorithm>
#include <array>

namespace pgfilter::sql {
namespace {

// Keywords that cannot stand for themselves everywhere, of all servers up to 19 (kwlist.h: every category but
// "unreserved").  Quoting one that an older server does not know does no harm.
// clang-format off
constexpr std::array keywords = std::to_array<std::string_view>({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check",
    "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "graph_table", "greatest", "group", "grouping", "having", "ilike",
    "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading",
    "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural",
    "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only",
    "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary",
    "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time",
    "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values",
    "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
});
// clang-format on
static_assert(std::is_sorted(keywords.begin(), keywords.end()));

void append_doubling(std::string& to, std::string_view text, char doubled) {
    for (const char c : text) {
        if (c == doubled) to += c;
        to += c;
    }
}

std::optional<char> simple_escape(char c) {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'u':
        case 'U':
        case 'x':
            return std::nullopt;
        default:
            return c >= '0' && c <= '7' ? std::nullopt : std::optional(c);
    }
}

}  // namespace

bool is_bare(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    return plain && !std::binary_search(keywords.begin(), keywords.end(), name);
}

std::string quote_identifier(std::string_view name) {
    if (is_bare(name)) return std::string(name);
    std::string quoted = "\"";
    append_doubling(quoted, name, '"');
    return quoted += '"';
}

std::string quote_name(const QualifiedName& name) {
    std::string quoted = name.schema.empty() ? std::string() : quote_identifier(name.schema).append(".");
    return quoted.append(quote_identifier(name.name));
}

std::string quote_identifier_at(std::string_view name, std::string_view sql, std::size_t begin,
                                std::size_t end, Dialect dialect) {
    std::string quoted = quote_identifier(name);
    const bool touches = (begin > 0 && is_identifier_byte(sql[begin - 1])) ||
                         (end < sql.size() && is_identifier_byte(sql[end]));
    if ((touches || dialect.quotes_all_identifiers) && quoted.front() != '"') quoted = '"' + quoted + '"';
    // Two quotes in a row would be one within the name.
    if (quoted.back() == '"' && end < sql.size() && sql[end] == '"') quoted += ' ';
    return quoted;
}

std::string quote_literal(std::string_view text, Dialect dialect) {
    std::string quoted = "'";
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (c == '\'' || (c == '\\' && !dialect.standard_conforming_strings)) quoted += c;
        const std::size_t size = character_size(text, i, dialect);
        quoted += text.substr(i, size);
        i += size;
    }
    return quoted += '\'';
}

bool is_identifier(const Token& token) {
    return token.kind == TokenKind::word || (token.kind == TokenKind::quoted && token.text.front() == '"');
}

std::optional<std::string> decode_identifier(const Token& token) {
    if (!is_identifier(token)) return std::nullopt;
    if (token.kind == TokenKind::word) {
        std::string folded(token.text);
        for (char& c : folded) c = lower(c);
        return folded;
    }
    std::string name;
    name.reserve(token.text.size());
    for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
        name += token.text[i];
        if (token.text[i] == '"') ++i;
    }
    return name;
}

std::optional<std::string> decode_literal(const Token& token, Dialect dialect) {
    if (token.kind != TokenKind::string) return std::nullopt;
    const bool extended = token.text.front() == 'E' || token.text.front() == 'e';
    if (!extended && token.text.front() != '\'') return std::nullopt;
    const bool backslash = extended || !dialect.standard_conforming_strings;
    const std::string_view inner =
        token.text.substr(extended ? 2 : 1, token.text.size() - (extended ? 3 : 2));
    std::string text;
    text.reserve(inner.size());
    for (std::size_t i = 0; i < inner.size();) {
        const bool escaped = inner[i] == '\\' && backslash;
        if (escaped || inner[i] == '\'') ++i;
        const std::size_t size = character_size(inner, i, dialect);
        if (escaped && size == 1) {
            const std::optional<char> meant = simple_escape(inner[i]);
            if (!meant) return std::nullopt;
            text += *meant;
        } else {
            text += inner.substr(i, size);
        }
        i += size;
    }
    return text;
}

}  // namespace pgfilter::sql
