// SPDX-License-Identifier: PostgreSQL
#include "rules/dependency_graph.hpp"

#include <algorithm>
#include <utility>

#include "archive/dialect.hpp"
#include "archive/toc_access.hpp"
#include "rules/definition.hpp"
#include "rules/operator_classes.hpp"
#include "sql/clauses.hpp"
#include "sql/column_expressions.hpp"
#include "sql/definitions.hpp"
#include "sql/expression_names.hpp"

namespace pgfilter {
namespace {

/// The view that a rule is the query of is nothing without it.
bool is_query_of_view(const TocEntry& rule) {
    return rule.tag() == "_RETURN" || rule.tag().ends_with(" _RETURN");
}

/// A function depends on the transforms of all its types, and needs those that it says it uses.
bool is_idle_transform(const TocEntry& entry) {
    return routines.has(entry.kind()) &&
           entry.defn().value_or("").find(" TRANSFORM FOR TYPE ") == Bytes::npos;
}

/// A table that a rule stores in another way needs its access method no more.
bool is_former_method(const TocEntry& target, const TocEntry& entry) {
    return entry.original_text(Field::tableam) == target.tag() && entry.text(Field::tableam) != target.tag();
}

/// The extension that makes a foreign data wrapper or language of its own name, from the tag of what hangs on
/// it.
Bytes maker_of(const TocEntry& entry) {
    if (entry.namespace_()) return {};  // as most have, which is cheaper to test than the tag
    const Bytes tag = entry.tag();
    for (const Bytes kind : {"FOREIGN DATA WRAPPER ", "LANGUAGE "}) {
        if (tag.starts_with(kind)) return tag.substr(kind.size());
    }
    return {};
}

}  // namespace

DependencyGraph::DependencyGraph(const Toc& toc, Scope scope)
    : toc_(toc), dialect_(dialect_of(toc)), names_(toc), walk_(toc), inheritance_(toc, walk_) {
    kinds_.reserve(toc.size());
    for (std::size_t i = 0; i < toc.size(); ++i) kinds_.push_back(toc[i].kind());
    const auto blob = std::find(kinds_.begin(), kinds_.end(), EntryKind::blob);
    if (blob != kinds_.end()) large_object_ = static_cast<Index>(blob - kinds_.begin());
    owned_.resize(toc.size());
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
        if (scope == Scope::kept && toc[i].dropped()) continue;
        TocAccess::prefetch(toc, i + TocAccess::ahead);
        add_edges(static_cast<Index>(i));
    }
    if (!foundlings_.empty() || !users_of_foundlings_.empty()) find_makers();
    sort_edges();
    inheritance_.complete();
}

// Into the order of their targets, where most of them have come in the order of their sources.
void DependencyGraph::sort_edges() {
    ends_.resize(toc_.size());
    for (const Edge& edge : edges_) ++ends_[edge.target];
    Index begin = 0;
    for (Index& end : ends_) begin += std::exchange(end, begin);
    dependents_.resize(edges_.size());
    for (const Edge& edge : edges_) dependents_[ends_[edge.target]++] = edge.source_and_bond;
    edges_ = std::vector<Edge>();
    for (std::size_t target = 0; target < ends_.size(); ++target) {
        const auto [from, to] = extent(target);
        const auto first = dependents_.begin() + from;
        const auto last = dependents_.begin() + to;
        if (!std::is_sorted(first, last)) std::sort(first, last);
    }
}

void DependencyGraph::add(Index target, Index source, Bond bond) {
    edges_.push_back({target, source * 2 + static_cast<Index>(bond)});
}

/// Not what an entry depends on and can do without.
bool DependencyGraph::is_used_by(Index target, Index entry) const {
    const EntryKind kind = kinds_[target];
    return (kind != EntryKind::transform || !is_idle_transform(toc_[entry])) &&
           (kind != EntryKind::access_method || !is_former_method(toc_[target], toc_[entry])) &&
           !makes_standard_language(toc_[target]) && !makes_standard_language(toc_[entry]);
}

