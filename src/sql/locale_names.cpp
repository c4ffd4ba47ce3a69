// SPDX-License-Identifier: PostgreSQL
#include "sql/locale_names.hpp"

#include <utility>
#include <vector>

#include "sql/byte_class.hpp"
#include "sql/definitions.hpp"
#include "sql/names.hpp"
#include "sql/quoting.hpp"

namespace pgfilter::sql {
namespace {

std::optional<std::string> value_of(const Token* token, Dialect dialect) {
    if (token == nullptr) return std::nullopt;
    return token->kind == TokenKind::string ? decode_literal(*token, dialect) : decode_identifier(*token);
}

bool is_of_database(StatementCursor& cursor) {
    return cursor.at_words({"create", "database"});
}

}  // namespace

void find_system_collations(std::string_view sql, Dialect dialect,
                            const std::function<void(const std::string&)>& found) {
    if (!contains_in_any_case(sql, "collat")) return;  // cheaper to test than to tokenise
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        for (; cursor.peek() != nullptr; cursor.advance()) {
            const bool is_clause = cursor.at_words({"collate"});
            if (!is_clause && !(cursor.at_words({"collation"}) && cursor.at_symbol('=', 1))) continue;
            const std::size_t at = is_clause ? 1 : 2;
            const std::optional<std::string> schema = value_of(cursor.peek(at), dialect);
            if (schema != "pg_catalog" || !cursor.at_symbol('.', at + 1)) continue;
            if (const auto name = value_of(cursor.peek(at + 2), dialect)) found(*name);
        }
    }
}

namespace {

/// What one statement says of locales.
struct Locales {
    std::optional<std::string> provider;              // of a collation
    std::vector<std::pair<std::string, bool>> names;  // and whether it is ICU's by its keyword
};

Locales read_locales(StatementCursor& cursor, bool is_database, Dialect dialect) {
    Locales locales;
    for (; cursor.peek() != nullptr; cursor.advance()) {
        if (!cursor.at_symbol('=', 1)) continue;
        const bool is_plain =
            cursor.at_words({"locale"}) || cursor.at_words({"lc_collate"}) || cursor.at_words({"lc_ctype"});
        const bool is_of_icu = cursor.at_words({"icu_locale"});
        std::optional<std::string> value = value_of(cursor.peek(2), dialect);
        if (!value) continue;
        if (is_plain || is_of_icu) locales.names.emplace_back(*value, is_of_icu);
        if (!is_database && cursor.at_words({"provider"})) locales.provider = std::move(value);
    }
    return locales;
}

}  // namespace

void find_locales(std::string_view sql, Dialect dialect,
                  const std::function<void(const std::string&, bool)>& found) {
    StatementCursor cursor(sql, dialect);
    while (cursor.next_statement()) {
        const bool is_database = is_of_database(cursor);
        if (!is_database && !cursor.at_words({"create", "collation"})) continue;
        const auto [provider, names] = read_locales(cursor, is_database, dialect);
        if (provider == "builtin") continue;
        for (const auto& [locale, is_of_icu] : names) found(locale, is_of_icu || provider == "icu");
    }
}

std::optional<std::string> find_library(std::string_view sql, Dialect dialect) {
    if (find_language(sql, dialect) != "c") return std::nullopt;
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || !skip_past(cursor, {"as"})) return std::nullopt;
    const Token* const library = cursor.peek();
    return library == nullptr ? std::nullopt : decode_literal(*library, dialect);
}

}  // namespace pgfilter::sql
