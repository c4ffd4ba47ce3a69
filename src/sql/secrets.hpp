// SPDX-License-Identifier: PostgreSQL
// Secrets in the options of foreign servers, user mappings and subscriptions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pgfilter/splices.hpp"
#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// What stands for a secret that has been taken out.
inline constexpr std::string_view redacted = "***";  // short, so that texts hardly grow

/// Whether an option of that name holds a secret: "password", "sslpassword", "aws_secret_access_key", but not
/// "password_required" and "passfile".
bool is_secret_option(std::string_view name);

/// A connection string, URI or the like with `redacted` in the place of its secrets: host=a password='b c',
/// postgresql://user:secret@host/db?sslpassword=x, DSN=a;PWD=b.  Calls found() with the name of each; that of
/// a password in front of a host is "password".  Where it is not clear where a secret ends, more than it
/// goes.
std::string redact_connection(std::string_view text, const std::function<void(std::string_view)>& found);

/// What puts `redacted` in the place of secrets in the text, in
///
///     … OPTIONS (name 'value', …)        … CONNECTION 'connection string'
///
/// Calls found() with the name of each: "password", "dsn (password)", "CONNECTION (password)".  Values whose
/// text cannot be told (U&'…', numeric escapes, several strings in a row) and that are very long go as a
/// whole.
Splices replace_secrets(std::string_view sql, Dialect dialect,
                        const std::function<void(std::string_view)>& found);

}  // namespace pgfilter::sql
