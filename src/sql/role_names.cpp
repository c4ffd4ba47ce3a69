// SPDX-License-Identifier: PostgreSQL
#include "sql/role_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "sql/name_search.hpp"
#include "sql/names.hpp"
#include "sql/quoting.hpp"
#include "sql/role_finder.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

// A dollar sign can be part of a word, so those of the delimiters must not touch the first and last one.
std::string_view inside_dollars(std::string_view quoted) {
    const std::size_t tag = quoted.find('$', 1) + 1;
    return quoted.substr(tag, quoted.size() - 2 * tag);
}

// 'app.base'::regclass is a table's name, whatever roles there are.
bool is_cast_to_other_name(StatementCursor& cursor) {
    if (!cursor.at_symbol(':', 1) || !cursor.at_symbol(':', 2)) return false;
    const std::size_t type = cursor.at_symbol('.', 4) ? 5 : 3;  // pg_catalog.regclass
    const Token* const token = cursor.peek(type);
    const std::string name = token == nullptr ? "" : decode_identifier(*token).value_or("");
    return name.starts_with("reg") && name != "regrole";
}

/// Counts words in the literals and bodies of a text.
class MentionCounter {
public:
    MentionCounter(std::string_view sql, std::vector<std::size_t> role_literals, Dialect dialect)
        : at_(sql, dialect), role_literals_(std::move(role_literals)) {}

    /// Calls read() for each text to look at.
    template <class Read>
    void run(Read read) {
        while (at_.next_statement()) {
            before_ = {};
            for (; const Token* const token = at_.peek(); step()) {
                if (token->kind == TokenKind::string && !names_something(*token)) read(token->text);
                if (token->kind == TokenKind::dollar) read(inside_dollars(token->text));
            }
        }
    }

private:
    void step() {
        before_ = {before_[1], before_[2], *at_.peek()};
        at_.advance();
    }

    bool names_something(const Token& literal) {
        const bool continues_list = before_[2].is_symbol(',') && before_[1].kind == TokenKind::string;
        if (!continues_list) in_setting_ = begins_setting();
        const bool is_role =
            std::binary_search(role_literals_.begin(), role_literals_.end(), literal.position);
        return in_setting_ || is_role || is_cast_to_other_name(at_);
    }

    // Whether the literal is the first of SET search_path TO 'a', 'b' or another setting that holds no role.
    [[nodiscard]] bool begins_setting() const {
        if (!before_[0].is_word("set")) return false;
        constexpr std::array other_names{"search_path", "default_tablespace", "temp_tablespaces"};
        const std::string setting = decode_identifier(before_[1]).value_or("");
        return std::find(other_names.begin(), other_names.end(), setting) != other_names.end();
    }

    StatementCursor at_;
    std::vector<std::size_t> role_literals_;
    std::array<Token, 3> before_{};  // the nearest last
    bool in_setting_ = false;
};

}  // namespace

void find_role_names(std::string_view sql, Dialect dialect,
                     const std::function<void(const RoleName&)>& found) {
    StatementCursor cursor(sql, dialect);
    const auto name_found = [&](const RoleItem& item) {
        if (item.name)
            found({item.position, item.end - item.position, *item.name, item.is_literal, item.use});
    };
    while (cursor.next_statement()) find_roles(cursor, dialect, name_found);
}

bool may_name_role(std::string_view sql, std::string_view name) {
    const bool is_word = !name.empty() && name.size() <= longest_name &&
                         std::all_of(name.begin(), name.end(), is_identifier_byte);
    return !is_word || sql.find('\\') != std::string_view::npos || contains_in_any_case(sql, name);
}

Splices replace_role_names(std::string_view sql, Dialect dialect,
                           const std::function<const std::string*(const RoleName&)>& new_name) {
    Splices splices;
    find_role_names(sql, dialect, [&](const RoleName& old) {
        const std::string* const name = new_name(old);
        if (name == nullptr) return;
        const std::size_t end = old.position + old.size;
        splices.replace(old.position, end,
                        old.is_literal ? quote_literal(*name, dialect)
                                       : quote_identifier_at(*name, sql, old.position, end, dialect));
    });
    return splices;
}

void count_mentions(std::string_view sql, const NameSearch& names, bool has_role_names, Dialect dialect,
                    const std::function<void(std::size_t, std::size_t)>& found) {
    // Most texts have none of the names, which is sooner seen than cut into tokens.
    bool is_any = false;
    names.find(sql, [&](std::size_t) { is_any = true; });
    if (!is_any) return;
    std::vector<std::size_t> role_literals;
    if (has_role_names) {
        find_role_names(sql, dialect, [&](const RoleName& name) {
            if (name.is_literal) role_literals.push_back(name.position);
        });
    }
    std::map<std::uint32_t, std::uint32_t> counts;  // there can be very many
    MentionCounter(sql, std::move(role_literals), dialect).run([&](std::string_view text) {
        names.find(text, [&](std::size_t name) { ++counts[static_cast<std::uint32_t>(name)]; });
    });
    for (const auto& [name, count] : counts) found(name, count);
}

}  // namespace pgfilter::sql
