// SPDX-License-Identifier: PostgreSQL
#include "sql/secrets.hpp"

#include <optional>
#include <utility>

#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

constexpr std::size_t longest_value = 64 * 1024;

bool is_text(const Token* token) {
    return token != nullptr && (token->kind == TokenKind::string || token->kind == TokenKind::dollar ||
                                token->kind == TokenKind::unfinished);
}

/// The text of a literal; nothing if it cannot be decoded.
std::optional<std::string> text_of(const Token& token, Dialect dialect) {
    if (token.text.size() > longest_value) return std::nullopt;
    if (token.kind == TokenKind::string) return decode_literal(token, dialect);
    if (token.kind != TokenKind::dollar) return std::nullopt;
    const std::size_t tag = token.text.find('$', 1) + 1;
    return std::string(token.text.substr(tag, token.text.size() - 2 * tag));
}

class SecretReplacer {
public:
    using Callback = std::function<void(std::string_view)>;

    SecretReplacer(std::string_view sql, Dialect dialect, const Callback& found)
        : sql_(sql), dialect_(dialect), found_(found), cursor_(sql, dialect) {}

    Splices replace() {
        while (cursor_.next_statement()) {
            while (cursor_.peek() != nullptr) look();
        }
        return std::move(splices_);
    }

private:
    void look() {
        const bool is_connection = cursor_.at_words({"connection"}) && is_text(cursor_.peek(1));
        const bool is_options = cursor_.at_words({"options"}) && cursor_.at_symbol('(', 1);
        cursor_.advance();
        if (is_connection) value("CONNECTION", false);
        if (is_options) options();
    }

    /// ( [ADD | SET] name 'value', … )
    void options() {
        do {
            cursor_.advance();
            if ((cursor_.at_words({"add"}) || cursor_.at_words({"set"})) && !is_text(cursor_.peek(1)))
                cursor_.advance();
            const Token* const name = cursor_.peek();
            if (name == nullptr || !is_text(cursor_.peek(1))) return;
            // A name that cannot be decoded could be any.
            const std::optional<std::string> decoded = decode_identifier(*name);
            cursor_.advance();
            value(decoded.value_or("option"), !decoded || is_secret_option(*decoded));
        } while (cursor_.at_symbol(','));
    }

    /// The literal that the cursor stands before; several in a row are one.
    void value(const std::string& name, bool is_secret) {
        const Token first = *cursor_.peek();
        cursor_.advance();
        const bool is_single = !is_text(cursor_.peek());
        while (is_text(cursor_.peek())) cursor_.advance();
        const std::size_t end = cursor_.previous().end();
        const std::optional<std::string> text = is_single ? text_of(first, dialect_) : std::nullopt;
        if (!text)
            return replace_with(first.position, end,
                                std::string(name == "CONNECTION" ? "password=" : "").append(redacted), name);
        if (is_secret) {
            if (!text->empty() && *text != redacted) replace_with(first.position, end, redacted, name);
            return;
        }
        bool changed = false;
        const std::string other = redact_connection(*text, [&](std::string_view part) {
            changed = true;
            found_(std::string(name).append(" (").append(part).append(")"));
        });
        if (changed) write(first.position, end, other);
    }

    void replace_with(std::size_t begin, std::size_t end, std::string_view text, const std::string& name) {
        if (sql_.substr(begin, end - begin) == quote_literal(text, dialect_)) return;
        found_(name);
        write(begin, end, text);
    }

    void write(std::size_t begin, std::size_t end, std::string_view text) {
        splices_.replace(begin, end, quote_literal(text, dialect_));
    }

    std::string_view sql_;
    Dialect dialect_;
    const Callback& found_;
    StatementCursor cursor_;
    Splices splices_;
};

}  // namespace

Splices replace_secrets(std::string_view sql, Dialect dialect,
                        const std::function<void(std::string_view)>& found) {
    return SecretReplacer(sql, dialect, found).replace();
}

}  // namespace pgfilter::sql
