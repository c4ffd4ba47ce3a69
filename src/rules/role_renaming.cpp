// SPDX-License-Identifier: PostgreSQL
#include "rules/role_renaming.hpp"

#include <algorithm>
#include <utility>

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/role_places.hpp"
#include "sql/names.hpp"

namespace pgfilter {
namespace {

constexpr EntryKinds with_grants = EntryKind::acl | EntryKind::acl_language | EntryKind::default_acl;
std::vector<Bytes> old_names(const std::vector<std::pair<std::string, NewRole>>& mappings) {
    std::vector<Bytes> names;
    names.reserve(mappings.size());
    for (const auto& mapping : mappings) names.emplace_back(mapping.first);
    return names;
}

std::vector<std::pair<std::string, NewRole>> mappings_of(std::span<const RuleSpec> specs) {
    std::vector<std::pair<std::string, NewRole>> mappings;
    for (std::size_t spec = 0; spec < specs.size(); ++spec) {
        if (specs[spec].name != "map-role") continue;
        const std::vector<RuleArgument>& arguments = specs[spec].arguments;
        if (arguments.empty()) throw Error(ErrorCode::usage, "map-role needs at least one OLD=NEW");
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            check_role_name(arguments[i].key);
            check_new_role_name(arguments[i].value);
            mappings.emplace_back(arguments[i].key, NewRole{arguments[i].value, spec, i});
        }
    }
    return mappings;
}

/// The server's name in CREATE USER MAPPING.
std::optional<std::string> server_of(Bytes defn, sql::Dialect dialect) {
    sql::StatementCursor cursor(defn, dialect);
    if (!cursor.next_statement() || !cursor.at_words({"create", "user", "mapping", "for"})) return {};
    for (int passed = 0; passed < 5; ++passed) cursor.advance();
    if (!cursor.skip_to({"server"})) return {};
    cursor.advance();
    return sql::take_identifier(cursor);
}

}  // namespace

RoleRenaming::RoleRenaming(std::span<const RuleSpec> specs, std::optional<NewRole> new_owner, bool no_owner)
    : mappings_(mappings_of(specs)),
      mentions_(old_names(mappings_)),
      new_owner_(std::move(new_owner)),
      no_owner_(no_owner) {
    for (std::size_t i = 0; i < mappings_.size(); ++i) {
        const auto& [old, role] = mappings_[i];
        const auto [same, fresh] = by_old_name_.emplace(old, i);
        const std::string& other = mappings_[same->second].second.name;
        if (!fresh && other != role.name)
            throw Error(ErrorCode::usage, std::string("role \"")
                                              .append(old)
                                              .append("\" is mapped to two names, \"")
                                              .append(other)
                                              .append("\" and \"")
                                              .append(role.name)
                                              .append("\""));
        targets_.insert(role.name);
    }
    if (new_owner_) targets_.insert(new_owner_->name);
}

void RoleRenaming::begin(RuleContext& context) {
    dialect_ = dialect_of(context.toc());
    knows_maintain_ = knows_maintain(context.header());
    budget_.emplace(context.toc(), "of what is lost where roles become one");
    if (!mappings_.empty()) find_merged_defaults(context.toc());
}

// Their entry's owner is the role whose they are.
void RoleRenaming::find_merged_defaults(const Toc& toc) {
    Names names;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].kind() != EntryKind::default_acl || toc[i].dropped()) continue;
        if (const Text role = toc[i].owner()) note_name(names, std::string(*role));
    }
    merged_defaults_ = std::move(names.merged);
}

void RoleRenaming::visit(RuleContext& context, TocEntry& entry, const std::optional<std::string>& owner) {
    rename_owner(context, entry);
    const EntryKind kind = entry.kind();
    if (!names_roles(kind) || (mappings_.empty() && !names_owner.has(kind))) return;
    Names names;
    if (new_owner_ && names_owner.has(kind) && owner && !owner->empty()) names.heir = owner;
    const Bytes defn = entry.defn().value_or("");
    if (mappings_.empty() && (!names.heir || (!sql::may_name_role(defn, *names.heir) &&
                                              !sql::may_name_role(defn, new_owner_->name))))
        return;
    // The owner has privileges, too; where nothing has an owner, the former owner is a role like any other.
    const bool stays_without = no_owner_ && !new_owner_ && kind != EntryKind::default_acl;
    if (with_grants.has(kind) && entry.owner() && owner && !owner->empty() && !stays_without)
        names.owner = owner;
    look_at(defn, names);
    if (kind == EntryKind::user_mapping) return rename_user_mapping(context, entry, names);
    if (names.owner && merged_defaults_.contains(new_name(names, *owner)) && kind == EntryKind::default_acl)
        names.merged.emplace(new_name(names, *owner));
    if (!names.merged.empty()) return merge(context, entry, names);
    if (names.is_any()) rename_in(context, entry, Field::defn, names);
}

