// SPDX-License-Identifier: PostgreSQL
// What a text does to a script that it is put into.
#pragma once

#include <optional>
#include <string_view>

#include "sql/character_marks.hpp"
#include "sql/script_reader.hpp"

namespace pgfilter::sql {

/// Looks at a text in pieces.
class ScriptDanger {
public:
    explicit ScriptDanger(Dialect dialect);

    /// Why psql would read a script with this text in it in another way than a server reads the text alone,
    /// or other texts after it: a backslash outside quotes and comments, which begins a command of psql; a
    /// colon that psql takes for a variable; a quote, comment or statement that is left open; half a
    /// character, which takes the byte after it for its own; a statement that sets how what follows is read.
    /// Null if there is nothing so far.
    const char* take(std::string_view piece);
    const char* finish();

private:
    const char* look(const char* found);

    CharacterMarks marks_;
    ScriptReader reader_;
    // Where client_encoding could not be set, psql takes every byte for a character.
    std::optional<ScriptReader> bytes_;
};

const char* find_script_danger(std::string_view sql, Dialect dialect);

}  // namespace pgfilter::sql
