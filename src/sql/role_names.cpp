#include "sql/role_names.hpp"

#include <algorithm>
#include <array>

#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter::sql {
namespace {

bool is_special(const Token& token, const std::string& name) {
    // The grammar takes even "public" and "none" in quotes for the special names (gram.y, RoleSpec).
    if (name == "public" || name == "none") return true;
    if (token.kind != TokenKind::word) return false;
    constexpr std::array special{"current_user", "session_user", "current_role", "user", "default", "all"};
    return std::find(special.begin(), special.end(), name) != special.end();
}

/// Finds the role names of one statement.
class RoleFinder {
public:
    RoleFinder(const std::vector<Token>& statement, Dialect dialect, std::vector<RoleName>& found)
        : tokens_(statement), dialect_(dialect), found_(found) {}

    void find() {
        if (has_words(tokens_, 0, {"grant"}) || has_words(tokens_, 0, {"revoke"})) return grants(0);
        if (has_words(tokens_, 0, {"set", "session", "authorization"})) return add_either(3);
        if (has_words(tokens_, 0, {"alter", "default", "privileges"})) return default_privileges();
        if (has_words(tokens_, 0, {"create", "policy"})) return policy();
        if (has_words(tokens_, 0, {"create", "user", "mapping", "for"})) return add_identifier(4);
        if (has_words(tokens_, 0, {"drop", "user", "mapping", "for"})) return add_identifier(4);
        if (has_words(tokens_, 0, {"alter", "role"}) || has_words(tokens_, 0, {"alter", "user"}))
            return alter_role();
        if (has_words(tokens_, 0, {"alter", "database"})) return settings(3, tokens_.size());
        if (has_words(tokens_, 0, {"create", "schema"}))
            return add_identifier(find_word(tokens_, 3, {"authorization"}) + 1);
        if (has_words(tokens_, 0, {"create"})) return routine();
    }

private:
    void grants(std::size_t at) {
        at = find_word(tokens_, at, {"on"});
        at = list(find_word(tokens_, at, {"to", "from"}) + 1);
        const std::size_t granted = find_word(tokens_, at, {"granted"});
        if (has_words(tokens_, granted, {"granted", "by"})) add_identifier(granted + 2);
    }

    void default_privileges() {
        std::size_t at = 3;
        if (has_words(tokens_, at, {"for", "role"}) || has_words(tokens_, at, {"for", "user"}))
            at = list(at + 2);
        grants(find_word(tokens_, at, {"grant", "revoke"}));
    }

    void policy() {
        const std::size_t end = find_word(tokens_, 2, {"using", "with"});
        const std::size_t to = find_word(tokens_, 2, {"to"});
        if (to < end) list(to + 1);
    }

    void alter_role() {
        add_identifier(2);
        if (has_words(tokens_, 3, {"in", "database"})) settings(6, tokens_.size());
    }

    // CREATE [OR REPLACE] FUNCTION | PROCEDURE name(…) … SET role TO '…' … AS …
    void routine() {
        const std::size_t kind = has_words(tokens_, 1, {"or", "replace"}) ? 3 : 1;
        if (!has_words(tokens_, kind, {"function"}) && !has_words(tokens_, kind, {"procedure"})) return;
        settings(kind + 1, body(kind + 1));
    }

    [[nodiscard]] std::size_t body(std::size_t at) const {
        const std::size_t as = find_word(tokens_, at, {"as"});
        while (at < as) {
            at = find_word(tokens_, at, {"begin"});
            if (has_words(tokens_, at, {"begin", "atomic"})) return std::min(at, as);
            ++at;
        }
        return as;
    }

    void settings(std::size_t at, std::size_t end) {
        while ((at = find_word(tokens_, at, {"set"})) + 2 < end) {
            ++at;
            const std::string setting = decode_identifier(tokens_[at]).value_or("");
            const bool assigned = tokens_[at + 1].is_word("to") || tokens_[at + 1].is_symbol('=');
            if (assigned && (setting == "role" || setting == "session_authorization")) add_either(at + 2);
        }
    }

    // [GROUP] role, …  Returns the place behind it.
    std::size_t list(std::size_t at) {
        for (;; ++at) {
            if (has_words(tokens_, at, {"group"})) ++at;
            add_identifier(at++);
            if (at >= tokens_.size() || !tokens_[at].is_symbol(',')) return at;
        }
    }

    void add_either(std::size_t at) {
        if (at < tokens_.size() && tokens_[at].kind == TokenKind::string) {
            add(at, decode_literal(tokens_[at], dialect_), true);
        } else {
            add_identifier(at);
        }
    }

    void add_identifier(std::size_t at) {
        if (at < tokens_.size()) add(at, decode_identifier(tokens_[at]), false);
    }

