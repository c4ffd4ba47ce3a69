// SPDX-License-Identifier: PostgreSQL
#include "support/postgres.hpp"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

// PostgreSQL's common/keywords.h, which libpg_query exports but does not install.
extern "C" {
struct ScanKeywordList {
    const char* kw_string;
    const std::uint16_t* kw_offsets;
    int (*hash)(const void*, std::size_t);
    int num_keywords;
    int max_kw_len;
};
extern const ScanKeywordList ScanKeywords;
}

namespace pgfilter::test {
namespace {

/// Reads the few shapes of a protocol buffer that a scan's result consists of.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return value;
        }
    }

    std::string_view bytes() {
        const std::size_t size = varint();
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

private:
    std::string_view rest_;
};

PostgresToken read_token(std::string_view message) {
    std::array<int, 8> fields{};
    for (ProtobufReader reader(message); !reader.at_end();) {
        const std::uint64_t key = reader.varint();
        fields.at(key >> 3U) = static_cast<int>(reader.varint());
    }
    return {static_cast<std::size_t>(fields[1]), static_cast<std::size_t>(fields[2]), fields[4], fields[5]};
}

/// Behind the end of the JSON string that begins at `open`.
std::size_t end_of_string(const std::string& json, std::size_t open) {
    std::size_t at = open + 1;
    while (json[at] != '"') at += json[at] == '\\' ? 2U : 1U;
    return at + 1;
}

// The texts before a role's name in a parse tree.  A quote within a string is escaped, so that none of them
// is found there.
constexpr std::array<std::string_view, 3> role_marks{
    R"("roletype":"ROLESPEC_CSTRING","rolename":)",
    R"("kind":"VAR_SET_VALUE","name":"role","args":[{"A_Const":{"sval":{"sval":)",
    R"("kind":"VAR_SET_VALUE","name":"session_authorization","args":[{"A_Const":{"sval":{"sval":)"};

/// A role's name in a parse tree, as a JSON string.
struct Place {
    std::size_t start;
    std::size_t end;
};

std::vector<Place> find_roles(const std::string& tree) {
    std::vector<Place> places;
    for (const std::string_view mark : role_marks) {
        for (std::size_t at = 0; (at = tree.find(mark, at)) != std::string::npos;) {
            at += mark.size();
            places.push_back({at, end_of_string(tree, at)});
        }
    }
    std::sort(places.begin(), places.end(), [](Place a, Place b) { return a.start < b.start; });
    return places;
}

std::string role_at(const std::string& tree, Place place) {
    return from_json(std::string_view(tree).substr(place.start, place.end - place.start));
}

}  // namespace

std::optional<std::vector<PostgresToken>> postgres_scan(const std::string& sql) {
    const PgQueryScanResult result = pg_query_scan(sql.c_str());
    std::optional<std::vector<PostgresToken>> tokens;
    if (result.error == nullptr) {
        tokens.emplace();
        ProtobufReader reader({result.pbuf.data, result.pbuf.len});
        while (!reader.at_end()) {
            constexpr std::uint64_t token_key = 2U << 3U | 2U;
            if (reader.varint() == token_key) {
                tokens->push_back(read_token(reader.bytes()));
            } else {
                reader.varint();
            }
        }
    }
    pg_query_free_scan_result(result);
    return tokens;
}

std::optional<std::string> postgres_parse(const std::string& sql) {
    const PgQueryParseResult result = pg_query_parse(sql.c_str());
    std::optional<std::string> tree;
    if (result.error == nullptr) tree = result.parse_tree;
    pg_query_free_parse_result(result);
    return tree;
}

std::optional<std::vector<std::string>> postgres_split(const std::string& sql) {
    const PgQuerySplitResult result = pg_query_split_with_scanner(sql.c_str());
    std::optional<std::vector<std::string>> statements;
    if (result.error == nullptr) {
        statements.emplace();
        for (int i = 0; i < result.n_stmts; ++i) {
            const PgQuerySplitStmt& statement = *result.stmts[i];
            statements->push_back(sql.substr(static_cast<std::size_t>(statement.stmt_location),
                                             static_cast<std::size_t>(statement.stmt_len)));
        }
    }
    pg_query_free_split_result(result);
    return statements;
}

std::vector<std::string> roles_in(const std::string& tree) {
    std::vector<std::string> roles;
    for (const Place place : find_roles(tree)) {
        std::string role = role_at(tree, place);
        if (role != "none") roles.push_back(std::move(role));
    }
    return roles;
}

std::string with_roles_renamed(const std::string& tree, const std::map<std::string, std::string>& new_names) {
    std::string renamed;
    std::size_t copied = 0;
    for (const Place place : find_roles(tree)) {
        const auto found = new_names.find(role_at(tree, place));
        if (found == new_names.end()) continue;
        renamed.append(tree, copied, place.start - copied).append(to_json(found->second));
        copied = place.end;
    }
    return renamed.append(tree, copied);
}

std::string without_locations(const std::string& tree) {
    std::string result;
    std::size_t copied = 0;
    for (std::size_t at = 0; (at = tree.find('"', at)) != std::string::npos;) {
        const std::size_t end = end_of_string(tree, at);
        const std::string_view text = std::string_view(tree).substr(at, end - at);
        const bool is_place = text.ends_with("location\"") || text == "\"stmt_len\"";
        at = end;
        if (!is_place || tree[end] != ':') continue;
        result.append(tree, copied, end - copied);
        copied = at = tree.find_first_not_of("-0123456789", end + 1);
    }
    return result.append(tree, copied);
}

std::vector<std::string> postgres_keywords() {
    std::vector<std::string> keywords;
    for (int i = 0; i < ScanKeywords.num_keywords; ++i)
        keywords.emplace_back(ScanKeywords.kw_string + ScanKeywords.kw_offsets[i]);
    return keywords;
}

std::string to_json(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                json += "\\\"";
                break;
            case '\\':
                json += "\\\\";
                break;
            case '\b':
                json += "\\b";
                break;
            case '\f':
                json += "\\f";
                break;
            case '\n':
                json += "\\n";
                break;
            case '\r':
                json += "\\r";
                break;
            case '\t':
                json += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>') {
                    std::array<char, 8> escape{};
                    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
                    json += escape.data();
                } else {
                    json += c;
                }
        }
    }
    return json += '"';
}

std::string from_json(std::string_view json) {
    std::string text;
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
        if (json[i] != '\\') {
            text += json[i];
            continue;
        }
        switch (json[++i]) {
            case 'b':
                text += '\b';
                break;
            case 'f':
                text += '\f';
                break;
            case 'n':
                text += '\n';
                break;
            case 'r':
                text += '\r';
                break;
            case 't':
                text += '\t';
                break;
            case 'u':  // of ASCII characters only
                text += static_cast<char>(std::stoi(std::string(json.substr(i + 1, 4)), nullptr, 16));
                i += 4;
                break;
            default:
                text += json[i];
        }
    }
    return text;
}

}  // namespace pgfilter::test
