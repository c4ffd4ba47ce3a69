#include "sql/tablespace_names.hpp"

#include <optional>

#include "sql/quoting.hpp"
#include "sql/settings.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

class TablespaceReplacer {
public:
    TablespaceReplacer(std::string_view sql, Dialect dialect,
                       const std::function<const std::string*(const std::string&)>& new_name,
                       const std::function<void(std::string_view)>& put)
        : sql_(sql), dialect_(dialect), new_name_(new_name), put_(put), at_(sql, dialect) {}

    void run() {
        while (at_.next_statement()) statement();
        put_(sql_.substr(copied_));
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
        put_(sql_.substr(copied_, token->position - copied_));
        put_(is_literal ? quote_literal(*other, dialect_)
                        : quote_identifier_at(*other, sql_, token->position, token->end(), dialect_));
        copied_ = token->end();
    }

    std::string_view sql_;
    Dialect dialect_;
    const std::function<const std::string*(const std::string&)>& new_name_;
    const std::function<void(std::string_view)>& put_;
    StatementCursor at_;
    std::size_t copied_ = 0;
};

}  // namespace

void replace_tablespace_names(std::string_view sql, Dialect dialect,
                              const std::function<const std::string*(const std::string&)>& new_name,
                              const std::function<void(std::string_view)>& put) {
    TablespaceReplacer(sql, dialect, new_name, put).run();
}

}  // namespace pgfilter::sql