    void add(std::size_t at, std::optional<std::string> name, bool is_literal) {
        const Token& token = tokens_[at];
        if (!name || is_special(token, *name)) return;
        found_.push_back({token.position, token.text.size(), std::move(*name), is_literal});
    }

    const std::vector<Token>& tokens_;
    Dialect dialect_;
    std::vector<RoleName>& found_;
};

std::size_t count_words(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool open = at == 0 || !is_identifier_byte(text[at - 1]) || !is_identifier_byte(word.front());
        const bool closed =
            end == text.size() || !is_identifier_byte(text[end]) || !is_identifier_byte(word.back());
        count += open && closed ? 1U : 0U;
    }
    return count;
}

std::string doubled(std::string_view text, char quote) {
    std::string result;
    for (const char c : text) {
        if (c == quote) result += c;
        result += c;
    }
    return result;
}

// A dollar sign can be part of a word, so those of the delimiters must not touch the first and last one.
std::string_view inside_dollars(std::string_view quoted) {
    const std::size_t tag = quoted.find('$', 1) + 1;
    return quoted.substr(tag, quoted.size() - 2 * tag);
}

// 'app.base'::regclass is a table's name, whatever roles there are.
bool is_cast_to_other_name(const std::vector<Token>& statement, std::size_t at) {
    if (at + 3 >= statement.size() || !statement[at + 1].is_symbol(':') || !statement[at + 2].is_symbol(':'))
        return false;
    at += 3;
    if (at + 2 < statement.size() && statement[at + 1].is_symbol('.')) at += 2;  // pg_catalog.regclass
    const std::string type = decode_identifier(statement[at]).value_or("");
    return type.starts_with("reg") && type != "regrole";
}

// Whether the literal at `at` is the first of SET search_path TO 'a', 'b' or another setting that holds no
// role.
bool begins_setting(const std::vector<Token>& statement, std::size_t at) {
    if (at < 3 || !statement[at - 3].is_word("set")) return false;
    constexpr std::array other_names{"search_path", "default_tablespace", "temp_tablespaces"};
    const std::string setting = decode_identifier(statement[at - 2]).value_or("");
    return std::find(other_names.begin(), other_names.end(), setting) != other_names.end();
}

bool continues_list(const std::vector<Token>& statement, std::size_t at) {
    return at > 1 && statement[at - 1].is_symbol(',') && statement[at - 2].kind == TokenKind::string;
}

}  // namespace

std::vector<RoleName> find_role_names(std::string_view sql, Dialect dialect) {
    std::vector<RoleName> found;
    StatementReader reader(sql, dialect);
    std::vector<Token> statement;
    while (reader.next(statement)) RoleFinder(statement, dialect, found).find();
    return found;
}

std::string replace_role_names(std::string_view sql, const std::vector<RoleName>& names,
                               const std::vector<std::string>& new_names, Dialect dialect) {
    std::string result;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        result += sql.substr(copied, names[i].position - copied);
        result += names[i].is_literal ? quote_literal(new_names[i], dialect) : quote_identifier(new_names[i]);
        copied = names[i].position + names[i].size;
    }
    return result += sql.substr(copied);
}

std::size_t count_mentions(std::string_view sql, std::string_view name, const std::vector<RoleName>& known,
                           Dialect dialect) {
    const auto is_known = [&](const Token& token) {
        const auto before = [](const RoleName& role, std::size_t position) {
            return role.position < position;
        };
        const auto found = std::lower_bound(known.begin(), known.end(), token.position, before);
        return found != known.end() && found->position == token.position;
    };
    std::vector<std::string> spellings{std::string(name)};
    for (const char quote : {'"', '\''}) {
        if (name.find(quote) != std::string_view::npos) spellings.push_back(doubled(name, quote));
    }
    // Most texts do not have the name at all, which is sooner seen than lexed.
    const auto occurs = [&](const std::string& spelling) {
        return sql.find(spelling) != std::string_view::npos;
    };
    if (std::none_of(spellings.begin(), spellings.end(), occurs)) return 0;
    std::size_t count = 0;
    StatementReader reader(sql, dialect);
    std::vector<Token> statement;
    while (reader.next(statement)) {
        bool in_setting = false;
        for (std::size_t i = 0; i < statement.size(); ++i) {
            const Token& token = statement[i];
            const bool literal = token.kind == TokenKind::string;
            if (!literal && token.kind != TokenKind::dollar) continue;
            if (literal && !continues_list(statement, i)) in_setting = begins_setting(statement, i);
            if (literal && (in_setting || is_known(token) || is_cast_to_other_name(statement, i))) continue;
            const std::string_view text = literal ? token.text : inside_dollars(token.text);
            for (const std::string& spelling : spellings) count += count_words(text, spelling);
        }
    }
    return count;
}

}  // namespace pgfilter::sql
