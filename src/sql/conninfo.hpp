// SPDX-License-Identifier: PostgreSQL
// Connection strings as libpq reads them (conninfo_parse() and
// conninfo_uri_parse_options() in fe-connect.c).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgfilter::sql {

/// name = value, where they are in the text; without the quotes around the
/// value.
struct ConnectionSetting {
    std::string name;  ///< decoded; that of a password in front of a host is "password"
    std::size_t begin;
    std::size_t end;
    bool has_escapes;
};

/// What libpq would find in "name=value name='value'", whatever the names are;
/// nothing where it would refuse the text.
std::optional<std::vector<ConnectionSetting>> read_conninfo(std::string_view text);

/// Whether libpq would take it for a URI.
bool is_libpq_uri(std::string_view text);

/// The password in front of the host and the parameters of such a URI, and of
/// no other one.
std::vector<ConnectionSetting> read_libpq_uri(std::string_view text);

/// Whether libpq (8.0 to 18) has a setting of that name.
bool is_libpq_setting(std::string_view name);

/// With the bytes that %XX stand for.
std::string percent_decoded(std::string_view text);

}  // namespace pgfilter::sql
