#include "sql/role_merging.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "pgfilter/error.hpp"
#include "sql/names.hpp"
#include "sql/quoting.hpp"
#include "sql/statement_walk.hpp"

namespace pgfilter::sql {
namespace {

/// SELECT(a), or ALL.
struct PrivilegeText {
    PrivilegeSet privileges = 0;
    std::string_view text;
    std::string_view columns;  // with parentheses
};

/// Nothing if that is no list of privileges, as GRANT OPTION FOR is none.
std::vector<PrivilegeText> read_privileges(std::string_view sql, std::string_view object, Dialect dialect) {
    std::vector<PrivilegeText> list;
    StatementCursor cursor(sql, dialect);
    if (!cursor.next_statement() || cursor.at_words({"grant", "option", "for"})) return list;
    while (cursor.peek() != nullptr) {
        PrivilegeText one;
        std::string name;
        const std::size_t begin = cursor.peek()->position;
        for (; cursor.peek() != nullptr && cursor.peek()->kind == TokenKind::word; cursor.advance()) {
            if (!name.empty()) name += ' ';
            name += cursor.peek()->text;
        }
        if (name.empty()) return {};
        std::size_t end = cursor.previous().end();
        if (cursor.at_symbol('(')) {
            const std::size_t open = cursor.peek()->position;
            while (cursor.peek() != nullptr && !cursor.at_symbol(')')) cursor.advance();
            cursor.advance();
            end = cursor.previous().end();
            one.columns = sql.substr(open, end - open);
        }
        const bool is_all = name.size() >= 3 && equal_in_any_case(name.substr(0, 3), "all") &&
                            (name.size() == 3 || name[3] == ' ');
        one.privileges = is_all ? all_privileges(object, !one.columns.empty()) : privilege_of(name);
        one.text = sql.substr(begin, end - begin);
        list.push_back(one);
        if (cursor.peek() != nullptr && !cursor.at_symbol(',')) return {};
        cursor.advance();
    }
    return list;
}

/// A grantee of a statement, and what becomes of its part.
struct Grantee {
    std::string_view text;            // as it stands there
    std::optional<std::string> name;  // nothing: PUBLIC
    bool stays = true;
    /// For each of the privileges in the statement, those that cannot be granted with grant option.
    std::vector<PrivilegeSet> circular = {};

    [[nodiscard]] bool is_circular() const {
        return std::any_of(circular.begin(), circular.end(), [](PrivilegeSet set) { return set != 0; });
    }
};

}  // namespace

/// Goes through one text.
class RoleMerger::Text {
public:
    Text(RoleMerger& merger, std::string_view sql, const MergedRoles& roles, StatementWriter& writer)
        : merger_(merger), sql_(sql), roles_(roles), writer_(writer) {
        if (roles_.owner) owner_ = roles_.new_name(*roles_.owner);
    }

    StatementFacts look(StatementCursor& cursor) {
        grantees_.clear();
        for_roles_.clear();
        grantor_name_.reset();
        begin_ = cursor.peek()->position;
        return find_roles(cursor, merger_.dialect_, [&](const RoleItem& item) {
            if (item.use == RoleUse::grantee) add_grantee(item);
            if (item.use == RoleUse::grantor) grantor_name_ = item.name;
            if (item.use == RoleUse::default_privileges && item.name) for_roles_.push_back(*item.name);
        });
    }

    void decide(const StatementFacts& facts, StatementCursor cursor) {
        if (facts.kind == StatementKind::set_session_authorization) {
            session_ = grantor_name_;
            return writer_.open(false);
        }
        if (facts.kind == StatementKind::reset_session_authorization) {
            session_.reset();
            return writer_.close();
        }
        cursor.skip_statement();
        end_ = cursor.previous().end();
        const bool is_known = (facts.kind == StatementKind::grant || facts.kind == StatementKind::revoke) &&
                              find_objects(facts);
        if (!is_known) return writer_.keep();
        for (Grantee& grantee : grantees_) {
            if (facts.kind == StatementKind::grant) {
                grant(facts, grantee);
            } else {
                revoke(grantee);
            }
        }
        write(facts);
    }

private:
    // pg_dump writes a statement for each.
    void add_grantee(const RoleItem& item) {
        if (grantees_.size() == most_grantees)
            throw Error(ErrorCode::limit, "a statement names more than " + std::to_string(most_grantees) +
                                              " roles, too many to merge some; it is not one of pg_dump's");
        grantees_.push_back({sql_.substr(item.begin, item.end - item.begin), item.name});
    }

    // Of whose privileges the statement speaks.
    bool find_objects(const StatementFacts& facts) {
        objects_.clear();
        const std::string_view object = facts.object.of(sql_);
        privileges_ = read_privileges(facts.privileges.of(sql_), object, merger_.dialect_);
        if (privileges_.empty() || for_roles_.size() > 1) return false;
        for (const PrivilegeText& one : privileges_) {
            std::string key(object);
            key.append(1, '\0').append(one.columns);
            if (!for_roles_.empty())
                key.append(1, '\0').append(sql_.substr(facts.for_role, facts.verb - facts.for_role));
            const auto [known, fresh] = merger_.objects_.try_emplace(std::move(key));
            if (fresh && roles_.owner) known->second.first_owner = *roles_.owner;
            if (fresh && roles_.owner_has_all && one.columns.empty() && !facts.in_schema)
                known->second.privileges.set_owner_default(all_privileges(object, false));
            objects_.push_back(&known->second);
        }
        return true;
    }

