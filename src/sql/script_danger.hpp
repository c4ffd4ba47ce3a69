// What a text does to a script that it is put into.
#pragma once

#include <string_view>

#include "sql/lexer.hpp"

namespace pgfilter::sql {

/// Why psql would read a script with this text in it otherwise than a server reads the text alone: a
/// backslash outside quotes and comments, which begins a command of psql, or a quote or comment that is left
/// open.  Null if neither is there.
const char* find_script_danger(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
