// SPDX-License-Identifier: PostgreSQL
#include "sql/script_danger.hpp"

namespace pgfilter::sql {

ScriptDanger::ScriptDanger(Dialect dialect)
    : marks_(dialect.trail), reader_(!dialect.standard_conforming_strings) {
    if (dialect.trail != Dialect::Trail::none) bytes_.emplace(!dialect.standard_conforming_strings);
}

const char* ScriptDanger::take(std::string_view piece) {
    const char* found = reader_.take(marks_.mark(piece));
    if (bytes_ && found == nullptr) found = bytes_->take(piece);
    return look(found);
}

const char* ScriptDanger::finish() {
    const char* found = reader_.finish();
    if (bytes_ && found == nullptr) found = bytes_->finish();
    return look(marks_.stops_inside() ? broken_character : found);
}

const char* ScriptDanger::look(const char* found) {
    return marks_.is_broken() ? broken_character : found;
}

const char* find_script_danger(std::string_view sql, Dialect dialect) {
    ScriptDanger danger(dialect);
    danger.take(sql);
    return danger.finish();
}

}  // namespace pgfilter::sql
