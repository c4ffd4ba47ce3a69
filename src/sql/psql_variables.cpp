// SPDX-License-Identifier: PostgreSQL
#include "sql/psql_variables.hpp"

#include <algorithm>
#include <array>

namespace pgfilter::sql {
namespace {

// clang-format off
constexpr std::array<std::string_view, 43> variables{
    "AUTOCOMMIT", "COMP_KEYWORD_CASE", "DBNAME", "ECHO", "ECHO_HIDDEN", "ENCODING", "ERROR", "FETCH_COUNT",
    "HIDE_TABLEAM", "HIDE_TOAST_COMPRESSION", "HISTCONTROL", "HISTFILE", "HISTSIZE", "HOST", "IGNOREEOF",
    "LASTOID", "LAST_ERROR_MESSAGE", "LAST_ERROR_SQLSTATE", "ON_ERROR_ROLLBACK", "ON_ERROR_STOP",
    "PIPELINE_COMMAND_COUNT", "PIPELINE_RESULT_COUNT", "PIPELINE_SYNC_COUNT", "PORT", "PROMPT1", "PROMPT2",
    "PROMPT3", "QUIET", "ROW_COUNT", "SERVER_VERSION_NAME", "SERVER_VERSION_NUM", "SERVICE", "SHELL_ERROR",
    "SHELL_EXIT_CODE", "SHOW_ALL_RESULTS", "SHOW_CONTEXT", "SINGLELINE", "SINGLESTEP", "SQLSTATE", "USER",
    "VERBOSITY", "VERSION", "WATCH_INTERVAL"};
// clang-format on

}  // namespace

bool is_psql_variable(std::string_view name) {
    // VERSION_NAME and VERSION_NUM, too.
    if (name.starts_with("VERSION")) return true;
    return std::find(variables.begin(), variables.end(), name) != variables.end();
}

}  // namespace pgfilter::sql
