// SPDX-License-Identifier: PostgreSQL
// Names and texts as SQL writes them: the pieces that an own rule needs to read a definition or write a new
// one.
//
//     const sql::Dialect dialect = dialect_of(context.toc());               // pgfilter/archive.hpp
//     sql::parse_name("app.\"Users\"")                                      // {"app", "Users"}
//     sql::quote_identifier("Users")                                        // "Users", with its quotes
//     "COMMENT ON TABLE " + sql::quote_name({"app", "users"}) + " IS " + sql::quote_literal(text, dialect)
//
// Texts are bytes in the archive's encoding, which need not be UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pgfilter/export.hpp"

namespace pgfilter::sql {

/// How the SQL of an archive is to be read and written.  dialect_of() finds it.
struct Dialect {
    /// Encodings in which the second byte of a character may look like ASCII; only clients can have them.
    /// They differ in what a second byte can be.
    enum class Trail : std::uint8_t { none, sjis, wide, gb18030, johab };

    bool standard_conforming_strings = true;  ///< if not, a backslash escapes in '…' too
    Trail trail = Trail::none;
    bool quotes_all_identifiers = false;  ///< so that new ones get quotes too, whether or not they need them
};

/// A name as SQL gives it, decoded: without quotes, and letters outside quotes in lower case.
struct QualifiedName {
    std::string schema;  ///< empty: not given
    std::string name;
};

/// Reads an identifier, or two with a dot between them, and nothing else but blanks and comments.  Nothing if
/// the text is anything else, U&"…" included.
PGFILTER_API std::optional<QualifiedName> parse_name(std::string_view sql);

/// Whether the name is an identifier without quotes.
PGFILTER_API bool is_bare(std::string_view name);

/// The name as an identifier, in double quotes only where PostgreSQL would need them (fmtId in
/// string_utils.c).
PGFILTER_API std::string quote_identifier(std::string_view name);

/// The same of a name with its schema, if it has one.
PGFILTER_API std::string quote_name(const QualifiedName& name);

/// The text as a string literal, with its quotes.
PGFILTER_API std::string quote_literal(std::string_view text, Dialect dialect);

}  // namespace pgfilter::sql