// Two of a server's user mappings can become one role's, which the server would refuse.
void RoleRenaming::rename_user_mapping(RuleContext& context, TocEntry& entry, const Names& names) {
    const std::string role = names.roles.size() == 1 ? names.roles.front() : std::string();
    if (const auto first = other_mapping(entry, role)) {
        count_places(context, names);
        std::string lost = "is the user mapping of role \"";
        lost.append(role).append("\" too, whose own is dropped: a role has one for each server");
        note_lost(*first, spec_of(names), std::move(lost));
        return context.drop(entry, spec_of(names));
    }
    if (!names.is_any()) return;
    rename_tag(context, entry, role);
    rename_in(context, entry, Field::drop_stmt, names);
    rename_in(context, entry, Field::defn, names);
}

// That stands before this one and is for the same server and, by now, the same role.
std::optional<DumpId> RoleRenaming::other_mapping(const TocEntry& entry, const std::string& role) {
    std::string key(new_name({}, role));
    if (!targets_.contains(key)) return std::nullopt;
    key.append(1, '\0').append(server_of(entry.defn().value_or(""), dialect_).value_or(""));
    const auto [first, fresh] = user_mappings_.emplace(std::move(key), entry.dump_id());
    return fresh ? std::nullopt : std::optional(first->second);
}

void RoleRenaming::note_lost(DumpId entry, std::size_t spec, std::string what) {
    budget_->spend(size_in_map(what));
    lost_[entry].emplace_back(spec, std::move(what));
}

void RoleRenaming::merge(RuleContext& context, TocEntry& entry, const Names& names) try {
    sql::MergedRoles roles;
    roles.new_name = [&](const std::string& old) { return new_name(names, old); };
    roles.is_merged = [&](Bytes name) { return names.merged.contains(name); };
    roles.owner = names.owner;
    roles.knows_maintain = knows_maintain_;
    const Bytes defn = entry.defn().value_or("");
    sql::Removal left;
    if (entry.kind() == EntryKind::policy) {
        left = sql::merge_policy_roles(defn, dialect_, roles);
    } else if (entry.kind() == EntryKind::database_properties) {
        const auto dropped = [&](const std::string& role, const std::string& setting) {
            std::string lost = "has setting ";
            lost.append(setting)
                .append(" of another role, and not of \"")
                .append(role)
                .append("\", which becomes the same");
            note_lost(entry.dump_id(), spec_of(names), std::move(lost));
        };
        left = sql::merge_settings(defn, dialect_, roles, dropped);
    } else {
        const Bytes owner = names.owner ? new_name(names, *names.owner) : Bytes();
        const bool is_shared = entry.kind() == EntryKind::default_acl && merged_defaults_.contains(owner);
        sql::RoleMerger own(dialect_);
        sql::RoleMerger& merger =
            is_shared ? defaults_.try_emplace(std::string(owner), dialect_).first->second : own;
        left = merger.merge(defn, roles);
    }
    if (left.changed() && left.left == 0) {
        count_places(context, names);
        return context.drop(entry, spec_of(names));
    }
    const std::string merged = left.splices.apply(defn);
    context.set_text(entry, Field::defn, rename(merged, names).apply(merged), spec_of(names));
    count_places(context, names);
} catch (Error& error) {
    error.in_entry(entry.label());
    throw;
}

void RoleRenaming::find_unhandled(const TocEntry& entry,
                                  const std::function<void(const Unhandled&)>& found) const {
    if (has_no_mentions(entry.kind())) return;
    // The names are looked for in the definition as it was read: in a swap, new names are old ones too.
    const Bytes defn = entry.original_text(Field::defn).value_or("");
    const auto report = [&](std::size_t mapping, std::size_t count) {
        if (!is_mapped(mappings_[mapping].first)) return;
        const NewRole& role = mappings_[mapping].second;
        found({role.spec, role.argument, count, "in text that cannot be rewritten", {}, false});
    };
    sql::count_mentions(defn, mentions_, names_roles(entry.kind()), dialect_, report);
}

