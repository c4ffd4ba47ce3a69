// SPDX-License-Identifier: PostgreSQL
#include "sql/tablespace_names.hpp"

#include <optional>
#include <utility>

#include "sql/quoting.hpp"
#include "sql/settings.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

class TablespaceReplacer {
public:
    TablespaceReplacer(std::string_view sql, Dialect dialect,
                       const std::function<const std::string*(const std::string&)>& new_name)
        : sql_(sql), dialect_(dialect), new_name_(new_name), at_(sql, dialect) {}

    Splices run() {
        while (at_.next_statement()) statement();
        return std::move(splices_);
    }

private:
    void statement() {
        if (at_.at_words({"create", "database"})) {
            for (int i = 0; i < 3; ++i) at_.advance();  // with its name, which could be "tablespace"
            if (!at_.skip_to({"tablespace"})) return;
            at_.advance();
            if (at_.at_symbol('=')) at_.advance();
            return replace();
        }
        // Others, such as UPDATE in the body of a routine, have SET for something else.
        if (!at_.at_words({"create"}) && !at_.at_words({"alter"})) return;
        while (const auto setting = next_setting(at_)) {
            if (setting != "default_tablespace" && setting != "temp_tablespaces") continue;
            replace();
            while (at_.at_symbol(',', 1)) {
                at_.advance();
                at_.advance();
                replace();
            }
        }
    }

    void replace() {
        const Token* const token = at_.peek();
        if (token == nullptr) return;
        const bool is_literal = token->kind == TokenKind::string;
        const auto name = is_literal ? decode_literal(*token, dialect_) : decode_identifier(*token);
        const std::string* const other = name ? new_name_(*name) : nullptr;
        if (other == nullptr) return;
        splices_.replace(token->position, token->end(),
                         is_literal
                             ? quote_literal(*other, dialect_)
                             : quote_identifier_at(*other, sql_, token->position, token->end(), dialect_));
    }

    std::string_view sql_;
    Dialect dialect_;
    const std::function<const std::string*(const std::string&)>& new_name_;
    StatementCursor at_;
    Splices splices_;
};

}  // namespace

Splices replace_tablespace_names(std::string_view sql, Dialect dialect,
                                 const std::function<const std::string*(const std::string&)>& new_name) {
    return TablespaceReplacer(sql, dialect, new_name).run();
}

}  // namespace pgfilter::sql
