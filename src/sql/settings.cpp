// SPDX-License-Identifier: PostgreSQL
#include "sql/settings.hpp"

#include "sql/quoting.hpp"

namespace pgfilter::sql {

std::optional<std::string> next_setting(StatementCursor& cursor) {
    // The body of a routine is one token or two after AS, which PostgreSQL 8.3 writes before the settings.
    while (cursor.skip_to({"set", "begin"})) {
        if (cursor.at_words({"begin", "atomic"})) return std::nullopt;
        const bool is_set = cursor.at_words({"set"});
        cursor.advance();
        const Token* const name = cursor.peek();
        if (!is_set || name == nullptr || (!cursor.at_words({"to"}, 1) && !cursor.at_symbol('=', 1)))
            continue;
        std::optional<std::string> setting = decode_identifier(*name);
        if (!setting) continue;
        cursor.advance();
        cursor.advance();
        return setting;
    }
    return std::nullopt;
}

}  // namespace pgfilter::sql
