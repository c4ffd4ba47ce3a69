// SPDX-License-Identifier: PostgreSQL
#include "sql/text_walk.hpp"

#include "sql/quoting.hpp"

namespace pgfilter::sql {

StatementCursor& ResumedCursor::from(std::string_view text, std::size_t begin, Dialect dialect) {
    const bool goes_on = cursor_ && begin > 0 && begin >= position_ && text.data() == text_.data() &&
                         text.size() == text_.size();
    if (!goes_on) cursor_.emplace(text, dialect);
    text_ = text;
    position_ = begin;
    return *cursor_;
}

const NameWalk::Name* NameWalk::next(std::string_view text, std::size_t from, Dialect dialect) {
    StatementCursor& cursor = cursor_.from(text, from, dialect);
    for (;;) {
        const Token* const token = cursor.peek();
        if (token == nullptr) {
            if (!cursor.next_statement()) return nullptr;
        } else if (is_identifier(*token) && token->position >= from) {
            take(cursor);
            cursor_.stand_at(name_.end);
            return &name_;
        } else {
            cursor.advance();
        }
    }
}

void NameWalk::take(StatementCursor& cursor) {
    name_ = Name();
    name_.begin = cursor.peek()->position;
    for (;;) {
        const Token token = *cursor.peek();
        name_.end = token.end();
        name_.is_quoted = name_.is_quoted || token.kind == TokenKind::quoted;
        name_.last = decode_identifier(token).value_or("");
        if (name_.identifiers++ == 0) name_.first = name_.last;
        cursor.advance();
        const Token* const next = cursor.at_symbol('.') ? cursor.peek(1) : nullptr;
        if (next == nullptr || !is_identifier(*next)) return;
        cursor.advance();
    }
}

std::optional<Clause> StatementWalk::next(std::string_view text, std::size_t from, Dialect dialect) {
    StatementCursor& cursor = cursor_.from(text, from, dialect);
    while (cursor.next_statement()) {
        const std::size_t begin = cursor.peek()->position;
        cursor.skip_statement();
        const std::size_t end = cursor.previous().end();
        cursor_.stand_at(end);
        if (begin >= from) return Clause{begin, end};
    }
    return std::nullopt;
}

}  // namespace pgfilter::sql
