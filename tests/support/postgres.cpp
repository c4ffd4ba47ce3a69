#include "support/postgres.hpp"

#include <pg_query.h>

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