    [[nodiscard]] bool is_merged(const std::optional<std::string>& name) const {
        return name && roles_.is_merged(roles_.new_name(*name));
    }
    std::optional<RoleNumber> number(const std::optional<std::string>& name) {
        if (!name) return merger_.number_of({});  // PUBLIC
        const std::string_view new_name = roles_.new_name(*name);
        return roles_.owner && new_name == owner_ ? object_owner : merger_.number_of(new_name);
    }

    void grant(const StatementFacts& facts, Grantee& grantee) {
        const std::optional<std::string>& grantor_name = grantor_name_ ? grantor_name_ : session_;
        const bool is_concerned =
            is_merged(grantor_name ? grantor_name : roles_.owner) || is_merged(grantee.name);
        if (!is_concerned && !facts.with_grant_option) return;
        const auto grantor = grantor_name ? number(grantor_name) : object_owner;
        const auto to = number(grantee.name);
        if (!grantor || !to) return;
        if (!is_concerned) return note_options(*grantor, *to);
        const bool to_itself = *grantor == *to && *to != object_owner;
        bool adds = false;
        grantee.circular.resize(privileges_.size());
        for (std::size_t i = 0; i < privileges_.size() && !to_itself; ++i) {
            ObjectPrivileges& object = objects_[i]->privileges;
            const PrivilegeSet all = privileges_[i].privileges;
            if (facts.with_grant_option) grantee.circular[i] = circular(object, *grantor, *to, all);
            const PrivilegeSet grantable = facts.with_grant_option ? all & ~grantee.circular[i] : 0;
            const ObjectPrivileges::Item before = object.item(*grantor, *to);
            adds = adds || (all & ~before.held) != 0 || (grantable & ~before.grantable) != 0;
            object.add(*grantor, *to, {all, grantable});
        }
        grantee.stays = adds;
    }

    void note_options(RoleNumber grantor, RoleNumber to) {
        for (std::size_t i = 0; i < privileges_.size(); ++i) {
            if (++merger_.options_ > most_options) {
                merger_.knows_all_ = false;
            } else {
                objects_[i]->privileges.add_grantable(grantor, to, privileges_[i].privileges);
            }
        }
    }

    PrivilegeSet circular(const ObjectPrivileges& object, RoleNumber grantor, RoleNumber to,
                          PrivilegeSet all) {
        if (!merger_.knows_all_ && grantor != object_owner && to != object_owner) return all;
        return object.circular(grantor, to, all, merger_.budget_);
    }

    // What one role loses, another that becomes the same may have.
    void revoke(Grantee& grantee) {
        const auto from = number(grantee.name);
        if (!from || session_) return;
        const bool is_owner = grantee.name && grantee.name == roles_.owner;
        for (std::size_t i = 0; i < privileges_.size(); ++i) {
            Known& known = *objects_[i];
            const PrivilegeSet all = privileges_[i].privileges;
            const bool is_other_default = is_owner && known.first_owner != *grantee.name;
            const bool is_held = (known.privileges.item(object_owner, *from).held & all) != 0;
            if (is_merged(grantee.name) && (is_owner ? is_other_default : is_held)) {
                grantee.stays = false;
                return;
            }
        }
        for (std::size_t i = 0; i < privileges_.size(); ++i)
            objects_[i]->privileges.revoke(*from, privileges_[i].privileges);
    }

    void write(const StatementFacts& facts) {
        const auto is_whole = [](const Grantee& grantee) { return grantee.stays && !grantee.is_circular(); };
        const auto stays = [](const Grantee& grantee) { return grantee.stays; };
        if (std::all_of(grantees_.begin(), grantees_.end(), is_whole)) return writer_.keep();
        if (std::none_of(grantees_.begin(), grantees_.end(), stays)) return writer_.remove();
        std::string statements;
        for (const Grantee& grantee : grantees_) {
            if (grantee.stays) add_statements(facts, grantee, statements);
            if (statements.size() > always + 4 * sql_.size())
                throw Error(ErrorCode::limit,
                            "a statement becomes many times as long where roles are merged; it is not one of "
                            "pg_dump's");
        }
        writer_.replace(statements);
    }

    void add_statements(const StatementFacts& facts, const Grantee& grantee, std::string& statements) const {
        std::string plain;
        std::string grantable;
        const auto add = [](std::string& list, std::string_view privileges) {
            if (!list.empty() && !privileges.empty()) list += ',';
            list += privileges;
        };
        for (std::size_t i = 0; i < privileges_.size(); ++i) {
            const PrivilegeText& one = privileges_[i];
            const PrivilegeSet circular = grantee.circular.empty() ? 0 : grantee.circular[i];
            if (circular == 0) {
                add(grantable, one.text);
            } else if (circular == one.privileges) {
                add(plain, one.text);
            } else {
                add(plain, names(circular, one));
                add(grantable, names(one.privileges & ~circular, one));
            }
        }
        if (!plain.empty()) add_statement(facts, grantee, plain, false, statements);
        if (!grantable.empty()) add_statement(facts, grantee, grantable, true, statements);
    }

