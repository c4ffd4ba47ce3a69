// SPDX-License-Identifier: PostgreSQL
#include "sql/role_merging.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "pgfilter/error.hpp"
#include "sql/names.hpp"
#include "sql/privilege_list.hpp"
#include "sql/quoting.hpp"
#include "sql/statement_walk.hpp"

namespace pgfilter::sql {
namespace {

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
        if (!roles_.owner) return;
        owner_ = roles_.new_name(*roles_.owner);
        owner_number_ = merger_.owners_.add(*roles_.owner) + 1;
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
        if (facts.grant_option_for || for_roles_.size() > 1) return false;
        const std::string_view object = facts.object.of(sql_);
        privileges_ = read_privileges(facts.privileges.of(sql_), object, merger_.dialect_);
        std::string key(object);
        if (!for_roles_.empty())
            key.append(1, '\0').append(sql_.substr(facts.for_role, facts.verb - facts.for_role));
        const std::uint32_t number = privileges_.empty() ? 0 : merger_.object_names_.add(key);
        for (const PrivilegeText& one : privileges_) {
            const std::uint32_t column = merger_.columns_.add(decode_name(one.column));
            const auto [known, fresh] = merger_.objects_.try_emplace({number, column});
            if (fresh) merger_.spend_object();
            if (fresh) known->second.first_owner = owner_number_;
            if (fresh && roles_.owner_has_all && one.column.empty() && !facts.in_schema)
                known->second.privileges.set_owner_default(all_privileges(object, false));
            objects_.push_back(&known->second);
        }
        return !privileges_.empty();
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
            const bool is_other_default = is_owner && known.first_owner != owner_number_;
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
        for (std::size_t i = 0; i < privileges_.size(); ++i) {
            const PrivilegeText& one = privileges_[i];
            const PrivilegeSet circular = grantee.circular.empty() ? 0 : grantee.circular[i];
            add_privileges(plain, one, circular, roles_.knows_maintain);
            add_privileges(grantable, one, one.privileges & ~circular, roles_.knows_maintain);
        }
        const GrantText original{sql_, {begin_, end_}, facts};
        add_statement(statements, original, plain, grantee.text, false);
        add_statement(statements, original, grantable, grantee.text, true);
    }

    static constexpr std::size_t most_grantees = 10'000;
    static constexpr std::size_t always = 1 << 20;  // bytes of statements

    RoleMerger& merger_;
    std::string_view sql_;
    const MergedRoles& roles_;
    StatementWriter& writer_;
    std::string owner_;  // its new name
    std::uint32_t owner_number_ = 0;
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
    room_ += 1 + sql.size() / bytes_of_object;
    Text text(*this, sql, roles, writer);
    return walk_statements(
        sql, dialect_, writer, [&](StatementCursor& cursor) { return text.look(cursor); },
        [&](const StatementFacts& facts, const StatementCursor& cursor) { text.decide(facts, cursor); });
}

void RoleMerger::spend_object() {
    if (room_ == 0)
        throw Error(ErrorCode::limit,
                    "privileges are granted on more objects and columns than in any text of that length by "
                    "pg_dump");
    --room_;
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
