// SPDX-License-Identifier: PostgreSQL
#include "archive/dialect.hpp"

#include <algorithm>
#include <optional>

#include "archive/kind_facts.hpp"
#include "sql/quoting.hpp"

namespace pgfilter {
namespace {

// The text between the first two single quotes, which is how pg_restore reads these two entries.
Bytes quoted_part(Bytes defn) {
    const std::size_t open = defn.find('\'');
    if (open == Bytes::npos) return {};
    const std::size_t close = defn.find('\'', open + 1);
    return close == Bytes::npos ? Bytes() : defn.substr(open + 1, close - open - 1);
}

/// Whether the entry's name, which needs no quotes, has them or not in its drop statement; nothing if that
/// cannot be told.
std::optional<bool> quotes_its_name(const TocEntry& entry) {
    constexpr EntryKinds named_last = nameable | EntryKind::schema | EntryKind::database;
    if (!named_last.has(entry.kind())) return std::nullopt;
    const Bytes name = entry.original_text(Field::tag).value_or("");
    Bytes drop = entry.original_text(Field::drop_stmt).value_or("");
    if (!sql::is_bare(name) || !drop.ends_with(";\n")) return std::nullopt;
    drop.remove_suffix(2);
    const bool is_quoted = drop.ends_with('"');
    if (is_quoted) drop.remove_suffix(1);
    if (!drop.ends_with(name)) return std::nullopt;
    drop.remove_suffix(name.size());
    if (is_quoted) return drop.ends_with('"') ? std::optional(true) : std::nullopt;
    return drop.ends_with(' ') || drop.ends_with('.') ? std::optional(false) : std::nullopt;
}

/// Whether pg_dump was given --quote-all-identifiers.  A keyword that is not known here has quotes anyway, so
/// that one name says little.
bool quotes_all_identifiers(const Toc& toc) {
    constexpr std::size_t enough = 4;
    constexpr std::size_t most = 1000;
    std::size_t quoted = 0;
    for (std::size_t i = 0; i < std::min(toc.read_size(), most) && quoted < enough; ++i) {
        const std::optional<bool> quotes = quotes_its_name(toc[i]);
        if (quotes == false) return false;
        quoted += quotes ? 1U : 0U;
    }
    return quoted > 0;
}

}  // namespace

sql::Dialect dialect_of(const Toc& toc) {
    sql::Dialect dialect;
    dialect.standard_conforming_strings = quoted_part(toc.standard_strings().value_or("")) == "on";
    if (const Encoding* const encoding = encoding_of(toc)) dialect.trail = encoding->trail;
    dialect.quotes_all_identifiers = quotes_all_identifiers(toc);
    return dialect;
}

const Encoding* encoding_of(const Toc& toc) {
    return find_encoding(quoted_part(toc.encoding().value_or("")));
}

}  // namespace pgfilter