void RoleRenaming::find_merged(const TocEntry& entry,
                               const std::function<void(const Unhandled&)>& found) const {
    const auto lost = lost_.find(entry.dump_id());
    if (lost == lost_.end()) return;
    for (const auto& [spec, reason] : lost->second) found({spec, std::nullopt, 1, reason, {}, false});
}

// -------------------------------------------------------------------------------- names

const NewRole* RoleRenaming::find(const Names& names, const std::string& old) const {
    if (old == names.heir) return &*new_owner_;
    const auto found = by_old_name_.find(old);
    return found == by_old_name_.end() ? nullptr : &mappings_[found->second].second;
}

Bytes RoleRenaming::new_name(const Names& names, const std::string& old) const {
    const NewRole* const role = find(names, old);
    return role == nullptr ? Bytes(old) : Bytes(role->name);
}

void RoleRenaming::note_name(Names& names, const std::string& old) const {
    const std::string name(new_name(names, old));
    if (!targets_.contains(name)) return;
    const auto [first, fresh] = names.first.emplace(name, old);
    if (!fresh && first->second != old) names.merged.insert(name);
}

void RoleRenaming::look_at(Bytes sql, Names& names) const {
    if (names.owner) note_name(names, *names.owner);
    sql::find_role_names(sql, dialect_, [&](const sql::RoleName& name) {
        note_name(names, name.name);
        const auto mapping = by_old_name_.find(name.name);
        if (mapping != by_old_name_.end()) ++names.places[mapping->second];
        names.gives_owner = names.gives_owner || name.name == names.heir;
        if (name.use == sql::RoleUse::user_mapping) names.roles.push_back(name.name);
    });
}

std::size_t RoleRenaming::spec_of(const Names& names) const {
    if (!names.places.empty()) return mappings_[names.places.begin()->first].second.spec;
    return mappings_.empty() || names.gives_owner ? new_owner_->spec : mappings_.front().second.spec;
}

void RoleRenaming::count_places(RuleContext& context, const Names& names) const {
    for (const auto& [mapping, count] : names.places) {
        const NewRole& role = mappings_[mapping].second;
        context.matched_argument(role.argument, count, role.spec);
    }
}

// -------------------------------------------------------------------------------- fields

void RoleRenaming::rename_owner(RuleContext& context, TocEntry& entry) {
    const Text owner = entry.owner();
    if (!owner || owner->empty()) return;
    const auto found = by_old_name_.find(*owner);
    const NewRole* role = found == by_old_name_.end() ? nullptr : &mappings_[found->second].second;
    if (role != nullptr) context.matched_argument(role->argument, 1, role->spec);
    // The "owner" of default privileges is the role that they are the privileges of.
    if (new_owner_ && entry.kind() != EntryKind::default_acl) {
        role = &*new_owner_;
        context.matched_argument(role->argument, 1, role->spec);
    } else if (no_owner_) {
        return;
    }
    if (role != nullptr) context.set_text(entry, Field::owner, Text(role->name), role->spec);
}

// "USER MAPPING role SERVER server", both names raw; the definition says where the role ends.
void RoleRenaming::rename_tag(RuleContext& context, TocEntry& entry, const std::string& role) {
    const auto found = by_old_name_.find(role);
    const std::string prefix = "USER MAPPING ";
    const std::string old_start = prefix + role + " SERVER ";
    if (found == by_old_name_.end() || !entry.tag().starts_with(old_start)) return;
    const std::string server(entry.tag().substr(old_start.size()));
    const NewRole& new_role = mappings_[found->second].second;
    context.set_text(entry, Field::tag, prefix + new_role.name + " SERVER " + server, new_role.spec);
    context.matched_argument(new_role.argument, 1, new_role.spec);
}

Splices RoleRenaming::rename(Bytes text, const Names& names) const {
    return sql::replace_role_names(text, dialect_, [&](const sql::RoleName& old) -> const std::string* {
        const NewRole* const role = find(names, old.name);
        return role == nullptr ? nullptr : &role->name;
    });
}

void RoleRenaming::rename_in(RuleContext& context, TocEntry& entry, Field field, const Names& names) {
    const Text text = entry.text(field);
    if (!text) return;
    context.edit_text(entry, field, rename(*text, names), spec_of(names));
    count_places(context, names);
}

}  // namespace pgfilter