void DependencyGraph::add_edges(Index entry) {
    const Membership& membership = membership_of(kinds_[entry]);
    std::vector<Index>& candidates = scratch_.candidates;
    std::vector<Index>& parents_of_table = scratch_.parents_of_table;
    candidates.clear();
    parents_of_table.clear();
    bool belongs = false;
    walk_.for_each(entry, [&](Index target) {
        const EntryKind kind = kinds_[target];
        if (membership.parents.has(kind)) {
            add(target, entry, Bond::belongs);
            belongs = true;
            if (kinds_[entry] == EntryKind::sequence) owned_[entry] = true;
        } else if (membership.single_parent.has(kind)) {
            candidates.push_back(target);
        } else if (heritable.has(kinds_[entry]) && heritable.has(kind)) {
            parents_of_table.push_back(target);
        } else if (!membership.indifferent.has(kind) && is_used_by(target, entry)) {
            add(target, entry, Bond::uses);
        }
    });
    if (constraints.has(kinds_[entry])) add_parts_of_exclusion(entry);
    if (kinds_[entry] == EntryKind::type) add_attributes(entry);
    if (!parents_of_table.empty()) add_children(entry, parents_of_table);
    if (kinds_[entry] == EntryKind::index_attach) {
        add_indexes(entry, candidates);
    } else if (!candidates.empty()) {
        const Index owner = choose(entry, candidates);
        for (const Index target : candidates)
            add(target, entry, target == owner ? Bond::belongs : Bond::uses);
        if (kinds_[entry] == EntryKind::rule && is_query_of_view(toc_[entry]))
            add(entry, owner, Bond::belongs);
    } else if (!belongs) {
        add_parent_by_name(entry);
    }
}

// Up to PostgreSQL 8.4 these are dependencies of the composite type's relation, which has no entry.
void DependencyGraph::add_attributes(Index entry) {
    const Bytes defn = toc_[entry].defn().value_or("");
    if (defn.find(" AS (") == Bytes::npos) return;
    const sql::ColumnClauses attributes = sql::find_column_clauses(defn, dialect_);
    for (const sql::ColumnClause& clause : attributes.clauses) {
        if (clause.kind != sql::ColumnClause::Kind::type) continue;
        const Bytes type = defn.substr(clause.names.begin, clause.names.end - clause.names.begin);
        bool is_first = true;  // "time zone" is no name
        sql::find_name_uses(type, dialect_, [&](const sql::NameUse& name) {
            if (!std::exchange(is_first, false)) return;
            const Bytes schema = name.schema.empty() ? schema_of(toc_[entry]) : Bytes(name.schema);
            for (const EntryKind kind : {EntryKind::type, EntryKind::domain, EntryKind::table}) {
                const auto found = names_.find(kind, schema, name.name);
                if (found && *found != entry) add(*found, entry, Bond::uses);
            }
        });
    }
}

// A partition from PostgreSQL 14 on needs its parent only for being attached.
void DependencyGraph::add_children(Index entry, const std::vector<Index>& parents) {
    for (const Index parent : parents) {
        if (!inheritance_.is_attached(entry, parent)) add(parent, entry, Bond::uses);
    }
    inheritance_.add(entry, parents);
}

// The operator classes and functions of a constraint are dependencies of its index, which has no entry.
void DependencyGraph::add_parts_of_exclusion(Index entry) {
    bool uses_foundling = false;
    sql::find_exclusion_names(toc_[entry].defn().value_or(""), dialect_, [&](const sql::QualifiedName& name) {
        const auto part = find_part_of_exclusion(name);
        if (part) add(*part, entry, Bond::uses);
        uses_foundling = uses_foundling || !part;
    });
    if (uses_foundling) users_of_foundlings_.push_back(entry);
    if (!may_use_btree_gist(toc_[entry].defn().value_or(""))) return;
    if (const auto extension = names_.find(EntryKind::extension, {}, "btree_gist"))
        add(*extension, entry, Bond::uses);
}