    [[nodiscard]] std::string names(PrivilegeSet privileges, const PrivilegeText& of) const {
        return privilege_names(roles_.knows_maintain ? privileges : privileges & ~maintain_privilege,
                               of.columns);
    }

    void add_statement(const StatementFacts& facts, const Grantee& grantee, std::string_view privileges,
                       bool with_option, std::string& statements) const {
        const auto part = [&](std::size_t begin, std::size_t end) { return sql_.substr(begin, end - begin); };
        if (!statements.empty()) statements += '\n';
        statements.append(part(begin_, facts.privileges.begin)).append(privileges);
        statements.append(part(facts.privileges.end, facts.grantees.begin)).append(grantee.text);
        if (with_option) statements.append(facts.option.of(sql_));
        statements.append(part(facts.option.end, end_));
        if (!statements.ends_with(';')) statements += ';';
    }

    static constexpr std::size_t most_grantees = 10'000;
    static constexpr std::size_t always = 1 << 20;  // bytes of statements

    RoleMerger& merger_;
    std::string_view sql_;
    const MergedRoles& roles_;
    StatementWriter& writer_;
    std::string owner_;                   // its new name
    std::optional<std::string> session_;  // the grantor; nothing: the owner
    // Of the present statement.
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::vector<Grantee> grantees_;
    std::vector<std::string> for_roles_;
    std::optional<std::string> grantor_name_;
    std::vector<PrivilegeText> privileges_;
    std::vector<Known*> objects_;  // of each of the privileges
};

Removal RoleMerger::merge(std::string_view sql, const MergedRoles& roles) {
    StatementWriter writer(sql);
    Text text(*this, sql, roles, writer);
    return walk_statements(
        sql, dialect_, writer, [&](StatementCursor& cursor) { return text.look(cursor); },
        [&](const StatementFacts& facts, const StatementCursor& cursor) { text.decide(facts, cursor); });
}

std::optional<RoleNumber> RoleMerger::number_of(std::string_view new_name) {
    const auto known = numbers_.find(new_name);
    if (known != numbers_.end()) return known->second;
    if (numbers_.size() == most_roles || new_name.size() > longest_name) {
        knows_all_ = false;
        return std::nullopt;
    }
    const auto number = static_cast<RoleNumber>(numbers_.size() + 1);
    numbers_.emplace(new_name, number);
    return number;
}

Removal merge_policy_roles(std::string_view sql, Dialect dialect, const MergedRoles& roles) {
    StatementWriter writer(sql);
    std::vector<std::pair<std::size_t, std::size_t>> repeated;
    std::set<std::string> seen;
    const auto look = [&](StatementCursor& cursor) {
        repeated.clear();
        seen.clear();
        std::size_t previous_end = 0;
        return find_roles(cursor, dialect, [&](const RoleItem& item) {
            if (item.use != RoleUse::policy) return;
            const bool is_first = !item.name || !roles.is_merged(roles.new_name(*item.name)) ||
                                  seen.emplace(roles.new_name(*item.name)).second;
            if (!is_first) repeated.emplace_back(previous_end, item.end);
            previous_end = item.end;
        });
    };
    return walk_statements(sql, dialect, writer, look, [&](const StatementFacts&, const StatementCursor&) {
        writer.keep();
        for (const auto& [begin, end] : repeated) writer.cut(begin, end);
    });
}

Removal merge_settings(
    std::string_view sql, Dialect dialect, const MergedRoles& roles,
    const std::function<void(const std::string& role, const std::string& setting)>& dropped) {
    StatementWriter writer(sql);
    std::set<std::pair<std::string, std::string>> seen;
    std::string role;
    std::string setting;
    const auto look = [&](StatementCursor& cursor) {
        role.clear();
        setting.clear();
        StatementCursor ahead = cursor;
        ahead
            .advance();  // ALTER, so that the setting is in sight: ROLE role IN DATABASE database SET setting
        if (ahead.at_words({"set"}, 5) && ahead.peek(6) != nullptr)
            setting = decode_identifier(*ahead.peek(6)).value_or("");
        return find_roles(cursor, dialect, [&](const RoleItem& item) {
            if (item.use == RoleUse::settings && item.name) role = *item.name;
        });
    };
    return walk_statements(sql, dialect, writer, look, [&](const StatementFacts&, const StatementCursor&) {
        const std::string new_name(role.empty() ? std::string_view() : roles.new_name(role));
        if (role.empty() || setting.empty() || !roles.is_merged(new_name) ||
            seen.emplace(new_name, setting).second)
            return writer.keep();
        dropped(role, setting);
        writer.remove();
    });
}

}  // namespace pgfilter::sql
