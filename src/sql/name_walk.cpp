// SPDX-License-Identifier: PostgreSQL
#include "sql/name_walk.hpp"

#include "sql/quoting.hpp"

namespace pgfilter::sql {

const NameWalk::Name* NameWalk::next(std::string_view text, std::size_t from, Dialect dialect) {
    const bool goes_on =
        cursor_ && text.data() == text_.data() && text.size() == text_.size() && from >= from_;
    if (!goes_on || from == 0) cursor_.emplace(text, dialect);
    text_ = text;
    from_ = from;
    for (;;) {
        const Token* const token = cursor_->peek();
        if (token == nullptr) {
            if (!cursor_->next_statement()) return nullptr;
        } else if (is_identifier(*token) && token->position >= from) {
            take(*cursor_);
            from_ = name_.end;
            return &name_;
        } else {
            cursor_->advance();
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

}  // namespace pgfilter::sql