// The dependencies name the indexes of all ancestors.
void DependencyGraph::add_indexes(Index entry, const std::vector<Index>& indexes) {
    const auto names = sql::find_attached_indexes(toc_[entry].defn().value_or(""), dialect_);
    for (const Index index : indexes) {
        const Bytes tag = toc_[index].tag();  // of a constraint, from 9.6 on, with the table in front of it
        const auto is_name = [&](const sql::QualifiedName& name) {
            return tag == name.name || (constraints.has(kinds_[index]) && tag.ends_with(" " + name.name));
        };
        if (names.empty() || std::any_of(names.begin(), names.end(), is_name))
            add(index, entry, Bond::belongs);
    }
}

std::optional<DependencyGraph::Index> DependencyGraph::find_part_of_exclusion(
    const sql::QualifiedName& name) const {
    if (const auto found = names_.find(EntryKind::operator_class, name.schema, name.name)) return found;
    if (const auto found = names_.find(EntryKind::type, name.schema, name.name)) return found;
    if (const auto found = names_.find(EntryKind::function, name.schema, name.name)) return found;
    const Bytes extension = extension_of_operator_class(name.name);
    return extension.empty() ? std::nullopt : names_.find(EntryKind::extension, {}, extension);
}

DependencyGraph::Index DependencyGraph::choose(Index entry, const std::vector<Index>& candidates) const {
    const auto is_other = [&](Index candidate) { return candidate != candidates.front(); };
    if (std::none_of(candidates.begin(), candidates.end(), is_other)) return candidates.front();
    if (const auto name = relation_named_by(entry)) {
        const auto is_named = [&](Index candidate) {
            return toc_[candidate].tag() == name->name && schema_of(toc_[candidate]) == name->schema;
        };
        const auto found = std::find_if(candidates.begin(), candidates.end(), is_named);
        if (found != candidates.end()) return *found;
    }
    return candidates.front();
}

std::optional<sql::QualifiedName> DependencyGraph::relation_named_by(std::size_t entry) const {
    const TocEntry& e = toc_[entry];
    const EntryKind kind = kinds_[entry];
    if (membership_of(kind).single_parent.has(EntryKind::table) || kind == EntryKind::fk_constraint) {
        auto name = sql::find_subject(e.defn().value_or(""), dialect_);
        // Up to archive version 1.12 names have no schema, and search_path is the entry's namespace.
        if (name && name->schema.empty()) name->schema = schema_of(e);
        return name;
    }
    constexpr EntryKinds tagged = EntryKind::table_data | EntryKind::sequence_set |
                                  EntryKind::materialized_view_data | EntryKind::statistics_data |
                                  EntryKind::row_security | EntryKind::table_attach |
                                  EntryKind::sequence_owned_by;
    if (!tagged.has(kind)) return std::nullopt;
    return sql::QualifiedName{std::string(schema_of(e)), std::string(e.tag())};
}

void DependencyGraph::add_parent_by_name(Index entry) {
    const TocEntry& e = toc_[entry];
    const auto belongs_to = [&](EntryKind kind, Bytes schema, Bytes name) {
        const auto parent = names_.find(kind, schema, name);
        if (parent) add(*parent, entry, Bond::belongs);
        return parent.has_value();
    };
    switch (kinds_[entry]) {
        case EntryKind::user_mapping:
            if (const auto server = sql::find_server(e.defn().value_or(""), dialect_))
                belongs_to(EntryKind::server, {}, *server);
            return;
        case EntryKind::shell_type:
            belongs_to(EntryKind::type, schema_of(e), e.tag());
            return;
        case EntryKind::blobs:
            if (!belongs_to(EntryKind::blob_metadata, {}, e.tag()) && large_object_)
                add(*large_object_, entry, Bond::belongs);  // one for all of them before 1.16
            return;
        case EntryKind::database_properties:
            belongs_to(EntryKind::database, {}, e.tag());
            return;
        default:
            break;
    }
    const auto name = relation_named_by(entry);
    if (name && belongs_to(EntryKind::table, name->schema, name->name)) return;
    if (name) orphans_.push_back(entry);
    const Bytes maker = maker_of(e);
    const bool is_known = !maker.empty() && belongs_to(EntryKind::extension, {}, maker);
    if (!is_known && is_foundling(entry)) foundlings_.push_back(entry);
}

// Members of an extension have no entries, but what was granted on them since has, and the rows that its user
// added to its tables.  So do privileges of built-in objects, which need no extension.
bool DependencyGraph::is_foundling(Index entry) const {
    constexpr EntryKinds kinds = EntryKind::acl | EntryKind::acl_language | EntryKind::comment |
                                 EntryKind::security_label | EntryKind::table_data | EntryKind::sequence_set |
                                 EntryKind::statistics_data | EntryKind::policy | EntryKind::row_security;
    const TocEntry& e = toc_[entry];
    if (!kinds.has(kinds_[entry]) || e.dependencies().empty()) return false;
    const Bytes schema = schema_of(e);
    if (schema == "pg_catalog" || schema == "information_schema") return false;
    return !schema.empty() || e.tag().starts_with("FOREIGN DATA WRAPPER ") ||
           (e.tag().starts_with("SCHEMA ") && e.tag() != "SCHEMA public");
}

void DependencyGraph::find_makers() {
    makers_.emplace(toc_);
    for (const Index entry : foundlings_) makers_->add(entry, relation_of_foundling(entry));
    makers_->decide();
    makers_->for_each([&](Index entry, Makers::Candidates extensions) {
        if (extensions.size() == 1) add(extensions.front(), entry, Bond::belongs);
    });
}

std::optional<std::string> DependencyGraph::relation_of_foundling(Index entry) const {
    if (const auto name = relation_named_by(entry)) return name->name;
    const Bytes tag = toc_[entry].tag();
    for (const Bytes kind : {"TABLE ", "SEQUENCE ", "VIEW "}) {
        if (tag.starts_with(kind)) return std::string(tag.substr(kind.size()));
    }
    constexpr Bytes column = "COLUMN ";
    if (!tag.starts_with(column)) return std::nullopt;
    const Bytes names = tag.substr(column.size());
    return std::string(names.substr(0, names.find('.')));
}

std::optional<DependencyGraph::ForeignKey> DependencyGraph::foreign_key(std::size_t entry) const {
    std::vector<Index> sides;
    walk_.for_each(static_cast<Index>(entry), [&](Index target) {
        if (heritable.has(kinds_[target])) sides.push_back(target);
    });
    if (sides.empty()) return std::nullopt;
    const Index referencing = choose(static_cast<Index>(entry), sides);
    const auto is_other = [&](Index side) { return side != referencing; };
    const auto referenced = std::find_if(sides.begin(), sides.end(), is_other);
    return ForeignKey{referencing, referenced == sides.end() ? referencing : *referenced};
}

void DependencyGraph::for_each_orphan(
    const std::function<void(std::size_t, const sql::QualifiedName&)>& found) const {
    for (const Index entry : orphans_) found(entry, *relation_named_by(entry));
}

void DependencyGraph::for_each_foundling(
    const std::function<void(std::size_t, Makers::Candidates)>& found) const {
    if (makers_) makers_->for_each(found);
}

void DependencyGraph::for_each_user_of_foundlings(
    const std::function<void(std::size_t, Makers::Candidates)>& found) const {
    for (const Index entry : users_of_foundlings_) {
        const auto tell = [&](const sql::QualifiedName& name) {
            if (!find_part_of_exclusion(name)) found(entry, makers_->of_schema(name.schema));
        };
        sql::find_exclusion_names(toc_[entry].defn().value_or(""), dialect_, tell);
    }
}

std::string DependencyGraph::schema_of_extension(std::size_t extension) const {
    return pgfilter::schema_of_extension(toc_[extension], dialect_);
}

}  // namespace pgfilter
